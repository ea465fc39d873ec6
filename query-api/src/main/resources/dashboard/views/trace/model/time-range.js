/**
 * The part of a trace that is shown, in nanoseconds after it began, and what is done to it.
 *
 * @typedef {{from: number, to: number}} Range
 */
const SHORTEST_NS = 10;

/** A trace that took no time is shown as a nanosecond. @returns {Range} */
export function wholeRange(duration) {
  return {from: 0, to: Math.max(1, duration)};
}

/** The range as far as the trace goes, in whole nanoseconds, and never shorter than can be shown. @returns {Range} */
export function held({from, to}, duration) {
  const whole = wholeRange(duration);
  const length = Math.min(whole.to, Math.max(SHORTEST_NS, Math.round(to - from)));
  const start = Math.min(Math.max(0, Math.round(from)), whole.to - length);
  return {from: start, to: start + length};
}

/** Nearer by `factor` < 1, farther by > 1; what is at `at` stays where it is. */
export function zoomed({from, to}, factor, at) {
  return {from: at - (at - from) * factor, to: at + (to - at) * factor};
}

/** Later by a share of what is shown; earlier if it is negative. */
export function panned({from, to}, share) {
  const by = (to - from) * share;
  return {from: from + by, to: to + by};
}

/** The time of a span with a little more on both sides. */
export function around({from, to}) {
  const more = Math.max(1, to - from) * 0.05;
  return {from: from - more, to: to + more};
}

/** Where the marks of an axis are: multiples of 1, 2 or 5 times a power of ten, some `target` of them. @returns {{step: number, at: number[]}} */
export function ticks({from, to}, target) {
  const least = (to - from) / Math.max(1, target);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = Math.max(1, [1, 2, 5, 10].find(times => times * power >= least * 0.999) * power);
  const at = [];
  for (let i = Math.ceil(from / step); i * step <= to; i++) {
    at.push(i * step);
  }
  return {step, at};
}

const UNITS = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
];

/** `1.25 s` with as many digits as tell one mark from the next. */
export function tickText(at, step) {
  if (at === 0) {
    return '0';
  }
  const [unit, name] = UNITS.find(([one]) => at >= one) ?? UNITS.at(-1);
  const digits = Math.max(0, Math.ceil(Math.log10(unit / step) - 1e-9));
  return `${(at / unit).toFixed(digits)} ${name}`;
}
