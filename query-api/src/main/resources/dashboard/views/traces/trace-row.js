import {nanos} from '../../model/time.js';

/** What a line of GET /traces says, as the page needs it. */

/** @returns {bigint | null} when the root started; null without a root, as the live tail may have it */
export function startOf(trace) {
  return trace.start_time === null || trace.start_time === undefined ? null : nanos(trace.start_time);
}

/** @returns {bigint | null} nanoseconds, not below 0: a clock that was set back says nothing of how long it took */
export function durationOf(trace) {
  const start = startOf(trace);
  if (start === null) {
    return null;
  }
  const end = trace.end_time;
  const took = end === null || end === undefined ? nanos(trace.duration_ms) * 1_000_000n : nanos(end) - start;
  return took < 0n ? 0n : took;
}

export function hasFailed(trace) {
  return trace.status === 'error';
}

const WARNINGS = {clock_skew: 'clock skew', negative_duration: 'ends before it starts'};

/** What is worth a note about a trace, in words, the less usual last. @returns {string[]} */
export function notesOf(trace) {
  const notes = [];
  if (trace.open) {
    notes.push('open');
  }
  if (trace.missing_parents > 0) {
    notes.push(trace.missing_parents === 1 ? '1 parent missing' : `${trace.missing_parents} parents missing`);
  }
  if (startOf(trace) === null) {
    notes.push('no root');
  }
  for (const warning of trace.warnings ?? []) {
    notes.push(WARNINGS[warning] ?? warning);
  }
  return notes;
}
