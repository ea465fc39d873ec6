import {axis, tooltip} from '../../ui/chart.js';
import {colour} from '../../ui/colours.js';
import {clock, count, dateTime, duration, plural} from '../../model/format.js';
import {seriesOf} from '../../model/service-series.js';
import {millisBetween, plusMillis} from '../../model/time.js';
import {SIDES, timeAxis} from './overview-charts.js';
import {durationOf, hasFailed, startOf} from './trace-row.js';

/** What ECharts draws of durations over time. Traces and cells are where a LatencyPlane has them. */

/** Above and below the plot, in pixels. */
export const TOP = 10;
export const BOTTOM = 24;
const LONGEST_NAME = 60;

function base(overview, plane) {
  const marks = plane.durationMarks();
  return {
    grid: {...SIDES, top: TOP, bottom: BOTTOM},
    xAxis: timeAxis(overview, 10),
    yAxis: axis({
      type: 'value',
      min: plane.low,
      max: plane.high,
      axisTick: {show: false, customValues: marks.map(mark => mark.at)},
      axisLabel: {
        ...axis().axisLabel,
        customValues: marks.map(mark => mark.at),
        formatter: value => marks.find(mark => mark.at === value)?.text ?? '',
      },
    }),
  };
}

/** A dot for each trace, in the colour of its root service; those with errors have another shape as well. */
export function scatter(overview, traces, plane) {
  const points = failed => traces.filter(trace => hasFailed(trace) === failed).flatMap(trace => {
    const start = startOf(trace);
    const at = millisBetween(overview.after, start);
    return start < overview.before ? [{
      value: [at, plane.level(durationOf(trace))],
      trace,
      ...(failed ? {} : {itemStyle: {color: colour(`--series-${seriesOf(trace.root_service)}`, 0.6)}}),
    }] : [];
  });
  return {
    ...base(overview, plane),
    tooltip: tooltip({trigger: 'item', formatter: ({data}) => dotText(data.trace)}),
    series: [
      {type: 'scatter', symbolSize: 6, data: points(false), emphasis: {scale: 1.6}, cursor: 'pointer'},
      {type: 'scatter', symbol: 'diamond', symbolSize: 11, itemStyle: {color: colour('--error'), borderColor: colour('--surface'), borderWidth: 1}, data: points(true), emphasis: {scale: 1.4}, cursor: 'pointer', z: 3},
    ],
  };
}

function dotText(trace) {
  return [
    short(trace.root_operation),
    short(trace.root_service),
    `${duration(durationOf(trace))} · ${plural(trace.span_count, 'span')}${hasFailed(trace) ? ' · ! error' : ''}`,
    dateTime(startOf(trace)),
  ].join('\n');
}

/** In the rich text of a tooltip braces have a meaning. */
function short(text) {
  const clipped = text.length > LONGEST_NAME ? text.slice(0, LONGEST_NAME) + '…' : text;
  return clipped.replace(/[{}|\n]/g, ' ');
}

/** How many traces there are in each cell, by the depth of its colour; a line below is the part of them with errors. */
export function heatmap(overview, cells, plane) {
  const most = Math.max(1, ...cells.map(cell => cell.traces));
  const [low, high] = [colour('--heat-low'), colour('--heat-high')].map(text => text.match(/[\d.]+/g).map(Number));
  const fill = traces => {
    const part = Math.sqrt(traces / most);
    return `rgb(${[0, 1, 2].map(i => Math.round(low[i] + (high[i] - low[i]) * part)).join(', ')})`;
  };
  return {
    ...base(overview, plane),
    tooltip: tooltip({trigger: 'item', formatter: ({dataIndex}) => cellText(overview, cells[dataIndex])}),
    series: [{
      type: 'custom',
      clip: true,
      animation: false,
      encode: {x: [0, 1], y: [2, 3]},
      data: cells.map(({from, to, low: bottom, high: top, traces, errors}) => [from, to, bottom, top, traces, errors]),
      renderItem(_params, api) {
        const [left, bottom] = api.coord([api.value(0), api.value(2)]);
        const [right, top] = api.coord([api.value(1), api.value(3)]);
        const width = Math.max(1, right - left - (right - left > 4 ? 1 : 0));
        const height = Math.max(1, bottom - top - (bottom - top > 4 ? 1 : 0));
        const cell = {type: 'rect', shape: {x: left, y: top, width, height}, style: {fill: fill(api.value(4))}};
        if (api.value(5) === 0) {
          return cell;
        }
        const failed = Math.max(Math.min(3, width), width * api.value(5) / api.value(4));
        return {
          type: 'group',
          children: [cell, {type: 'rect', shape: {x: left, y: top + height - 2, width: failed, height: 2}, style: {fill: colour('--error')}}],
        };
      },
    }],
  };
}

function cellText(overview, {from, to, bucket, traces, errors}) {
  const at = offset => clock(plusMillis(overview.after, offset)).slice(0, 8);
  return [
    `${plural(traces, 'trace')}${errors > 0 ? ` · ! ${plural(errors, 'error')}` : ''}`,
    `${duration(bucket[0])} – ${duration(bucket[1])}`,
    `${at(from)} – ${at(to)}`,
  ].join('\n');
}

/** How many traces took how long, as a table; when that was is in the tables of the other charts. */
export function tableOf(cells) {
  const rows = new Map();
  for (const {bucket, traces, errors} of cells) {
    const known = rows.get(bucket[0]);
    rows.set(bucket[0], {bucket, traces: traces + (known?.traces ?? 0), errors: errors + (known?.errors ?? 0)});
  }
  return {
    columns: ['Duration', 'Traces', 'Errors'],
    rows: [...rows.values()].sort((one, other) => one.bucket[0] - other.bucket[0]).map(({bucket, traces, errors}) => [
      `${duration(bucket[0])} – ${duration(bucket[1])}`,
      count(traces),
      count(errors),
    ]),
  };
}
