/**
 * Times are BigInt, in Unix nanoseconds: a double cannot hold them. A difference of two that are near each other may become
 * a Number.
 */
const NANOS_A_MILLI = 1_000_000n;

/** A time or duration as the API has it: number, BigInt or digits. */
export function nanos(value) {
  return BigInt(value);
}

/** The header has whole seconds, and an answer is some time under way: what differs less is no difference. */
const SAME_MS = 2_000;

/** By how much the server's clock is ahead of the browser's, in milliseconds. */
let aheadMillis = 0;
let isServerTimeKnown = false;

/**
 * Sets the server's clock, by which traces are kept and counted: that of the browser may be wrong by hours.
 *
 * @param {string | null} date the header `Date` of an answer that has just come
 */
export function learnServerTime(date) {
  const second = Date.parse(date ?? '');
  if (Number.isNaN(second)) {
    return;
  }
  isServerTimeKnown = true;
  const ahead = second + 500 - Date.now();
  if (Math.abs(ahead - aheadMillis) >= SAME_MS) {
    aheadMillis = Math.abs(ahead) < SAME_MS ? 0 : ahead;
  }
}

/** Whether an answer has said what the server's time is. */
export function knowsServerTime() {
  return isServerTimeKnown;
}

/** The server's time, as far as its answers have said. */
export function nowNanos() {
  return BigInt(Date.now() + aheadMillis) * NANOS_A_MILLI;
}

/** Milliseconds from one time to another, with fractions. */
export function millisBetween(from, to) {
  return Number(to - from) / 1e6;
}

/** The time so many milliseconds, with fractions, after another. */
export function plusMillis(time, millis) {
  const whole = Math.floor(millis);
  return time + BigInt(whole) * NANOS_A_MILLI + BigInt(Math.round((millis - whole) * 1e6));
}

/** What a Date takes. */
export function epochMillis(time) {
  return Number(time / NANOS_A_MILLI);
}

const UNITS = {ns: 1n, us: 1_000n, µs: 1_000n, μs: 1_000n, ms: 1_000_000n, s: 1_000_000_000n, m: 60_000_000_000n, min: 60_000_000_000n, h: 3_600_000_000_000n};

/**
 * A duration that somebody typed, `1.5s`, `200 ms`, `80us`; a bare number is milliseconds. Null if it is none.
 *
 * @returns {bigint | null}
 */
export function parseDuration(text) {
  const match = /^\s*(\d{1,12})(?:[.,](\d{1,9}))?\s*(ns|us|µs|μs|ms|s|m|min|h)?\s*$/i.exec(text);
  if (!match) {
    return null;
  }
  const unit = UNITS[(match[3] ?? 'ms').toLowerCase()];
  const fraction = match[2] ?? '';
  return BigInt(match[1]) * unit + (BigInt(fraction || '0') * unit) / 10n ** BigInt(fraction.length);
}
