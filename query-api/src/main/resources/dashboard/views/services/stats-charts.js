import {html} from 'lit';
import {TracedElement} from '../../ui/element.js';
import {axis, tooltip} from '../../ui/chart.js';
import {dragOver} from '../../ui/chart-drag.js';
import {colour} from '../../ui/colours.js';
import {change, go, parse} from '../../state/route.js';
import {clock, duration, minutes, rate, share, shortCount} from '../../model/format.js';
import {epochMillis} from '../../model/time.js';
import {errorShare, rateOf} from './coverage.js';
import {tracesHref} from './trace-links.js';

/**
 * Rate, errors and durations over time. A click leads to the traces of a slot, a drag chooses a time.
 *
 * `stats` is what series() of service-stats.js has, `subject` whose it is.
 */
class StatsCharts extends TracedElement {
  static properties = {stats: {attribute: false}, subject: {attribute: false}};

  #charts = [];

  willUpdate(changes) {
    if (changes.has('stats')) {
      const {slots} = this.stats;
      this.#charts = [
        chart('Rate', 'Spans a second', slots, slot => rate(rateOf(slot.spans, slot.seconds)),
          () => [bars(slots, slot => rateOf(slot.spans, slot.seconds), 'Rate', colour('--accent'))], rateAxis(slots)),
        chart('Errors', 'Share of spans with errors', slots, slot => share(errorShare(slot)),
          () => [bars(slots, errorShare, 'Errors', colour('--error'))], share, shareAxis(slots)),
        durations(slots),
      ];
    }
  }

  render() {
    return html`<div class="stats-charts">${this.#charts.map(({title, label, option, table}) => html`
      <figure>
        <figcaption>${title}</figcaption>
        <traced-chart label=${label} .option=${option} .table=${table} @chart-ready=${event => this.#ready(event.detail)}></traced-chart>
      </figure>`)}
    </div>`;
  }

  async #ready(chart) {
    const {connect} = await import('echarts');
    if (chart.isDisposed()) {
      return; // the page was left meanwhile
    }
    chart.group = 'stats-charts';
    connect('stats-charts');
    dragOver(chart, {
      partAt: time => this.stats.slots.find(({end}) => time < epochMillis(end)) ?? this.stats.slots.at(-1),
      bounds: ({start, end}) => [epochMillis(start), epochMillis(end)],
      choose: ({start}, {end}) => change({range: null, after: start.toString(), before: end.toString()}),
      open: slot => this.#open(slot),
    });
  }

  #open({start, end}) {
    const {path, params} = parse(tracesHref(this.subject, {after: start, before: end}));
    go(path, params);
  }
}

function chart(title, label, slots, text, series, unit, more = {}) {
  return {
    title,
    label,
    table: {columns: ['Time', title], rows: slots.map(slot => [clock(slot.start), text(slot)])},
    option: () => base(slots, series(), unit, more, slot => [[title, text(slot)]]),
  };
}

/** Shares are of 1 at most, and an axis without any needs some height. */
function shareAxis(slots) {
  const highest = Math.max(...slots.map(errorShare));
  return highest === 0 ? {max: 0.01} : highest > 0.8 ? {max: 1, interval: 0.25} : {};
}

/** One unit for the whole axis, where `rate` has the best for each value. */
function rateAxis(slots) {
  const highest = Math.max(...slots.map(slot => rateOf(slot.spans, slot.seconds)));
  const [each, name] = highest >= 1 ? [1, 's'] : highest * 60 >= 1 ? [60, 'min'] : [3600, 'h'];
  return value => `${shortCount(value * each)}/${name}`;
}

function durations(slots) {
  const names = ['p99', 'p95', 'p50'];
  const text = (slot, name) => (slot.spans === 0 ? '–' : duration(slot.duration_ms[name] * 1e6));
  const looks = () => ({
    p50: {color: colour('--series-5'), type: 'solid'},
    p95: {color: colour('--accent'), type: 'solid'},
    p99: {color: colour('--series-3'), type: 'dashed'},
  });
  return {
    title: 'Durations',
    label: 'Durations of spans: p50, p95 and p99',
    table: {columns: ['Time', ...names], rows: slots.map(slot => [clock(slot.start), ...names.map(name => text(slot, name))])},
    option: () => {
      const series = names.map(name => line(slots, slot => (slot.spans === 0 ? null : slot.duration_ms[name] * 1e6), name, looks()[name]));
      return {
        ...base(slots, series, duration, {}, slot => names.map(name => [name, text(slot, name)])),
        legend: {data: [...names].reverse(), top: 0, right: 4, itemWidth: 16, itemHeight: 2, icon: 'rect', textStyle: {color: colour('--text-soft'), fontSize: 11}, selectedMode: false},
      };
    },
  };
}

function base(slots, series, unit, more, rows) {
  return {
    grid: {left: 4, right: 8, top: 24, bottom: 6, containLabel: true},
    xAxis: axis({type: 'time', min: epochMillis(slots[0].start), max: epochMillis(slots.at(-1).end), splitLine: {show: false},
      axisLabel: {color: colour('--text-faint'), fontSize: 10, hideOverlap: true, formatter: value => minutes(BigInt(Math.round(value)) * 1_000_000n)}}),
    yAxis: axis({type: 'value', min: 0, splitNumber: 3, axisLabel: {color: colour('--text-faint'), fontSize: 10, formatter: value => (value === 0 ? '0' : unit(value))}, ...more}),
    tooltip: tooltip({
      trigger: 'axis',
      axisPointer: {type: 'line', lineStyle: {color: colour('--line-strong')}},
      formatter: ([first]) => {
        const slot = slots[first.dataIndex];
        const time = at => clock(at).replace(/\.000$/, '');
        return [`${time(slot.start)} – ${time(slot.end)}`, ...rows(slot).map(([name, text]) => `${name}  ${text}`), `${slot.spans} spans`].join('\n');
      },
    }),
    series,
  };
}

/** Bars stand in the middle of their slot. */
function bars(slots, value, name, color) {
  return {
    type: 'bar', name, itemStyle: {color}, barCategoryGap: '15%', barMaxWidth: 48, cursor: 'pointer',
    data: slots.map(slot => [middle(slot), value(slot)]),
  };
}

/** Where a slot has no neighbour there is no line, but a dot. */
function line(slots, value, name, {color, type}) {
  const isAlone = i => (slots[i - 1]?.spans ?? 0) === 0 && (slots[i + 1]?.spans ?? 0) === 0;
  return {
    type: 'line', name, color, lineStyle: {color, width: 1.5, type}, showAllSymbol: true, symbol: 'circle', connectNulls: false, cursor: 'pointer',
    data: slots.map((slot, i) => ({value: [middle(slot), value(slot)], symbolSize: isAlone(i) ? 5 : 0})),
  };
}

function middle({start, end}) {
  return (epochMillis(start) + epochMillis(end)) / 2;
}

customElements.define('traced-stats-charts', StatsCharts);
