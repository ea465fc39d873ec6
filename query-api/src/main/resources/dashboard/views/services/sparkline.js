import {nothing, svg} from 'lit';

const WIDTH = 72;
const HEIGHT = 20;

/**
 * A line of one value a slot, as high as its highest; `below` are bars on the same scale, where there is something. It is an ornament
 * beside its number, so that nobody needs to hear it.
 *
 * @param {number[]} values
 * @param {{below?: number[]}} more
 */
export function sparkline(values, {below} = {}) {
  if (values.length === 0) {
    return nothing;
  }
  const highest = Math.max(...values, 0);
  const points = list => list.map((value, i) => `${x(i, list.length)},${y(value, highest)}`);
  return svg`
    <svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      <path class="area" d="M${x(0, values.length)},${HEIGHT} L${points(values).join(' ')} L${x(values.length - 1, values.length)},${HEIGHT}Z"></path>
      <polyline class="line" points=${points(values).join(' ')}></polyline>
      ${below ? svg`<path class="below" d=${bars(below, highest)}></path>` : nothing}
    </svg>`;
}

function bars(values, highest) {
  const width = round(Math.max(1.5, WIDTH / values.length));
  return values.map((value, i) => (value > 0 ? `M${round(x(i, values.length) - width / 2)},${HEIGHT}V${y(value, highest)}h${width}V${HEIGHT}z` : '')).join('');
}

function x(index, length) {
  return round(length < 2 ? WIDTH : (index / (length - 1)) * WIDTH);
}

function y(value, highest) {
  return round(HEIGHT - 1 - (highest > 0 ? value / highest : 0) * (HEIGHT - 2.5));
}

function round(value) {
  return Math.round(value * 10) / 10;
}
