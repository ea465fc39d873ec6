import {html, nothing} from 'lit';
import {TracedElement} from '../../ui/element.js';
import {axis, tooltip} from '../../ui/chart.js';
import {colour} from '../../ui/colours.js';
import {clock, count, duration, plural, rate, share, shortCount} from '../../model/format.js';
import {durationMarks} from '../../model/duration-marks.js';
import {millisBetween, plusMillis} from '../../model/time.js';
import {spansOfSteps, timeMarks} from './time-axis.js';

/** The sides of all plots of the view, so that a time is at the same place in each. */
export const SIDES = {left: 52, right: 14};
const PERCENTILES = [['p50_ns', 'p50', '--series-10'], ['p95_ns', 'p95', '--series-8'], ['p99_ns', 'p99', '--series-6']];

/** How many traces, how many errors and how long they took over time, and over all of it in large. */
class OverviewCharts extends TracedElement {
  static properties = {shown: {attribute: false}};

  #drawn;
  #charts = {};

  willUpdate() {
    if (this.shown && this.shown !== this.#drawn) {
      this.#drawn = this.shown;
      this.#charts = chartsOf(this.shown.overview);
    }
  }

  render() {
    const {overview, now} = this.shown ?? {};
    const seconds = overview ? Math.max(0, millisBetween(overview.after, now < overview.before ? now : overview.before) / 1000) : 0;
    return html`
      <figure>
        <figcaption><span class="label">Traces</span><strong>${overview ? rate(seconds > 0 ? (overview.total - overview.later) / seconds : 0) : '–'}</strong>
          <span class="soft">${overview ? `${count(overview.total)} in ${duration(Math.round(seconds * 1e9))}, ${duration(overview.step_ns)} a bar` : nothing}</span>
          ${overview?.later ? html`<span class="noted">${count(overview.later)} later than now</span>` : nothing}</figcaption>
        ${this.#chart('traces', 'Traces that started in each step')}
      </figure>
      <figure>
        <figcaption><span class="label">Errors</span><strong class=${overview?.errors ? 'failed' : ''}>${overview ? share(overview.total ? overview.errors / overview.total : 0) : '–'}</strong>
          <span class="soft">${overview ? plural(overview.errors, 'trace') : nothing}</span></figcaption>
        ${this.#chart('errors', 'Traces with errors in each step')}
      </figure>
      <figure>
        <figcaption><span class="label">Duration</span>${PERCENTILES.map(([field, name]) => html`
          <span class="percentile-value"><span class="percentile ${name}">${name}</span> <strong>${overview?.[field] != null ? duration(overview[field]) : '–'}</strong></span>`)}</figcaption>
        ${this.#chart('durations', 'Percentiles of the duration in each step')}
      </figure>`;
  }

  #chart(name, label) {
    const {option, table} = this.#charts[name] ?? {};
    return html`<traced-chart label=${label} .option=${option} .table=${table}></traced-chart>`;
  }
}

function chartsOf(overview) {
  const steps = spansOfSteps(overview);
  const at = offset => clock(plusMillis(overview.after, offset)).slice(0, 8);
  const span = ({from, to}) => `${at(from)} – ${at(to)}`;
  const tableOf = (columns, cells) => ({columns: ['From', ...columns], rows: steps.map(each => [at(each.from), ...cells(each.step)])});
  const perSecond = ({from, to, step}) => rate(to > from ? step.traces / ((to - from) / 1000) : 0);
  return {
    traces: {
      option: () => bars(overview, steps, 'traces', '--accent', each => `${plural(each.step.traces, 'trace')} · ${perSecond(each)}\n${span(each)}`),
      table: tableOf(['Traces'], step => [count(step.traces)]),
    },
    errors: {
      option: () => bars(overview, steps, 'errors', '--error',
        each => `${plural(each.step.errors, 'error')} of ${count(each.step.traces)}${each.step.traces ? ` · ${share(each.step.errors / each.step.traces)}` : ''}\n${span(each)}`),
      table: tableOf(['Errors', 'Traces'], step => [count(step.errors), count(step.traces)]),
    },
    durations: {
      option: () => lines(overview, steps, each => `${PERCENTILES.map(([field, name]) => `${name} ${each.step[field] == null ? '–' : duration(each.step[field])}`).join(' · ')}\n${span(each)}`),
      table: tableOf(PERCENTILES.map(([, name]) => name), step => PERCENTILES.map(([field]) => (step[field] == null ? '–' : duration(step[field])))),
    },
  };
}

/** The axis of time, in milliseconds after the start of what is shown. */
export function timeAxis(overview, marks, more = {}) {
  const values = timeMarks(overview.after, overview.before, marks);
  return axis({
    type: 'value',
    min: 0,
    max: millisBetween(overview.after, overview.before),
    axisTick: {show: false, customValues: values.map(mark => mark.at)},
    axisLabel: {
      ...axis().axisLabel,
      customValues: values.map(mark => mark.at),
      formatter: value => values.find(mark => mark.at === value)?.text ?? '',
    },
    splitLine: {show: false},
    ...more,
  });
}

function base(overview, steps, text) {
  return {
    grid: {...SIDES, top: 8, bottom: 20},
    xAxis: timeAxis(overview, 4, {axisPointer: {show: true, type: 'line', snap: true, label: {show: false}, lineStyle: {color: colour('--line-strong')}}}),
    tooltip: tooltip({trigger: 'axis', formatter: ([point]) => (point ? text(steps[point.dataIndex]) : '')}),
  };
}

/** Bars are drawn by ourselves: those of ECharts stand on a point, ours fill their step, the cut ones too. */
function bars(overview, steps, field, variable, text) {
  const most = Math.max(1, ...steps.map(each => each.step[field]));
  return {
    ...base(overview, steps, text),
    yAxis: axis({type: 'value', min: 0, max: most, interval: most, axisLabel: {...axis().axisLabel, formatter: shortCount}}),
    series: [{
      type: 'custom',
      clip: true,
      encode: {x: 0, y: 1},
      itemStyle: {color: colour(variable)},
      data: steps.map(({from, to, step}) => [(from + to) / 2, step[field], from, to]),
      renderItem(_params, api) {
        const [left, top] = api.coord([api.value(2), api.value(1)]);
        const [right, bottom] = api.coord([api.value(3), 0]);
        // What is not nothing is to be seen.
        const height = api.value(1) > 0 ? Math.max(2, bottom - top) : 0;
        const gap = right - left > 4 ? 1 : 0;
        return {type: 'rect', shape: {x: left, y: bottom - height, width: Math.max(1, right - left - gap), height}, style: {fill: colour(variable, 0.8)}};
      },
    }],
  };
}

function lines(overview, steps, text) {
  const known = steps.flatMap(({step}) => PERCENTILES.map(([field]) => step[field])).filter(each => each != null).map(Number);
  const [low, high] = known.length > 0 ? [Math.log10(Math.max(1, Math.min(...known) / 1.5)), Math.log10(Math.max(2, Math.max(...known) * 1.5))] : [6, 9];
  const marks = durationMarks(low, high, high - low > 1.5 ? [1] : [1, 2, 5]);
  return {
    ...base(overview, steps, text),
    yAxis: axis({
      type: 'value',
      min: low,
      max: high,
      axisTick: {show: false, customValues: marks.map(mark => mark.at)},
      axisLabel: {...axis().axisLabel, customValues: marks.map(mark => mark.at), formatter: value => marks.find(mark => mark.at === value)?.text ?? ''},
    }),
    series: PERCENTILES.map(([field, name, variable], index) => ({
      type: 'line',
      name,
      symbol: 'circle',
      connectNulls: false,
      itemStyle: {color: colour(variable)},
      lineStyle: {width: 1.5, color: colour(variable), type: ['solid', [5, 2], [2, 2]][index]},
      data: steps.map(({from, to, step}, at) => ({
        value: [(from + to) / 2, step[field] == null ? null : Math.log10(Math.max(1, Number(step[field])))],
        // A line needs two points: one that stands alone is drawn as such.
        symbolSize: steps[at - 1]?.step[field] == null && steps[at + 1]?.step[field] == null ? 5 : 0,
      })),
    })),
  };
}

customElements.define('traced-overview-charts', OverviewCharts);
