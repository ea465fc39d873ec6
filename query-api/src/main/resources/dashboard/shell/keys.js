/**
 * The keys of the page: views say which they have while they are shown, and the help lists exactly these. Nothing is a key while
 * somebody types into a field, but for Escape, and none at all while a dialog is open, which Escape closes.
 *
 * @typedef {{keys: string[], does: string, run: (event: KeyboardEvent) => void, where?: (target: Element) => boolean}} Key `keys` as in
 *     KeyboardEvent.key; `where` says of the element with the focus whether it is a key there, as arrows are in a table only
 */

/** @type {Map<object, {title: string, keys: Key[]}>} */
const groups = new Map();

/** A Lit controller: these keys work while its host is in the page. */
export class Keys {
  constructor(host, title, keys) {
    this.group = {title, keys};
    host.addController(this);
  }

  hostConnected() {
    groups.set(this, this.group);
  }

  hostDisconnected() {
    groups.delete(this);
  }
}

export function keyGroups() {
  return [...groups.values()];
}

export function listenForKeys() {
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || document.querySelector('dialog[open]')) {
      return;
    }
    // The newest group first: what a view says of a key goes before what the shell says.
    for (const {keys} of [...groups.values()].reverse()) {
      const key = keys.find(candidate => candidate.keys.includes(event.key) && (candidate.where?.(event.target) ?? true));
      if (key) {
        event.preventDefault();
        key.run(event);
        return;
      }
    }
  });
}

function isTyping(event) {
  return event.key !== 'Escape' && event.target.closest?.('input, select, textarea, [contenteditable]') != null;
}
