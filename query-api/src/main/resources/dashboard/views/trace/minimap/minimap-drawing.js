import {colour} from '../../../ui/colours.js';
import {seriesOf} from '../../../model/service-series.js';

const TALLEST = 6;
const ERROR_WIDTH = 2;

/**
 * Draws all spans of a trace: time to the right, depth downwards, in the colours of their services; errors above all others, and never
 * too small to be seen.
 *
 * @param {CanvasRenderingContext2D} canvas scaled to CSS pixels
 * @param {import('../model/trace-model.js').Trace} trace
 */
export function drawMinimap(canvas, trace, width, height) {
  const step = Math.min(TALLEST + 1, height / trace.depth);
  const tall = Math.max(1, step - 1);
  const scale = width / Math.max(1, trace.duration);
  canvas.clearRect(0, 0, width, height);
  const painted = new Set();
  for (const node of trace.nodes) {
    const x = Math.floor(node.from * scale);
    const wide = Math.max(1, Math.ceil(node.to * scale) - x);
    const y = Math.floor((node.level - 1) * step);
    // Of the spans that begin at the same point of the picture, one of each length is enough.
    const at = (y * (width + 1) + x) * (width + 1) + wide;
    if (painted.has(at)) {
      continue;
    }
    painted.add(at);
    canvas.fillStyle = node.span ? colour(`--series-${seriesOf(node.service)}`) : colour('--line-strong');
    canvas.fillRect(x, y, wide, tall);
  }
  canvas.fillStyle = colour('--error');
  for (const node of trace.nodes) {
    if (node.isError) {
      const y = Math.floor((node.level - 1) * step);
      canvas.fillRect(Math.floor(node.from * scale), y, Math.max(ERROR_WIDTH, (node.to - node.from) * scale), Math.max(2, tall / 2));
      mark(canvas, Math.max(3, Math.min(width - 3, node.from * scale)), height);
    }
  }
}

/** A tooth at the lower edge: an error is found without knowing red. */
function mark(canvas, x, height) {
  canvas.beginPath();
  canvas.moveTo(x - 3, height);
  canvas.lineTo(x, height - 5);
  canvas.lineTo(x + 3, height);
  canvas.fill();
}
