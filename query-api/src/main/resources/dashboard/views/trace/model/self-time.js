/**
 * The time that a span spent by itself: its duration less the time in which at least one of its children ran. Children that
 * run side by side count once, what they do before or after the span does not count.
 *
 * @param {import('./span-tree.js').Node} node its children by start
 * @returns {number} nanoseconds; 0 for a gap, of which nothing is known
 */
export function selfTime(node) {
  return node.span ? selfParts(node).reduce((sum, [from, to]) => sum + to - from, 0) : 0;
}

/** When that was. @returns {[number, number][]} from and to, in order */
export function selfParts(node) {
  const parts = [];
  let at = node.from;
  for (const child of node.children) {
    if (child.from >= node.to) {
      break;
    }
    if (child.from > at) {
      parts.push([at, child.from]);
    }
    at = Math.max(at, Math.min(child.to, node.to));
  }
  if (node.to > at) {
    parts.push([at, node.to]);
  }
  return parts;
}
