import {OTHER} from './trace-links.js';

/**
 * Which services and calls the map shows, and which way each call points in it: cycles are broken, so that what is called can stand to
 * the right of what calls it.
 *
 * @typedef {{caller: string, callee: string, calls: number, errors: number, avg_ms: number, p50_ms: number, p95_ms: number}} Call
 * @typedef {{name: string, spans: number, errors: number}} Service
 * @typedef {{nodes: Service[], calls: Call[], hidden: number}} Graph `hidden`: how many services are left out
 */

/**
 * The busiest services and the calls between them, in an order that depends on nothing but them.
 *
 * @param {Service[]} services
 * @param {Call[]} calls
 * @param {number} most
 * @returns {Graph}
 */
export function graphOf(services, calls, most) {
  const known = new Map(services.filter(({name}) => name !== OTHER).map(service => [service.name, service]));
  for (const {caller, callee} of calls) {
    for (const name of [caller, callee]) {
      if (name !== OTHER && !known.has(name)) {
        known.set(name, {name, spans: 0, errors: 0});
      }
    }
  }
  const nodes = [...known.values()].sort((a, b) => b.spans - a.spans || compare(a.name, b.name)).slice(0, most);
  const shown = new Set(nodes.map(({name}) => name));
  return {
    nodes,
    calls: calls
      .filter(({caller, callee}) => caller !== callee && shown.has(caller) && shown.has(callee))
      .sort((a, b) => b.calls - a.calls || compare(a.caller, b.caller) || compare(a.callee, b.callee)),
    hidden: known.size - nodes.length,
  };
}

/**
 * The calls as pairs from left to right without a cycle: of the calls of a cycle the one with the fewest points the other way. Calls are
 * taken in their order, the busiest first, and one that would close a cycle is turned round.
 *
 * @param {Graph} graph
 * @returns {{from: string, to: string, call: Call, isBack: boolean}[]}
 */
export function withoutCycles({nodes, calls}) {
  const out = new Map(nodes.map(({name}) => [name, new Set()]));
  const reaches = (from, to, seen = new Set()) =>
    from === to || (!seen.has(from) && seen.add(from) && [...out.get(from)].some(next => reaches(next, to, seen)));
  return calls.map(call => {
    const isBack = reaches(call.callee, call.caller);
    const [from, to] = isBack ? [call.callee, call.caller] : [call.caller, call.callee];
    out.get(from).add(to);
    return {from, to, call, isBack};
  });
}

/** The parts that no call connects, the largest first; each a list of names in the order of the nodes. */
export function partsOf({nodes, calls}) {
  const part = new Map(nodes.map(({name}) => [name, name]));
  const root = name => {
    while (part.get(name) !== name) {
      name = part.get(name);
    }
    return name;
  };
  calls.forEach(({caller, callee}) => part.set(root(caller), root(callee)));
  const parts = new Map();
  for (const {name} of nodes) {
    const key = root(name);
    parts.set(key, [...(parts.get(key) ?? []), name]);
  }
  return [...parts.values()].sort((a, b) => b.length - a.length);
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
