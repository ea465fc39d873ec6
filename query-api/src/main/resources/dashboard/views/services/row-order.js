import {errorShare} from './coverage.js';

/** What tables of services and operations are sorted by. The rate goes by the spans, which all rows have of the same time. */
const VALUES = {
  name: row => row.name,
  rate: row => row.spans,
  errors: row => errorShare(row),
  p50: row => row.duration_ms.p50,
  p95: row => row.duration_ms.p95,
  p99: row => row.duration_ms.p99,
  traces: row => row.traces,
  spans: row => row.spans,
};

export const DEFAULT_ORDER = '-rate';

/** `-p95`, the highest first, as its parts. What is not known is the default. */
export function parseOrder(text) {
  const match = /^(-?)(\w+)$/.exec(text ?? '');
  return match && Object.hasOwn(VALUES, match[2]) ? {by: match[2], isDown: match[1] === '-'} : parseOrder(DEFAULT_ORDER);
}

/** The order after a click on the head of a column: numbers begin with the highest, names with A; a second click turns it round. */
export function nextOrder(current, by) {
  const {by: now, isDown} = parseOrder(current);
  const down = now === by ? !isDown : by !== 'name';
  return (down ? '-' : '') + by;
}

/** The rows whose name has the text in it, in order; equals by name. */
export function orderRows(rows, order, text = '') {
  const {by, isDown} = parseOrder(order);
  const value = VALUES[by];
  const wanted = text.trim().toLowerCase();
  const sign = isDown ? -1 : 1;
  return rows
    .filter(row => row.name.toLowerCase().includes(wanted))
    .sort((a, b) => sign * compare(value(a), value(b)) || compare(a.name, b.name));
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
