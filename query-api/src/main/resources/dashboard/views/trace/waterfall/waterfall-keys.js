import {Keys} from '../../../shell/keys.js';
import {change} from '../../../state/route.js';
import {select, showRange} from '../trace-place.js';
import {around, panned, wholeRange, zoomed} from '../model/time-range.js';

const NEARER = 0.6;
const STEP = 0.2;

/** The keys of a waterfall: those of a tree where it has the focus, the others everywhere. */
export function waterfallKeys(waterfall) {
  const inTable = target => target.closest('[role="treegrid"]') !== null;
  const key = (keys, does, run, where) => ({keys, does, run, where});
  const table = (keys, does, run) => key(keys, does, run, inTable);
  new Keys(waterfall, 'Waterfall', [
    table(['ArrowDown', 'ArrowUp'], 'next, previous row', event => waterfall.goTo(waterfall.rowAt(event.key === 'ArrowDown' ? 1 : -1))),
    table(['ArrowRight'], 'expand, then the first child', () => inwards(waterfall)),
    table(['ArrowLeft'], 'collapse, then the parent', () => outwards(waterfall)),
    table(['Home', 'End'], 'first, last row', event => waterfall.goTo(waterfall.rowAt(event.key === 'End' ? Infinity : -Infinity))),
    table(['PageDown', 'PageUp'], 'a page further', event => waterfall.goTo(waterfall.rowAt((event.key === 'PageDown' ? 1 : -1) * waterfall.pageOfRows()))),
    table(['Enter'], 'details of the span', () => select(waterfall.active)),
    key(['f', 'b'], 'next, previous span', event => waterfall.goTo(waterfall.rowAt(event.key === 'f' ? 1 : -1))),
    key(['e', 'E'], 'next, previous error', event => waterfall.goTo(errorFrom(waterfall, event.key === 'e' ? 1 : -1))),
    key(['[', ']'], 'collapse, expand all', event => (event.key === '[' ? waterfall.collapseAll() : waterfall.expandAll())),
    key(['o', 'p'], 'one level less, more', event => waterfall.showLevels(event.key === 'p' ? 1 : -1)),
    key(['c'], 'critical path on, off', () => change({critical: waterfall.isCriticalShown ? 'off' : null}, {replace: true})),
    key(['w', '+', '='], 'nearer', () => zoom(waterfall, NEARER)),
    key(['s', '-'], 'farther', () => zoom(waterfall, 1 / NEARER)),
    key(['a', 'd'], 'earlier, later', event => showRange(panned(waterfall.range, event.key === 'a' ? -STEP : STEP), waterfall.trace)),
    key(['z'], 'the time of the span', () => showRange(around(waterfall.active), waterfall.trace)),
    key(['0'], 'the whole trace', () => showRange(wholeRange(waterfall.trace.duration), waterfall.trace)),
  ]);
}

function inwards(waterfall) {
  const {active, collapsed} = waterfall;
  if (collapsed.has(active)) {
    waterfall.toggle(active, false);
  } else if (active.children.length > 0) {
    waterfall.goTo(active.children[0]);
  }
}

function outwards(waterfall) {
  const {active, collapsed} = waterfall;
  if (active.children.length > 0 && !collapsed.has(active)) {
    waterfall.toggle(active, true);
  } else if (active.parent) {
    waterfall.goTo(active.parent);
  }
}

/** Errors in rows that are collapsed count too: they are opened. */
function errorFrom({trace, active}, step) {
  const {nodes} = trace;
  for (let i = 1; i <= nodes.length; i++) {
    const node = nodes[(active.index + step * i + nodes.length * 2) % nodes.length];
    if (node.isError) {
      return node;
    }
  }
  return undefined;
}

/** Around the span that the keys are about, as far as it is seen. */
function zoom({active, range, trace}, factor) {
  const middle = (Math.max(active.from, range.from) + Math.min(active.to, range.to)) / 2;
  const at = middle >= range.from && middle <= range.to && active.from < range.to && active.to > range.from ? middle : (range.from + range.to) / 2;
  showRange(zoomed(range, factor, at), trace);
}
