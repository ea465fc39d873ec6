import {clock, duration, minutes} from '../../model/format.js';
import {epochMillis, millisBetween} from '../../model/time.js';

/**
 * The axis of time that all charts of the view share. A position on it is a number of milliseconds after its start, which stays a
 * BigInt: as a double a time of today would be off by a quarter of a microsecond.
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500,
  SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY,
];
const DATE = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short'});

/**
 * Where an axis has its marks: at round times of the viewer's clock, or, where a few milliseconds are all there is, at round
 * distances from its start.
 *
 * @param {bigint} after where it starts
 * @param {bigint} before where it ends
 * @param {number} most how many marks there is room for
 * @returns {{at: number, text: string}[]} `at` in milliseconds after the start
 */
export function timeMarks(after, before, most) {
  const length = millisBetween(after, before);
  if (!(length > 0)) {
    return [];
  }
  if (length < 5 * most) {
    return distanceMarks(length, most);
  }
  const step = STEPS.find(each => length / each <= most) ?? Math.ceil(length / most / DAY) * DAY;
  const start = epochMillis(after);
  const fraction = millisBetween(after - (after % 1_000_000n), after);
  const zone = -new Date(start).getTimezoneOffset() * MINUTE;
  const marks = [];
  for (let time = Math.ceil((start + fraction + zone) / step) * step - zone; time - start - fraction <= length; time += step) {
    marks.push({at: time - start - fraction, text: markText(time, step, zone)});
  }
  return marks;
}

function markText(millis, step, zone) {
  if ((millis + zone) % DAY === 0) {
    return DATE.format(millis);
  }
  const time = BigInt(millis) * 1_000_000n;
  return step >= MINUTE ? minutes(time) : step >= SECOND ? clock(time).slice(0, 8) : clock(time);
}

function distanceMarks(length, most) {
  const power = 10 ** Math.floor(Math.log10(length / most));
  const step = [1, 2, 5, 10].map(each => each * power).find(each => length / each <= most) ?? 10 * power;
  const marks = [];
  for (let number = 0; number * step <= length; number++) {
    marks.push({at: number * step, text: number === 0 ? '0' : `+${duration(number * step * 1e6)}`});
  }
  return marks;
}

/**
 * What is drawn of each step of an overview: the first and the last are often cut.
 *
 * @param {{after: bigint, before: bigint, step_ns: number, steps: {time: bigint}[]}} overview
 * @returns {{from: number, to: number, step: object}[]} in milliseconds after the start
 */
export function spansOfSteps({after, before, step_ns: step, steps}) {
  const end = millisBetween(after, before);
  return steps.map(each => {
    const from = millisBetween(after, each.time);
    return {from: Math.max(0, from), to: Math.min(end, from + step / 1e6), step: each};
  });
}
