/**
 * The critical path: what would have to be faster for the trace to be. It is walked from the end of the root: the time after the
 * child that finished last is the span's own; then it goes on in that child, and from where that began with the child that had
 * finished last by then. See CRISP (Zhang et al., USENIX ATC 2022).
 *
 * Children are held to the time of their parent: what began before it, by a clock that is wrong, is cut, and what lies outside, as
 * with a consumer that works later, was not waited for.
 *
 * @param {import('./span-tree.js').Node} root
 * @returns {{node: import('./span-tree.js').Node, from: number, to: number}[]} the parts, the last one first; they fill the time of the root without a hole
 */
export function criticalPath(root) {
  const path = [];
  const open = [frame(root, root.from, root.to)];
  while (open.length > 0) {
    const top = open.at(-1);
    const child = lastFinishing(top);
    const from = child ? child.to : top.from;
    if (from < top.at) {
      path.push({node: top.node, from, to: top.at});
    }
    if (child) {
      top.at = child.from;
      open.push(frame(child.node, child.from, child.to));
    } else {
      open.pop();
    }
  }
  return path;
}

function frame(node, from, to) {
  const children = [];
  for (const child of node.children) {
    const held = {node: child, from: Math.max(child.from, from), to: Math.min(child.to, to)};
    if (held.from < held.to) {
      children.push(held);
    }
  }
  // Of those that end together, the one that began first is taken.
  children.sort((a, b) => a.to - b.to || b.from - a.from);
  return {node, from, at: to, children};
}

/** What ends later than where we are ran beside a part of the path and is not on it. */
function lastFinishing(top) {
  while (top.children.length > 0) {
    const child = top.children.pop();
    if (child.to <= top.at) {
      return child;
    }
  }
  return undefined;
}
