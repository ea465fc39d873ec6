import {readSpans} from './otlp-spans.js';
import {spanTree} from './span-tree.js';
import {selfTime} from './self-time.js';
import {criticalPath} from './critical-path.js';

/**
 * All that the views of a trace are drawn from.
 *
 * @typedef {import('./span-tree.js').Node} Node
 * @typedef {{
 *   document: object, start: bigint, end: bigint, duration: number, nodes: Node[], roots: Node[], byId: Map<string, Node>, main: Node,
 *   spans: number, errors: number, depth: number, services: {name: string, spans: number}[], own: Float64Array,
 *   critical: Map<Node, [number, number][]>
 * }} Trace `duration` in nanoseconds from the first start to the last end; `main` is the root that took longest, whose critical path
 *     `critical` is; `own` the self times by the index of the node
 */

/** @param {object} document OTLP's, with at least one span @returns {Trace} */
export function traceOf(document) {
  const spans = readSpans(document);
  let {start, end} = spans[0];
  for (const span of spans) {
    start = span.start < start ? span.start : start;
    end = span.end > end ? span.end : end;
  }
  end = end < start ? start : end;
  const {nodes, roots, byId} = spanTree(spans, start);
  const main = mainOf(roots);
  return {
    document,
    start,
    end,
    duration: Number(end - start),
    nodes,
    roots,
    byId,
    main,
    spans: spans.length,
    errors: nodes.reduce((sum, node) => sum + (node.isError ? 1 : 0), 0),
    depth: nodes.reduce((deepest, node) => Math.max(deepest, node.level), 0),
    services: servicesOf(nodes),
    own: Float64Array.from(nodes, selfTime),
    critical: byNode(criticalPath(main)),
  };
}

function mainOf(roots) {
  const known = roots.filter(root => root.span);
  return (known.length > 0 ? known : roots).reduce((longest, root) => (root.to - root.from > longest.to - longest.from ? root : longest));
}

function servicesOf(nodes) {
  const counts = new Map();
  for (const {span} of nodes) {
    if (span) {
      counts.set(span.service, (counts.get(span.service) ?? 0) + 1);
    }
  }
  return [...counts].map(([name, spans]) => ({name, spans})).sort((a, b) => b.spans - a.spans || (a.name < b.name ? -1 : 1));
}

function byNode(path) {
  const parts = new Map();
  for (const {node, from, to} of path) {
    const known = parts.get(node);
    if (known) {
      known.push([from, to]);
    } else {
      parts.set(node, [[from, to]]);
    }
  }
  return parts;
}
