import {nanos} from '../../model/time.js';

/**
 * Which time an answer of /services, operations, /stats or /dependencies is exact for. The API rounds what was asked to its slots and says
 * so; an answer without an end goes up to the time it was asked.
 *
 * @typedef {{after: bigint, before: bigint | null, until: bigint, seconds: number}} Coverage `before` as the API has it; `until` is where
 *     what is counted ends, and `seconds` how long that is
 * @typedef {{start: bigint, end: bigint, seconds: number, traces: number, spans: number, errors: number, duration_ms: object}} Slot
 */

/** @param {{after: number | bigint, before: number | bigint | null}} answer @param {bigint} now @returns {Coverage} */
export function coverageOf(answer, now) {
  const after = nanos(answer.after);
  const before = answer.before === null ? null : nanos(answer.before);
  const until = before !== null && before < now ? before : now;
  return {after, before, until, seconds: secondsBetween(after, until)};
}

/**
 * The series of /stats with the seconds that each slot has counted: the first and the last may be cut, and the one of now is not over.
 *
 * @returns {Slot[]}
 */
export function slotsOf(stats, now) {
  const {after, until} = coverageOf(stats, now);
  const step = BigInt(stats.step_seconds) * 1_000_000_000n;
  return stats.series.map(line => {
    const from = nanos(line.start_time);
    const start = from > after ? from : after;
    const end = from + step < until ? from + step : until;
    return {...line, start, end, seconds: secondsBetween(start, end)};
  });
}

/** A second at least, so that no rate is of nothing. */
export function rateOf(amount, seconds) {
  return amount / Math.max(1, seconds);
}

/** More exact than the `error_rate` of the API, which has four decimals. */
export function errorShare({spans, errors}) {
  return spans === 0 ? 0 : errors / spans;
}

/** The `after` and `before` that ask for what an answer has counted. @param {Coverage} coverage @returns {Record<string, string>} */
export function timesOf({after, before}) {
  return {after: after.toString(), ...(before === null ? {} : {before: before.toString()})};
}

function secondsBetween(from, to) {
  return to > from ? Number(to - from) / 1e9 : 0;
}
