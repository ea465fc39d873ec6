import {html, nothing} from 'lit';
import {TracedElement} from '../../ui/element.js';
import {count, plural} from '../../model/format.js';

/** A screen reader is told of new counts no more often than this. */
const SAY_EVERY_MS = 15_000;
const TIME = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});

/** How the live tail is doing, and how to halt it. `tail` is a LiveTail, which renders its host; `now` counts those renderings. */
class LiveBar extends TracedElement {
  static properties = {tail: {attribute: false}, now: {attribute: false}};

  #said = '';
  #saidAt = 0;

  render() {
    const {tail} = this;
    return html`
      <div class="bar ${tail.state}">
        <span class="lamp" aria-hidden="true"></span>
        <p>${this.#state()}</p>
        <p class="only-read-aloud" role="status">${this.#saying()}</p>
        ${tail.missed > 0 ? html`<p class="noted" role="status">! A gap: ${plural(tail.missed, 'record')} had expired before they could be shown.</p>` : nothing}
        ${tail.state !== 'open' && !tail.isPaused ? nothing : html`<button type="button" class="button spread" aria-pressed=${tail.isPaused} title="p"
          @click=${() => (tail.isPaused ? tail.resume() : tail.pause())}>${tail.isPaused ? `Resume${tail.waited > 0 ? ` (${count(tail.waited)})` : ''}` : 'Pause'}</button>`}
      </div>`;
  }

  #state() {
    const {tail} = this;
    const since = tail.since && TIME.format(tail.since);
    switch (tail.state) {
      case 'open':
        return tail.isPaused
          ? html`<strong>Paused</strong> · ${count(tail.waited)} waiting${tail.waited > tail.mostKept ? `, the newest ${count(tail.mostKept)} of them are kept` : ''}`
          : html`<strong>Live</strong> · ${plural(tail.received, 'trace')} closed since ${since}`;
      case 'lost':
        return html`<strong>Disconnected</strong> · trying again${since ? `; ${plural(tail.received, 'trace')} since ${since}` : ''}`;
      case 'refused':
        return html`<strong>Not live</strong> · ${tail.reason}; trying again`;
      default:
        return html`<strong>Connecting …</strong>`;
    }
  }

  #saying() {
    const {tail} = this;
    const state = {open: tail.isPaused ? 'Paused' : 'Live', lost: 'Disconnected, trying again', refused: `Not live: ${tail.reason}`}[tail.state] ?? '';
    const now = Date.now();
    if (!this.#said.startsWith(state) || now - this.#saidAt > SAY_EVERY_MS) {
      this.#said = tail.state === 'open' && tail.received > 0 ? `${state}, ${plural(tail.received, 'trace')}` : state;
      this.#saidAt = now;
    }
    return this.#said;
  }
}

customElements.define('traced-live-bar', LiveBar);
