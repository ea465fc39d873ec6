/**
 * How the spans of a trace hang together. A parent that is not here is a gap: a row of its own, whose children show what is known of
 * it. Parents that go in a circle are cut at the span that starts first. Nothing here calls itself, as a trace may be as deep as it
 * has spans.
 *
 * @typedef {import('./otlp-spans.js').Span} Span
 * @typedef {{
 *   span: Span | null, id: string, service: string, operation: string, isError: boolean, isCut: boolean, from: number, to: number,
 *   parent: Node | null, children: Node[], index: number, position: number, level: number, size: number, errors: number
 * }} Node `span` is null in a gap; `from` and `to` are nanoseconds after the trace began; `index` is the place in depth-first
 *     order, `position` the one among its siblings from 1, `level` 1 at a root, `size` and `errors` count the node and all below it
 */

/**
 * @param {Span[]} spans
 * @param {bigint} start when the trace began
 * @returns {{nodes: Node[], roots: Node[], byId: Map<string, Node>}} the nodes depth first, those that begin first before their siblings
 */
export function spanTree(spans, start) {
  const all = spans.map(span => nodeOf(span, start));
  const byId = new Map();
  all.forEach(node => byId.has(node.id) || byId.set(node.id, node));
  const gaps = new Map();
  const roots = [];
  for (const node of all) {
    const {parentId} = node.span;
    if (!parentId) {
      roots.push(node);
      continue;
    }
    const parent = byId.get(parentId) ?? gaps.get(parentId) ?? gapOf(parentId);
    if (!parent.span) {
      gaps.set(parentId, parent);
    }
    node.parent = parent;
    parent.children.push(node);
  }
  for (const [id, gap] of gaps) {
    gap.from = gap.children.reduce((from, child) => Math.min(from, child.from), Infinity);
    gap.to = gap.children.reduce((to, child) => Math.max(to, child.to), -Infinity);
    byId.set(id, gap);
    roots.push(gap);
  }
  all.forEach(node => node.children.sort(byStart));
  gaps.forEach(gap => gap.children.sort(byStart));
  roots.sort(byStart);
  const nodes = ordered(roots, all.length + gaps.size, all);
  roots.forEach((root, i) => (root.position = i + 1));
  sumUp(nodes);
  return {nodes, roots, byId};
}

/** By how much a span begins before its parent, which is by a clock that is wrong; 0 if it does not. */
export function startsEarlyBy(node) {
  return node.span && node.parent?.span ? Math.max(0, node.parent.from - node.from) : 0;
}

function nodeOf(span, start) {
  const from = Number(span.start - start);
  return {
    span,
    id: span.id,
    service: span.service,
    operation: span.operation,
    isError: span.isError,
    isCut: false,
    from,
    to: from + Math.max(0, Number(span.end - span.start)),
    parent: null,
    children: [],
    index: 0,
    position: 1,
    level: 1,
    size: 1,
    errors: 0,
  };
}

function gapOf(id) {
  return {span: null, id, service: '', operation: '', isError: false, isCut: false, from: 0, to: 0, parent: null, children: [], index: 0, position: 1, level: 1, size: 1, errors: 0};
}

function byStart(a, b) {
  return a.from - b.from || b.to - a.to || (a.id < b.id ? -1 : 1);
}

function ordered(roots, total, all) {
  const nodes = [];
  const seen = new Set();
  roots.forEach(root => visit(root, nodes, seen));
  if (nodes.length < total) {
    for (const first of all.toSorted(byStart)) {
      if (!seen.has(first)) {
        const node = firstOfCircle(first);
        node.parent.children = node.parent.children.filter(child => child !== node);
        node.parent = null;
        node.isCut = true;
        roots.push(node);
        visit(node, nodes, seen);
      }
    }
  }
  return nodes;
}

/** A span that no root leads to is in a circle, or below one. */
function firstOfCircle(node) {
  const above = new Set();
  let at = node;
  for (; !above.has(at); at = at.parent) {
    above.add(at);
  }
  let first = at;
  for (let other = at.parent; other !== at; other = other.parent) {
    first = byStart(other, first) < 0 ? other : first;
  }
  return first;
}

function visit(root, nodes, seen) {
  const waiting = [root];
  while (waiting.length > 0) {
    const node = waiting.pop();
    seen.add(node);
    node.level = node.parent ? node.parent.level + 1 : 1;
    node.index = nodes.length;
    nodes.push(node);
    for (let i = node.children.length - 1; i >= 0; i--) {
      node.children[i].position = i + 1;
      waiting.push(node.children[i]);
    }
  }
}

function sumUp(nodes) {
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    node.errors += node.isError ? 1 : 0;
    if (node.parent) {
      node.parent.size += node.size;
      node.parent.errors += node.errors;
    }
  }
}
