import {SELECTED, TIMES, CONDITIONS} from '../../model/trace-filter.js';
import {nanos} from '../../model/time.js';

/** The part of the traces that is picked out, as it is in the URL. */

/** The times and durations that are picked out; null where there is no bound, or one that is no number. */
export function selectedBounds(params) {
  return {
    after: bound(params, 'after'),
    before: bound(params, 'before'),
    shortest: bound(params, 'min_duration_ns'),
    longest: bound(params, 'max_duration_ns'),
  };
}

function bound(params, name) {
  const text = params.get(SELECTED + name);
  return text !== null && /^\d{1,19}$/.test(text) ? nanos(text) : null;
}

/** The changes to the URL that pick out exactly these bounds, and nothing else. */
export function selecting({after = null, before = null, shortest = null, longest = null}) {
  return {
    ...Object.fromEntries([...CONDITIONS, ...TIMES].map(name => [SELECTED + name, null])),
    [SELECTED + 'after']: text(after),
    [SELECTED + 'before']: text(before),
    [SELECTED + 'min_duration_ns']: text(shortest),
    [SELECTED + 'max_duration_ns']: text(longest),
  };
}

function text(value) {
  return value === null ? null : value.toString();
}
