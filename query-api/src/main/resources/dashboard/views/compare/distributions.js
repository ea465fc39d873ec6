/**
 * How long the traces of both sides took, from the buckets of /traces/overview.
 *
 * @typedef {{from: number, to: number, count: number}} Bucket nanoseconds, `to` exclusive; buckets of two answers have the same bounds
 * @typedef {{from: number, to: number, selected: number, rest: number, selectedShare: number, restShare: number}} Pair
 */

/** The buckets of all steps together, the shortest first. @returns {Bucket[]} */
export function bucketsOf(overview) {
  const sums = new Map();
  for (const {durations} of overview.steps) {
    for (const [from, to, traces] of durations) {
      const sum = sums.get(String(from)) ?? {from: Number(from), to: Number(to), count: 0};
      sum.count += traces;
      sums.set(String(from), sum);
    }
  }
  return [...sums.values()].sort((a, b) => a.from - b.from);
}

/**
 * Both sides, bucket by bucket, each as shares of its own side. The selection is a part of all, so that the rest is what it leaves; a
 * trace that came between the two answers leaves no less than nothing.
 *
 * @param {Bucket[]} all
 * @param {Bucket[]} selected
 * @returns {Pair[]}
 */
export function pairsOf(all, selected) {
  const chosen = new Map(selected.map(bucket => [bucket.from, bucket]));
  const bounds = new Map([...all, ...selected].map(bucket => [bucket.from, bucket]));
  const counts = new Map(all.map(({from, count}) => [from, count]));
  const pairs = [...bounds.values()].sort((a, b) => a.from - b.from).map(({from, to}) => {
    const own = chosen.get(from)?.count ?? 0;
    return {from, to, selected: own, rest: Math.max(0, (counts.get(from) ?? 0) - own)};
  });
  const total = side => Math.max(1, pairs.reduce((sum, pair) => sum + pair[side], 0));
  const [ofSelected, ofRest] = [total('selected'), total('rest')];
  return pairs.map(pair => ({...pair, selectedShare: pair.selected / ofSelected, restShare: pair.rest / ofRest}));
}

/** So small a part of both sides is left out at either end, where it would make the axis long and the rest of the chart narrow. */
const STRAY = 0.002;

/**
 * The pairs without the strays at both ends.
 *
 * @param {Pair[]} pairs
 * @returns {{shown: Pair[], strays: number}} `strays`: how many traces are left out
 */
export function withoutStrays(pairs) {
  const cut = list => {
    const sum = {selectedShare: 0, restShare: 0};
    return list.findIndex(pair => {
      sum.selectedShare += pair.selectedShare;
      sum.restShare += pair.restShare;
      return sum.selectedShare > STRAY || sum.restShare > STRAY;
    });
  };
  const first = cut(pairs);
  if (first < 0) {
    return {shown: pairs, strays: 0};
  }
  const shown = pairs.slice(first, pairs.length - cut([...pairs].reverse()));
  const count = list => list.reduce((sum, {selected, rest}) => sum + selected + rest, 0);
  return {shown, strays: count(pairs) - count(shown)};
}

/**
 * The outline of one side on a logarithmic axis: [log10 of nanoseconds, height] where the height changes. Buckets are not equally wide on
 * such an axis, so that it is the area above one, and not the height, which is its share.
 *
 * @param {Pair[]} pairs
 * @param {'selectedShare' | 'restShare'} side
 * @returns {[number, number][]}
 */
export function outlineOf(pairs, side) {
  const points = [];
  let end;
  for (const pair of pairs) {
    const from = place(pair.from);
    if (end !== undefined && pair.from > end) {
      points.push([place(end), 0]);
    }
    points.push([from, pair[side] / (place(pair.to) - from)]);
    end = pair.to;
  }
  return end === undefined ? points : [...points, [place(end), 0]];
}

/** Where a duration is on the axis; nothing at all gets a place of its own before the first nanosecond. */
export function place(nanos) {
  return Math.log10(Math.max(0.5, nanos));
}
