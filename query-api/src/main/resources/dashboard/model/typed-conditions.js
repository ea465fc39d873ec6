import {parseDuration} from './time.js';

/** Between what somebody types as a condition and what the URL has. Where it makes no sense, `error` says why, to be shown. */

/** Of 64 bits, in nanoseconds. */
const LONGEST = 2n ** 63n - 1n;

/** @returns {{value?: string | null, error?: string}} nanoseconds; null of nothing */
export function typedDuration(text) {
  if (text.trim() === '') {
    return {value: null};
  }
  const nanos = parseDuration(text);
  if (nanos === null) {
    return {error: `“${text.trim()}” is no duration: type it as 200ms, 1.5s or 80us`};
  }
  return nanos > LONGEST ? {error: `“${text.trim()}” is more than 292 years, which is the longest duration there is`} : {value: nanos.toString()};
}

const SHOWN = [['h', 3_600_000_000_000n], ['min', 60_000_000_000n], ['s', 1_000_000_000n], ['ms', 1_000_000n], ['us', 1_000n], ['ns', 1n]];

/** The shortest text that typedDuration reads as exactly these nanoseconds: a field must not round what is asked. */
export function durationToType(text) {
  if (!/^\d{1,19}$/.test(text ?? '')) {
    return text ?? '';
  }
  const nanos = BigInt(text);
  // Minutes and hours only as 1.5h: of what has more digits people think in seconds.
  const [unit, one] = SHOWN.find(([, size]) => nanos >= size && (size <= 1_000_000_000n || (nanos * 10n) % size === 0n)) ?? SHOWN.at(-1);
  const fraction = ((nanos % one) * 1_000_000_000n) / one;
  return `${nanos / one}${fraction ? '.' + fraction.toString().padStart(9, '0').replace(/0+$/, '') : ''}${unit}`;
}

/** `key=value`, or `key:value` as the API has it. @returns {{value?: string, error?: string}} as the API has it */
export function typedTag(text) {
  const trimmed = text.trim();
  const equals = trimmed.indexOf('=');
  const at = equals >= 0 ? equals : trimmed.indexOf(':');
  const key = trimmed.slice(0, Math.max(0, at)).trim();
  if (!key) {
    return {error: 'A tag is typed as key=value'};
  }
  if (key.includes(':')) {
    return {error: 'A key with a colon cannot be asked for'};
  }
  return {value: `${key}:${trimmed.slice(at + 1).trim()}`};
}

/** What a field of type datetime-local shows: the viewer's clock, to the millisecond. @param {bigint} time */
export function timeToType(time) {
  const millis = Number(time / 1_000_000n);
  if (Math.abs(millis) > 8.64e15) {
    return '';
  }
  const zone = new Date(millis).getTimezoneOffset() * 60_000;
  return new Date(millis - zone).toISOString().slice(0, -1);
}

/** @returns {bigint | null} */
export function typedTime(text) {
  const millis = text ? new Date(text).getTime() : NaN;
  return Number.isNaN(millis) ? null : BigInt(millis) * 1_000_000n;
}
