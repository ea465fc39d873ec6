import {duration} from './format.js';

/**
 * Round durations between two of their logarithms: so many of each power of ten, and above a second what people count in.
 *
 * @param {number[]} digits of each power of ten
 */
export function durationMarks(low, high, digits = [1]) {
  const marks = [];
  for (let power = Math.max(0, Math.floor(low)); power <= 9; power++) {
    marks.push(...digits.map(digit => digit * 10 ** power));
  }
  const longer = digits.length > 1 ? [10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 18_000, 36_000] : [10, 60, 600, 3600, 36_000];
  const all = [...marks.filter(nanos => nanos < 1e10), ...longer.map(seconds => seconds * 1e9), 1e14, 1e15, 1e16, 1e17, 1e18];
  return all.map(nanos => ({at: Math.log10(nanos), text: duration(nanos)})).filter(({at}) => at >= low - 1e-9 && at <= high + 1e-9);
}
