import {duration, plural} from '../../../model/format.js';
import {startsEarlyBy} from './span-tree.js';

/**
 * What is wrong with a trace, in words: whoever reads it should know that it is not whole, or that its clocks differ.
 *
 * @param {import('./trace-model.js').Trace} trace
 * @returns {{kind: 'gap' | 'root' | 'skew' | 'negative' | 'circle', text: string}[]}
 */
export function traceNotes(trace) {
  const {gaps, early, mostEarly, negative, cut, roots} = counted(trace);
  const notes = [];
  if (gaps.length > 0) {
    const orphans = gaps.reduce((sum, gap) => sum + gap.children.length, 0);
    notes.push({kind: 'gap', text: `${plural(orphans, 'span names', 'spans name')} ${gaps.length === 1 ? 'a parent that is' : 'parents that are'} not here`});
  }
  if (roots === 0) {
    notes.push({kind: 'root', text: 'the root is not here'});
  } else if (roots > 1) {
    notes.push({kind: 'root', text: `${plural(roots, 'root')}: the critical path is of the one that took longest`});
  }
  if (early > 0) {
    notes.push({kind: 'skew', text: `${plural(early, 'span begins before its parent', 'spans begin before their parents')}: clocks differ by at least ${duration(mostEarly)}`});
  }
  if (negative > 0) {
    notes.push({kind: 'negative', text: `${plural(negative, 'span ends before it starts', 'spans end before they start')}: taken as 0`});
  }
  if (cut > 0) {
    notes.push({kind: 'circle', text: `parents go in a circle: cut at ${plural(cut, 'span')}`});
  }
  return notes;
}

function counted(trace) {
  const found = {gaps: [], early: 0, mostEarly: 0, negative: 0, cut: 0, roots: 0};
  for (const node of trace.nodes) {
    if (!node.span) {
      found.gaps.push(node);
      continue;
    }
    const before = startsEarlyBy(node);
    if (before > 0) {
      found.early++;
      found.mostEarly = Math.max(found.mostEarly, before);
    }
    found.negative += node.span.end < node.span.start ? 1 : 0;
    found.cut += node.isCut ? 1 : 0;
    found.roots += node.parent || node.isCut ? 0 : 1;
  }
  return found;
}
