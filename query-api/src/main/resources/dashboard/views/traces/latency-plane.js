import {durationMarks} from '../../model/duration-marks.js';

/**
 * The plane of the latency chart: time to the right, duration upwards on a log scale. It maps between what the API counts in
 * (exact nanoseconds) and the pixels of the plot; nothing here knows of a document.
 */
export class LatencyPlane {
  /**
   * @param {bigint} after where the axis of time starts
   * @param {bigint} before where it ends
   * @param {number} shortest the lower end of the other axis, nanoseconds, above 0
   * @param {number} longest its upper end
   */
  constructor(after, before, shortest, longest) {
    this.after = after;
    this.before = before;
    this.low = Math.log10(shortest);
    this.high = Math.log10(longest);
  }

  /** The plane that shows an overview: its durations, and a little room around them. */
  static of(overview) {
    let shortest = Infinity;
    let longest = 0;
    for (const {durations} of overview.steps) {
      if (durations.length > 0) {
        shortest = Math.min(shortest, Number(durations[0][0]) || 1);
        longest = Math.max(longest, Number(durations.at(-1)[1]));
      }
    }
    if (longest === 0) {
      [shortest, longest] = [1e6, 1e9];
    }
    // Where all are alike there is room above and below, so that a single bucket is not all there is to see.
    const room = longest / shortest < 4 ? 2 : 1.2;
    return new LatencyPlane(overview.after, overview.before, Math.max(1, shortest / room), longest * room);
  }

  /** How high a duration is, 0..1 for those that are shown. @param {bigint | number} nanos */
  level(nanos) {
    return Math.max(this.low, Math.log10(Math.max(1, Number(nanos))));
  }

  /**
   * The times and durations of a box in the plot. A side that lies on the edge of the plot is no bound: there is nothing beyond.
   *
   * @param {{left: number, right: number, top: number, bottom: number}} box parts of the plot, 0..1, from its upper left
   * @returns {{after: bigint | null, before: bigint | null, shortest: bigint | null, longest: bigint | null}}
   */
  boundsOf({left, right, top, bottom}) {
    const bounds = {
      after: left > 0 ? this.timeAt(left) : null,
      before: right < 1 ? this.timeAt(right) : null,
      shortest: bottom < 1 ? this.durationAt(bottom) : null,
      longest: top > 0 ? this.durationAt(top) : null,
    };
    return Object.values(bounds).some(each => each !== null) ? bounds : {...bounds, after: this.after};
  }

  timeAt(part) {
    return this.after + BigInt(Math.round(Number(this.before - this.after) * part));
  }

  durationAt(part) {
    return BigInt(Math.round(10 ** (this.high - part * (this.high - this.low))));
  }

  /** The box of such bounds, cut to the plot; null where nothing of it is in the plot. */
  boxOf({after, before, shortest, longest}) {
    const box = {
      left: after === null ? 0 : this.#across(after),
      right: before === null ? 1 : this.#across(before),
      top: longest === null ? 0 : this.#down(longest),
      bottom: shortest === null ? 1 : this.#down(shortest),
    };
    const isOutside = box.left >= 1 || box.right <= 0 || box.top >= 1 || box.bottom <= 0;
    return isOutside ? null : Object.fromEntries(Object.entries(box).map(([side, part]) => [side, Math.min(1, Math.max(0, part))]));
  }

  #across(time) {
    return Number(time - this.after) / Number(this.before - this.after);
  }

  #down(nanos) {
    return (this.high - Math.log10(Math.max(1, Number(nanos)))) / (this.high - this.low);
  }

  /** Where the axis of durations has its marks. @returns {{at: number, text: string}[]} `at` as of `level` */
  durationMarks() {
    const decades = this.high - this.low;
    return durationMarks(this.low, this.high, decades > 3 ? [1] : decades > 1.2 ? [1, 3] : [1, 2, 5]);
  }
}

/** So many rows of cells can be told apart. */
const MOST_ROWS = 48;

/**
 * The cells of the heatmap: of the buckets of a step, four an octave, two or four become one where there would be too many rows.
 *
 * @param {{from: number, to: number, step: object}[]} steps as spansOfSteps has them
 * @param {LatencyPlane} plane
 * @returns {{from: number, to: number, low: number, high: number, traces: number, errors: number, bucket: number[]}[]} `low`
 *     and `high` as of `level`
 */
export function heatCells(steps, plane) {
  const octaves = (plane.high - plane.low) / Math.log10(2);
  const rows = [4, 2, 1].find(each => octaves * each <= MOST_ROWS) ?? 1;
  return steps.flatMap(({from, to, step}) => {
    const cells = new Map();
    for (const [shortest, longest, traces, errors] of step.durations) {
      const bucket = rows === 4 ? [Number(shortest), Number(longest)] : wider(Number(shortest), rows);
      const known = cells.get(bucket[0]);
      cells.set(bucket[0], {bucket, traces: traces + (known?.traces ?? 0), errors: errors + (known?.errors ?? 0)});
    }
    return [...cells.values()].map(cell => ({
      from,
      to,
      low: plane.level(cell.bucket[0]),
      high: Math.min(plane.high, plane.level(cell.bucket[1])),
      ...cell,
    }));
  });
}

/** The part of an octave, half of it or all, that begins with or has a duration in it; what took no time is with what took a nanosecond. */
function wider(nanos, parts) {
  if (nanos < 2) {
    return [0, 2];
  }
  const octave = 2 ** Math.floor(Math.log2(nanos));
  const part = Math.floor(((nanos - octave) / octave) * parts);
  return [octave * (1 + part / parts), octave * (1 + (part + 1) / parts)];
}
