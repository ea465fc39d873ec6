import {criticalTime} from './operation-totals.js';

/**
 * The frames of a flame graph: spans that have the same path of services and operations from the root are one.
 *
 * What the width says:
 * - `latency`: the time on the critical path. The frames below one never add up to more than it, all together are the duration of the
 *   root, and what ran beside the path, which nobody waited for, is not there. This answers where the time went.
 * - `work`: self times. What ran side by side adds up; this answers what was busy.
 *
 * @typedef {{
 *   service: string, operation: string, isGap: boolean, own: number, value: number, spans: number, errors: number, depth: number, at: number,
 *   parent: Frame | null, children: Frame[], longest: import('./span-tree.js').Node
 * }} Frame `own` and `value` (with all below) in nanoseconds; `at` is where it begins, in the same measure; `depth` from 0
 */
export const MEASURES = ['latency', 'work'];

/**
 * @param {import('./trace-model.js').Trace} trace
 * @param {'latency' | 'work'} measure
 * @returns {Flame} of frames those with a width, depth first, the widest of siblings first
 * @typedef {{frames: Frame[], roots: Frame[], frameOf: Frame[], total: number, depth: number}} Flame `frameOf` by the index of the node
 */
export function flameFrames(trace, measure) {
  const own = measure === 'work' ? node => trace.own[node.index] : node => criticalTime(trace, node);
  const roots = new Map();
  const frameOf = new Array(trace.nodes.length);
  const known = [];
  const below = new Map();
  for (const node of trace.nodes) {
    const parent = node.parent ? frameOf[node.parent.index] : null;
    const siblings = parent ? below.get(parent) : roots;
    const key = node.span ? JSON.stringify([node.service, node.operation]) : node.id;
    let frame = siblings.get(key);
    if (!frame) {
      frame = {service: node.service, operation: node.operation, isGap: !node.span, own: 0, value: 0, spans: 0, errors: 0, depth: parent ? parent.depth + 1 : 0, at: 0, parent, children: [], longest: node};
      siblings.set(key, frame);
      below.set(frame, new Map());
      known.push(frame);
      parent?.children.push(frame);
    }
    frameOf[node.index] = frame;
    frame.own += own(node);
    frame.spans += node.span ? 1 : 0;
    frame.errors += node.isError ? 1 : 0;
    frame.longest = node.to - node.from > frame.longest.to - frame.longest.from ? node : frame.longest;
  }
  return {...placed(known, [...roots.values()]), frameOf};
}

function placed(known, roots) {
  for (let i = known.length - 1; i >= 0; i--) {
    const frame = known[i];
    frame.value += frame.own;
    if (frame.parent) {
      frame.parent.value += frame.value;
    }
  }
  const frames = [];
  let total = 0;
  let depth = 0;
  const waiting = [{siblings: roots, at: 0}];
  while (waiting.length > 0) {
    const {siblings, at: start} = waiting.pop();
    let at = start;
    for (const frame of siblings.filter(each => each.value > 0).sort((a, b) => b.value - a.value)) {
      frame.at = at;
      at += frame.value;
      frames.push(frame);
      depth = Math.max(depth, frame.depth + 1);
      total += frame.depth === 0 ? frame.value : 0;
      waiting.push({siblings: frame.children, at: frame.at});
    }
  }
  return {frames, roots, total, depth};
}

/** The frame that a span is in; undefined where it has no width. @param {Flame} flame */
export function frameOfNode({frameOf}, node) {
  return frameOf[node.index].value > 0 ? frameOf[node.index] : undefined;
}

/**
 * The frame at a place, which is asked for whenever the pointer moves: the way goes down from the root.
 *
 * @param {Flame} flame
 * @param {number} at in the measure of the frames
 */
export function frameAt({roots}, at, depth) {
  let frame;
  for (let siblings = roots; siblings && (frame === undefined || frame.depth < depth); siblings = frame?.children) {
    frame = siblings.find(each => each.value > 0 && each.at <= at && at < each.at + each.value);
  }
  return frame;
}
