import {epochMillis} from './time.js';

const STEPS = [
  [1e3, 1, 'ns'],
  [1e6, 1e3, 'µs'],
  [1e9, 1e6, 'ms'],
  [6e10, 1e9, 's'],
  [3.6e12, 6e10, 'min'],
  [Infinity, 3.6e12, 'h'],
];

/** `870 ns`, `12.3 µs`, `350 ms`, `1.24 s`: three digits, or what is exact. @param {bigint | number} nanos */
export function duration(nanos) {
  const value = Number(nanos);
  const size = Math.abs(value);
  // What would round up to 1,000 of a unit, or to 60.0, is 1 of the next.
  const [, unit, name] = STEPS.find(([below, one]) => size < below - (below / one < 100 ? one / 20 : one / 2)) ?? STEPS.at(-1);
  const amount = value / unit;
  const digits = unit === 1 || Math.abs(amount) >= 99.95 ? 0 : Math.abs(amount) >= 9.995 ? 1 : 2;
  return `${trimmed(amount.toFixed(digits))} ${name}`;
}

function trimmed(text) {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

const COUNT = new Intl.NumberFormat('en');
const SHORT = new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 1});

/** `12,345`. */
export function count(value) {
  return COUNT.format(value);
}

/** `12.3K`, where there is little room. */
export function shortCount(value) {
  return Math.abs(value) < 1000 ? trimmed(value.toFixed(value < 10 && !Number.isInteger(value) ? 1 : 0)) : SHORT.format(value);
}

/** `0.03%`, `1.2%`, `45%`; what is not nothing is never shown as nothing. @param {number} share 0..1 */
export function share(value) {
  const percent = value * 100;
  if (value > 0 && percent < 0.01) {
    return '<0.01%';
  }
  if (value < 1 && percent > 99.99) {
    return '>99.99%';
  }
  const digits = percent === 0 || percent >= 10 ? (percent > 99 && value < 1 ? 2 : 0) : percent >= 1 ? 1 : 2;
  return `${trimmed(percent.toFixed(digits))}%`;
}

/** `4.2/s`, `13/min`, `5/h`; what is not nothing is never shown as nothing. @param {number} perSecond */
export function rate(perSecond) {
  if (perSecond >= 1 || perSecond === 0) {
    return `${shortCount(perSecond)}/s`;
  }
  const hourly = perSecond * 3600;
  return perSecond * 60 >= 1 ? `${shortCount(perSecond * 60)}/min` : hourly < 0.1 ? '<0.1/h' : `${shortCount(hourly)}/h`;
}

const CLOCK = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3});
const MINUTES = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit'});
const DAY = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short', year: 'numeric'});

/** `14:03:27.518` of the viewer's time zone. @param {bigint} time */
export function clock(time) {
  return CLOCK.format(epochMillis(time));
}

/** `14:03`. */
export function minutes(time) {
  return MINUTES.format(epochMillis(time));
}

/** `28 Nov 2026, 14:03:27.518`; a time that no calendar has is shown as its number. */
export function dateTime(time) {
  const millis = epochMillis(time);
  return Math.abs(millis) > 8.64e15 ? `${time} ns` : `${DAY.format(millis)}, ${CLOCK.format(millis)}`;
}

/** The time with all of its digits, in UTC: `2026-11-28T14:03:27.518042117Z`. */
export function exactTime(time) {
  const millis = epochMillis(time);
  if (Math.abs(millis) > 8.64e15) {
    return `${time} ns`;
  }
  const fraction = (time % 1_000_000_000n).toString().padStart(9, '0');
  return `${new Date(millis).toISOString().slice(0, -5)}.${fraction}Z`;
}

/** `1 trace`, `2 traces`. */
export function plural(amount, one, many = one + 's') {
  return `${count(amount)} ${amount === 1 || amount === 1n ? one : many}`;
}

/** A name may be empty, which would leave nothing to see and to click. */
export function named(name) {
  return name === '' ? '(no name)' : name;
}
