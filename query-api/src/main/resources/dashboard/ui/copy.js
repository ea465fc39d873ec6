import {html} from 'lit';
import {TracedElement} from './element.js';
import {COPY, DONE, FAILED} from './icons.js';

const SHOWN_MS = 1_200;

/**
 * A button that puts a text on the clipboard, and says whether it could.
 *
 * @param {string | (() => string)} text a function is asked when the button is pressed
 * @param {string} what is copied, in words
 * @param {string} [label] instead of the icon
 */
export function copyButton(text, what, label) {
  return html`<traced-copy .text=${text} .what=${what} .label=${label}></traced-copy>`;
}

class Copy extends TracedElement {
  static properties = {
    text: {attribute: false},
    what: {attribute: false},
    label: {attribute: false},
    outcome: {state: true},
  };

  render() {
    const said = {done: `Copied ${this.what}`, failed: 'This browser lets no page copy'}[this.outcome] ?? `Copy ${this.what}`;
    if (this.label) {
      return html`<button class="button" title=${said} @click=${this.#copy}>${{done: 'Copied', failed: 'Not copied'}[this.outcome] ?? this.label}</button>`;
    }
    return html`<button class="button plain" aria-label=${said} title=${said} @click=${this.#copy}>${{done: DONE, failed: FAILED}[this.outcome] ?? COPY}</button>`;
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(typeof this.text === 'function' ? this.text() : this.text);
      this.outcome = 'done';
    } catch {
      this.outcome = 'failed'; // without HTTPS, other than on localhost
    }
    setTimeout(() => (this.outcome = undefined), SHOWN_MS);
  }
}

customElements.define('traced-copy', Copy);
