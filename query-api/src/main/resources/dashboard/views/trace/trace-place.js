import {change, here, href, changed} from '../../state/route.js';
import {held, wholeRange} from './model/time-range.js';
import {spanIdHex} from './model/trace-id.js';

/**
 * What the URL of a trace says: `view`, `span` (whose details are open), `from` and `to` (the part of the time that is shown, in nanoseconds
 * after the trace began), `q` (what is searched for), `service` and `operation` (what is marked), `critical=off`; of the flame `measure` and
 * `frame` (the span whose frame is shown alone), of the table `sort` and `order`, of the logs `severity` and `text`.
 */
export const VIEWS = {waterfall: 'Waterfall', flame: 'Flame', table: 'Table', logs: 'Logs'};

export function viewOf(params) {
  return Object.hasOwn(VIEWS, params.get('view')) ? params.get('view') : 'waterfall';
}

/** @returns {import('./model/time-range.js').Range} */
export function rangeOf(params, trace) {
  const from = params.get('from');
  const to = params.get('to');
  const isRange = /^\d{1,19}$/.test(from ?? '') && /^\d{1,19}$/.test(to ?? '') && Number(from) < Number(to);
  return isRange ? held({from: Number(from), to: Number(to)}, trace.duration) : wholeRange(trace.duration);
}

/** Shows a part of the time; it is no step for the back button, as one goes on for as long as somebody drags. */
export function showRange(range, trace) {
  const {from, to} = held(range, trace.duration);
  const isWhole = from === 0 && to === wholeRange(trace.duration).to;
  change({from: isWhole ? null : String(from), to: isWhole ? null : String(to)}, {replace: true});
}

/** @returns {import('./model/span-tree.js').Node | undefined} */
export function selectedOf(params, trace) {
  const id = params.get('span');
  return id ? trace.byId.get(spanIdHex(id) ?? id) : undefined;
}

/** Opens the details of a span, or closes them; from one span to the next is no step for the back button. */
export function select(node) {
  change({span: node?.id ?? null}, {replace: node !== null && here().params.has('span')});
}

/** The link to this page with some parameters changed. */
export function linkWith(changes) {
  const {path, params} = here();
  return href(path, changed(params, changes));
}
