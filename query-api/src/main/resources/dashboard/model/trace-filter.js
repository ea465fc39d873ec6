import {duration, clock, dateTime} from './format.js';
import {nanos, nowNanos} from './time.js';

/**
 * What traces are asked for, in the URL of the page under the names that the API has for it: `service`, `operation`, `status`,
 * `min_duration_ns`, `max_duration_ns`, `tag` (any number), `complete`, `after`, `before`. The page adds `range` (`15m`), which is the
 * time up to now, and the same names with `selected_` before them for a part that was picked out.
 */
export const CONDITIONS = ['service', 'operation', 'status', 'min_duration_ns', 'max_duration_ns', 'tag', 'complete'];
/** Those that the API takes once, and that one filter cannot have twice: of bounds the narrower holds, of tags all. */
export const ONCE = ['service', 'operation', 'status', 'complete'];
export const TIMES = ['after', 'before'];
export const SELECTED = 'selected_';

const ALL = [...CONDITIONS, ...TIMES];

/** How far back a view may look, beside the whole window that the backend keeps. */
export const RANGES = {'1m': 60, '5m': 300, '15m': 900, '30m': 1800, '1h': 3600, '3h': 10_800, '12h': 43_200};

/** The name of the time up to now that is asked for; null for one that there is not, which is all time. @returns {string | null} */
export function rangeOf(params) {
  const range = params.get('range');
  return range !== null && Object.hasOwn(RANGES, range) ? range : null;
}

/**
 * The parameters of an API call for what a page shows.
 *
 * @param {URLSearchParams} params of the page
 * @param {{selected?: boolean, only?: string[]}} options with the part that is picked out as well, under its own names; only
 *     some of the names
 */
export function apiParams(params, {selected = false, only = ALL} = {}) {
  const asked = new URLSearchParams();
  for (const name of only) {
    params.getAll(name).forEach(value => asked.append(name, value));
    if (selected) {
      params.getAll(SELECTED + name).forEach(value => asked.append(SELECTED + name, value));
    }
  }
  const range = rangeOf(params);
  if (range && only.includes('after') && !asked.has('after')) {
    asked.set('after', (nowNanos() - BigInt(RANGES[range]) * 1_000_000_000n).toString());
  }
  return asked;
}

/**
 * The part that is picked out as a filter of its own: what meets the conditions of the page and those of the part. Of bounds
 * that is the narrower, of tags all; where a name can be asked for once only, the part's.
 */
export function selectionParams(params) {
  const asked = apiParams(params);
  for (const name of ALL) {
    const values = params.getAll(SELECTED + name);
    if (values.length === 0) {
      continue;
    }
    const all = name === 'tag' ? [...new Set([...asked.getAll(name), ...values])] : [narrower(name, asked.get(name), values[0])];
    asked.delete(name);
    all.forEach(value => asked.append(name, value));
  }
  return asked;
}

const LOWER_BOUNDS = ['after', 'min_duration_ns'];
const UPPER_BOUNDS = ['before', 'max_duration_ns'];

function narrower(name, ofPage, ofPart) {
  const isBound = LOWER_BOUNDS.includes(name) || UPPER_BOUNDS.includes(name);
  if (!isBound || ![ofPage, ofPart].every(text => /^\d{1,19}$/.test(text ?? ''))) {
    return ofPart;
  }
  return nanos(ofPage) > nanos(ofPart) === LOWER_BOUNDS.includes(name) ? ofPage : ofPart;
}

/**
 * Whether nothing is between the bounds of a filter. Typed as they are that is a mistake, which the API refuses; as a part of something else
 * that was picked out it is a part with nothing in it.
 */
export function isBetweenNothing(asked) {
  const [after, before, shortest, longest] = ['after', 'before', 'min_duration_ns', 'max_duration_ns']
    .map(name => asked.get(name)).map(text => (/^\d{1,19}$/.test(text ?? '') ? nanos(text) : null));
  return (after !== null && before !== null && after >= before) || (shortest !== null && longest !== null && shortest > longest);
}

export function hasSelection(params) {
  return ALL.some(name => params.has(SELECTED + name));
}

/** The changes that take away all that was picked out. */
export function withoutSelection() {
  return Object.fromEntries(ALL.map(name => [SELECTED + name, null]));
}

/** The changes that take away every condition, but for the time. */
export function withoutConditions() {
  return Object.fromEntries(CONDITIONS.map(name => [name, null]));
}

/**
 * Each condition in words, and the changes that take it away.
 *
 * @returns {{name: string, text: string, without: Record<string, string[] | null>}[]}
 */
export function describe(params, prefix = '') {
  const conditions = [];
  const add = (name, text, without = {[prefix + name]: null}) => conditions.push({name, text, without});
  const one = name => params.get(prefix + name);
  if (one('service') !== null) {
    add('service', `service ${one('service')}`);
  }
  if (one('operation') !== null) {
    add('operation', `operation ${one('operation')}`);
  }
  if (one('status') !== null) {
    add('status', `status ${one('status')}`);
  }
  if (one('min_duration_ns') !== null) {
    add('min_duration_ns', `at least ${durationText(one('min_duration_ns'))}`);
  }
  if (one('max_duration_ns') !== null) {
    add('max_duration_ns', `at most ${durationText(one('max_duration_ns'))}`);
  }
  if (one('complete') !== null) {
    add('complete', one('complete') === 'true' ? 'complete' : 'not complete');
  }
  const tags = params.getAll(prefix + 'tag');
  tags.forEach((tag, index) => add('tag', tagText(tag), {[prefix + 'tag']: tags.filter((_, other) => other !== index)}));
  if (one('after') !== null) {
    add('after', `from ${timeText(one('after'))}`);
  }
  if (one('before') !== null) {
    add('before', `until ${timeText(one('before'))}`);
  }
  return conditions;
}

/** `key:value` as `key = value`. */
export function tagText(tag) {
  const colon = tag.indexOf(':');
  return colon < 0 ? tag : `${tag.slice(0, colon)} = ${tag.slice(colon + 1)}`;
}

function durationText(text) {
  return /^\d{1,19}$/.test(text) ? duration(nanos(text)) : text;
}

function timeText(text) {
  if (!/^\d{1,19}$/.test(text)) {
    return text;
  }
  const time = nanos(text);
  const day = 86_400_000_000_000n;
  const age = nowNanos() - time;
  return age < day && age > -day ? clock(time) : dateTime(time);
}
