import {colour} from './colours.js';

/** What moves less is a click. */
const CLICK_PIXELS = 5;

/**
 * Lets a chart be dragged over along its x axis, which chooses the parts that were touched, and clicked, which opens one.
 *
 * @template Part a slot of time, a bucket
 * @param {import('echarts').ECharts} chart
 * @param {object} what
 * @param {(x: number) => Part} what.partAt the part at a place of the axis, or the one next to it
 * @param {(part: Part) => [number, number]} what.bounds where it begins and ends on the axis
 * @param {(first: Part, last: Part) => void} what.choose
 * @param {(part: Part) => void} [what.open]
 */
export function dragOver(chart, {partAt, bounds, choose, open = part => choose(part, part)}) {
  const zr = chart.getZr();
  let from = null;
  const parts = x => [Math.min(from, x), Math.max(from, x)].map(at => partAt(chart.convertFromPixel({xAxisIndex: 0}, at)));
  const isDrag = event => Math.abs(event.offsetX - from) > CLICK_PIXELS;

  zr.on('mousedown', event => {
    from = chart.containPixel({gridIndex: 0}, [event.offsetX, event.offsetY]) ? event.offsetX : null;
  });
  zr.on('mousemove', event => {
    if (from !== null && isDrag(event)) {
      const [first, last] = parts(event.offsetX);
      mark(chart, [[{xAxis: bounds(first)[0]}, {xAxis: bounds(last)[1]}]]);
    }
  });
  zr.on('mouseup', event => {
    if (from === null) {
      return;
    }
    const [first, last] = parts(event.offsetX);
    const wasDrag = isDrag(event);
    stop();
    if (wasDrag) {
      choose(first, last);
    } else {
      open(first);
    }
  });
  zr.on('globalout', stop);

  function stop() {
    if (from !== null) {
      from = null;
      mark(chart, []);
    }
  }
}

/** Shades what is touched, as an area of the first series. */
function mark(chart, data) {
  const {series} = chart.getOption();
  chart.setOption({series: series.map((_, i) => (i === 0 ? {markArea: {silent: true, animation: false, itemStyle: {color: colour('--accent', 0.15)}, data}} : {}))});
}
