/**
 * The spans of a trace by service and operation.
 *
 * @typedef {{
 *   service: string, operation: string, spans: number, errors: number, total: number, own: number, critical: number, longest: import('./span-tree.js').Node
 * }} OperationTotal times in nanoseconds: `total` of all durations, `own` of all self times, `critical` on the critical path
 */

/** @param {import('./trace-model.js').Trace} trace @returns {OperationTotal[]} */
export function operationTotals(trace) {
  const totals = new Map();
  for (const node of trace.nodes) {
    if (!node.span) {
      continue;
    }
    const key = JSON.stringify([node.service, node.operation]);
    let of = totals.get(key);
    if (!of) {
      of = {service: node.service, operation: node.operation, spans: 0, errors: 0, total: 0, own: 0, critical: 0, longest: node};
      totals.set(key, of);
    }
    of.spans++;
    of.errors += node.isError ? 1 : 0;
    of.total += node.to - node.from;
    of.own += trace.own[node.index];
    of.critical += criticalTime(trace, node);
    of.longest = node.to - node.from > of.longest.to - of.longest.from ? node : of.longest;
  }
  return [...totals.values()];
}

/** How much of the critical path is the span's own. */
export function criticalTime(trace, node) {
  return (trace.critical.get(node) ?? []).reduce((sum, [from, to]) => sum + to - from, 0);
}

const TEXTS = ['service', 'operation'];
const NUMBERS = ['spans', 'errors', 'total', 'own', 'critical'];
export const COLUMNS = [...TEXTS, ...NUMBERS];

/** By a column: numbers begin with the largest, names with A, `isReversed` the other way round. What is equal is by critical path and self time. */
export function sortTotals(totals, column, isReversed) {
  const sign = isReversed ? -1 : 1;
  const by = TEXTS.includes(column) ? (a, b) => (a[column] < b[column] ? -1 : a[column] > b[column] ? 1 : 0) : (a, b) => b[column] - a[column];
  return totals.toSorted((a, b) => sign * by(a, b) || b.critical - a.critical || b.own - a.own || b.total - a.total);
}
