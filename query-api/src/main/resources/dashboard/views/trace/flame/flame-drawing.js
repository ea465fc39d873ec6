import {colour} from '../../../ui/colours.js';
import {seriesOf} from '../../../model/service-series.js';

export const ROW = 22;
const SMALLEST = 0.6;
const NAMED_FROM = 36;
const EDGE = 3;
const PADDING = 6;

/**
 * Draws the frames that are seen.
 *
 * @param {CanvasRenderingContext2D} canvas scaled to CSS pixels
 * @param {import('../model/flame-frames.js').Frame[]} frames
 * @param {{from: number, to: number, top: number, width: number, height: number, hovered?: object, selected?: object, isMatch: (frame: object) => boolean | undefined}} view
 *     `from` and `to` in the measure of the frames, `top` in pixels
 */
export function drawFlame(canvas, frames, view) {
  const scale = view.width / Math.max(1, view.to - view.from);
  canvas.clearRect(0, 0, view.width, view.height);
  canvas.font = "12px 'Inter', system-ui, sans-serif";
  canvas.textBaseline = 'middle';
  for (const frame of frames) {
    const y = frame.depth * ROW - view.top;
    const left = Math.max(0, (frame.at - view.from) * scale);
    const right = Math.min(view.width, (frame.at + frame.value - view.from) * scale);
    if (y > -ROW && y < view.height && right - left >= SMALLEST) {
      drawFrame(canvas, frame, left, y, right - left, view);
    }
  }
}

function drawFrame(canvas, frame, x, y, width, view) {
  const series = frame.isGap ? '--line-strong' : `--series-${seriesOf(frame.service)}`;
  const isFaint = view.isMatch(frame) === false;
  const wide = Math.max(SMALLEST, width - 1);
  canvas.fillStyle = colour(series, isFaint ? 0.08 : frame === view.hovered ? 0.5 : 0.3);
  canvas.fillRect(x, y, wide, ROW - 1);
  canvas.fillStyle = colour(series, isFaint ? 0.3 : 1);
  canvas.fillRect(x, y, Math.min(EDGE, wide), ROW - 1);
  if (frame.errors > 0) {
    canvas.fillStyle = colour('--error');
    canvas.fillRect(x, y + ROW - 3, wide, 2);
  }
  if (frame === view.selected) {
    canvas.strokeStyle = colour('--focus');
    canvas.lineWidth = 2;
    canvas.strokeRect(x + 1, y + 1, Math.max(1, wide - 2), ROW - 3);
  }
  if (width >= NAMED_FROM) {
    canvas.fillStyle = colour('--text', isFaint ? 0.5 : 1);
    canvas.fillText(fitted(canvas, nameOf(frame), width - PADDING - EDGE), x + PADDING, y + ROW / 2);
  }
}

export function nameOf(frame) {
  return frame.isGap ? `missing span ${frame.longest.id}` : `${frame.errors > 0 ? '! ' : ''}${frame.service} · ${frame.operation}`;
}

/** As much of a text as there is room for. Of a name of thousands of characters only the beginning is measured. */
function fitted(canvas, text, room) {
  let shown = text.slice(0, Math.ceil(room / 3));
  if (shown.length === text.length && canvas.measureText(shown).width <= room) {
    return shown;
  }
  let low = 0;
  let high = shown.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (canvas.measureText(`${shown.slice(0, middle)}…`).width <= room) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low > 0 ? `${shown.slice(0, low)}…` : '';
}
