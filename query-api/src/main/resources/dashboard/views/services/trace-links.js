import {href} from '../../state/route.js';
import {SELECTED} from '../../model/trace-filter.js';
import {timesOf} from './coverage.js';

/** What counts what it could not name under this one; nobody can be asked for its traces. */
export const OTHER = '(other)';

/**
 * @typedef {{service: string, operation?: string}} Subject
 * @typedef {import('./coverage.js').Coverage} Coverage
 */

/**
 * The link to the traces behind a number.
 *
 * @param {Subject} subject
 * @param {Coverage} coverage
 * @param {{hasErrors?: boolean, atLeastMs?: number}} more only those with an error; whose root took so long
 */
export function tracesHref({service, operation}, coverage, {hasErrors = false, atLeastMs} = {}) {
  return href(['traces'], {
    service, operation,
    status: hasErrors ? 'error' : null,
    min_duration_ns: atLeastMs === undefined ? null : nanosOf(atLeastMs),
    ...timesOf(coverage),
  });
}

/** The link to what is special about the traces with errors, or about those that took so long, among all of the subject. */
export function compareHref({service, operation}, coverage, {hasErrors = false, atLeastNs = null} = {}) {
  return href(['compare'], {
    service, operation,
    ...timesOf(coverage),
    [SELECTED + 'status']: hasErrors ? 'error' : null,
    [SELECTED + 'min_duration_ns']: atLeastNs === null ? null : String(atLeastNs),
  });
}

/** Milliseconds of the API are exact to the nanosecond. */
export function nanosOf(millis) {
  return String(Math.round(millis * 1e6));
}
