const SERIES = 12;
const known = new Map();

/**
 * The number, 0..11, of the colour that a service has, here and in every other browser: of its name alone (FNV-1a). Class
 * `series-N` sets `--series` to the colour, see styles/tokens.css. A colour never says alone what its service is: names are shown.
 */
export function seriesOf(service) {
  let series = known.get(service);
  if (series === undefined) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < service.length; i++) {
      hash = Math.imul(hash ^ service.charCodeAt(i), 0x01000193);
    }
    hash ^= hash >>> 15;
    series = (hash >>> 0) % SERIES;
    if (known.size < 10_000) {
      known.set(service, series);
    }
  }
  return series;
}
