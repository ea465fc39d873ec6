/**
 * The rows of a waterfall: all nodes depth first, but for what is below a collapsed one.
 *
 * @typedef {import('./span-tree.js').Node} Node
 */

/** @param {Node[]} nodes depth first @param {Set<Node>} collapsed @returns {Node[]} */
export function visibleRows(nodes, collapsed) {
  if (collapsed.size === 0) {
    return nodes;
  }
  const rows = [];
  for (let i = 0; i < nodes.length; i++) {
    rows.push(nodes[i]);
    if (collapsed.has(nodes[i])) {
      i += nodes[i].size - 1;
    }
  }
  return rows;
}

/** The place of each node among the rows by its index, -1 for one that is not shown. */
export function placesOf(rows, total) {
  const places = new Int32Array(total).fill(-1);
  rows.forEach((node, place) => (places[node.index] = place));
  return places;
}

/** What has to be collapsed to see the nodes down to a level. @returns {Set<Node>} */
export function collapsedBelow(nodes, level) {
  return new Set(nodes.filter(node => node.level >= level && node.children.length > 0));
}

/** The deepest level that is shown, and how far down the next step in or out is. */
export function shownLevel(rows) {
  return rows.reduce((deepest, node) => Math.max(deepest, node.level), 1);
}

/** The same set without what hides a node. */
export function revealing(collapsed, node) {
  let next = collapsed;
  for (let above = node.parent; above; above = above.parent) {
    if (next.has(above)) {
      next = next === collapsed ? new Set(collapsed) : next;
      next.delete(above);
    }
  }
  return next;
}

/** The nearest row at or above a node that is shown. */
export function shownAt(places, node) {
  let at = node;
  while (at && places[at.index] < 0) {
    at = at.parent;
  }
  return at;
}
