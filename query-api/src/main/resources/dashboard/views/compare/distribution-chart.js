import {html, nothing} from 'lit';
import {axis, tooltip} from '../../ui/chart.js';
import {dragOver} from '../../ui/chart-drag.js';
import {colour} from '../../ui/colours.js';
import {durationMarks} from '../../model/duration-marks.js';
import {count, duration, plural, share} from '../../model/format.js';
import {outlineOf, place, withoutStrays} from './distributions.js';

const NAMES = {selectedShare: 'Selected', restShare: 'The rest'};

/**
 * What a chart of both distributions needs: the selection as a filled area, the rest as a dashed line, so that no colour tells them apart alone.
 *
 * @param {import('./distributions.js').Pair[]} all
 * @param {{hasSelection: boolean}} options without one the rest is all there is
 */
export function distributionChart(all, {hasSelection}) {
  const {shown: pairs, strays} = withoutStrays(all);
  const [from, to] = [pairs[0].from, pairs.at(-1).to];
  const decades = place(to) - place(from);
  const marks = durationMarks(place(from), place(to), decades > 3 ? [1] : [1, 2, 5]);
  const ticks = marks.map(({at}) => at);
  return {
    pairs,
    strays,
    table: {
      columns: hasSelection ? ['Duration', 'Selected', 'The rest'] : ['Duration', 'Share'],
      rows: all.map(pair => [between(pair), ...(hasSelection ? [share(pair.selectedShare)] : []), share(pair.restShare)]),
    },
    option: () => ({
      grid: {left: 12, right: 16, top: 10, bottom: 24},
      xAxis: axis({
        type: 'value', min: place(from), max: place(to), splitLine: {show: true, lineStyle: {color: colour('--line')}},
        axisLine: {show: true, lineStyle: {color: colour('--line-strong')}},
        axisTick: {show: false, customValues: ticks},
        axisLabel: {color: colour('--text-faint'), fontSize: 10, hideOverlap: true, customValues: ticks, formatter: value => marks.find(({at}) => at === value)?.text ?? ''},
      }),
      yAxis: {type: 'value', show: false, min: 0},
      tooltip: tooltip({
        trigger: 'axis',
        axisPointer: {type: 'line', lineStyle: {color: colour('--line-strong')}},
        formatter: ([{axisValue}]) => {
          const pair = pairs.findLast(({from: low}) => place(low) <= Number(axisValue) + 1e-9) ?? pairs[0];
          return (hasSelection
            ? [between(pair), `${share(pair.selectedShare)} of the selected (${count(pair.selected)})`, `${share(pair.restShare)} of the rest (${count(pair.rest)})`]
            : [between(pair), `${share(pair.restShare)} of the traces (${count(pair.rest)})`]).join('\n');
        },
      }),
      series: [
        side(pairs, 'restShare', {lineStyle: {color: colour('--text-soft'), width: 1.5, type: [4, 3]}, z: 3}),
        ...(!hasSelection ? [] : [side(pairs, 'selectedShare', {lineStyle: {color: colour('--accent'), width: 1.5}, areaStyle: {color: colour('--accent', 0.22), origin: 'start'}, z: 2})]),
      ],
    }),
  };
}

function side(pairs, name, looks) {
  return {type: 'line', name: NAMES[name], step: 'end', showSymbol: false, data: outlineOf(pairs, name), cursor: 'crosshair', ...looks};
}

function between({from, to}) {
  return `${duration(from)} – ${duration(to)}`;
}

/**
 * The panel with the chart; `chart` is of distributionChart. A drag over it selects these durations.
 *
 * @param {{option: () => object, table: object, strays: number}} chart
 * @param {{hasSelection: boolean, pairs: () => import('./distributions.js').Pair[], select: (from: number, to: number) => void}} options `pairs`: those that are
 *     drawn when it is dragged over, which is later
 */
export function distributionPanel(chart, {hasSelection, pairs, select}) {
  const ready = event => dragOver(event.detail, {
    partAt: x => pairs().find(({to}) => x < place(to)) ?? pairs().at(-1),
    bounds: ({from, to}) => [place(from), place(to)],
    choose: ({from}, {to}) => select(from, to),
  });
  return html`
    <section class="panel" aria-label="Durations">
      <header><h2>How long they took</h2>
        ${hasSelection ? html`<p class="legend soft"><span class="key selected">selected</span> <span class="key rest">the rest</span></p>` : nothing}
        <span class="soft spread">${hasSelection ? 'shares of each side' : 'shares'} by the duration of the root; drag to select${chart.strays > 0 ? `; ${plural(chart.strays, 'trace')} beyond` : nothing}</span></header>
      <traced-chart class="distribution" label=${hasSelection ? 'Durations of the selected traces and of the rest, as shares of each side' : 'Durations of all traces, as shares'}
        .option=${chart.option} .table=${chart.table} @chart-ready=${ready}></traced-chart>
    </section>`;
}
