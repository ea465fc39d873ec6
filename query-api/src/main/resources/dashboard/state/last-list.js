/** The list of traces that was looked at last in this tab, so that a trace leads back to it with all its filters. */
const KEY = 'traced.list';
const START = '#/traces';

/** @param {import('./route.js').Place} place where we are now */
export function rememberList(place) {
  if (place.path[0] === 'traces') {
    try {
      sessionStorage.setItem(KEY, location.hash || START);
    } catch {
      // Without storage the way back is the list without filters.
    }
  }
}

/** The link to it; to the list as such if there was none. */
export function lastList() {
  try {
    return sessionStorage.getItem(KEY) ?? START;
  } catch {
    return START;
  }
}
