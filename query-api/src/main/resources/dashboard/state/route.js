/**
 * Where we are: all that is shown is in the fragment of the URL, `#/traces?service=checkout&status=error`, so that reload,
 * back and a link that is passed on give the same view. Views read it here and change it here, and nowhere else.
 */

/** @typedef {{path: string[], params: URLSearchParams}} Place `#/trace/abc?view=flame` has the path ['trace', 'abc'] */

const START = '#/traces';

/** Browsers take 100 (Safari) or 200 (Chrome, Firefox) replaced addresses in ten seconds, and then throw or do nothing: a drag has more. */
const REPLACED_EVERY_MS = 110;

/** @type {{fragment: string, over: string} | undefined} where we are already, and which address it takes the place of in a moment */
let unwritten;
let writtenAt = -Infinity;

/** @returns {Place} */
export function parse(fragment) {
  const [path, query = ''] = split(fragment.replace(/^#?\/?/, ''));
  return {path: path.split('/').filter(Boolean).map(decode), params: new URLSearchParams(query)};
}

function split(text) {
  const at = text.indexOf('?');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** A fragment that somebody has cut somewhere is still shown, as it is. */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The link to a place.
 *
 * @param {string[]} path
 * @param {URLSearchParams | Record<string, string | string[] | null | undefined>} params null and undefined are left out
 */
export function href(path, params = {}) {
  const query = params instanceof URLSearchParams ? params : toParams(params);
  const text = query.toString();
  return '#/' + path.map(encodeURIComponent).join('/') + (text ? '?' + text : '');
}

function toParams(values) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined) {
        params.append(name, each);
      }
    }
  }
  return params;
}

/** @returns {Place} */
export function here() {
  return parse(fragmentHere() || START);
}

/** Once somebody has gone elsewhere, by a link or the back button, what was not written yet is void. */
function fragmentHere() {
  return unwritten?.over === location.hash ? unwritten.fragment : location.hash;
}

function write() {
  if (unwritten?.over === location.hash) {
    history.replaceState(null, '', unwritten.fragment);
    writtenAt = performance.now();
  }
  unwritten = undefined;
}

function writeSoon(fragment) {
  const isWaiting = unwritten !== undefined;
  unwritten = {fragment, over: location.hash};
  const wait = writtenAt + REPLACED_EVERY_MS - performance.now();
  if (wait <= 0) {
    write();
  } else if (!isWaiting) {
    setTimeout(write, wait);
  }
}

/** Goes to a place; `replace` leaves no step for the back button, as for every move of a slider. */
export function go(path, params = {}, {replace = false} = {}) {
  const target = href(path, params);
  if (target === fragmentHere()) {
    return;
  }
  if (replace) {
    writeSoon(target);
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    write();
    location.hash = target;
  }
}

/**
 * Changes parameters of the current place: null takes one away, an array gives it several times.
 *
 * @param {Record<string, string | string[] | null>} changes
 */
export function change(changes, options = {}) {
  const {path, params} = here();
  go(path, changed(params, changes), options);
}

/** The parameters with changes, in the order they had. */
export function changed(params, changes) {
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined && each !== '') {
        next.append(name, each);
      }
    }
  }
  return next;
}

/** A Lit controller: the host renders anew whenever the place changes, and finds it in `place`. */
export class Route {
  place = here();

  constructor(host) {
    this.host = host;
    host.addController(this);
  }

  hostConnected() {
    window.addEventListener('hashchange', this.#changed);
    this.#changed();
  }

  hostDisconnected() {
    window.removeEventListener('hashchange', this.#changed);
  }

  #changed = () => {
    this.place = here();
    this.host.requestUpdate();
  };
}
