import {html, nothing} from 'lit';
import {TracedElement} from './element.js';
import {change} from '../state/route.js';
import {RANGES, TIMES, rangeOf} from '../model/trace-filter.js';
import {clock, dateTime} from '../model/format.js';
import {epochMillis, nanos} from '../model/time.js';

const NAMES = {
  '1m': 'Last minute', '5m': 'Last 5 minutes', '15m': 'Last 15 minutes', '30m': 'Last 30 minutes',
  '1h': 'Last hour', '3h': 'Last 3 hours', '12h': 'Last 12 hours',
};
const BETWEEN = 'between';

/**
 * Which time a view shows, in the URL as `range`, or `after` and `before`.
 *
 *     <traced-time-choice .place=${place} .also=${{page: null}}></traced-time-choice>
 *
 * `also` are changes to the URL that go with every other time.
 */
class TimeChoice extends TracedElement {
  static properties = {place: {attribute: false}, also: {attribute: false}, isTyping: {state: true}};

  render() {
    const {params} = this.place;
    const fixed = TIMES.some(name => params.has(name));
    const chosen = this.isTyping || fixed ? BETWEEN : rangeOf(params) ?? '';
    return html`
      <select class="field" aria-label="Time" .value=${chosen} @change=${this.#choose}>
        ${Object.keys(RANGES).map(range => html`<option value=${range} ?selected=${chosen === range}>${NAMES[range]}</option>`)}
        <option value="" ?selected=${chosen === ''}>All that is kept</option>
        <option value=${BETWEEN} ?selected=${chosen === BETWEEN}>${fixed ? words(params) : 'Between …'}</option>
      </select>
      ${chosen === BETWEEN ? this.#fields(params) : nothing}`;
  }

  #fields(params) {
    if (!this.isTyping) {
      return html`<button class="button" @click=${() => (this.isTyping = true)} aria-label="Change the times" title="Change the times">…</button>`;
    }
    return html`
      <form @submit=${this.#apply}>
        <input class="field" type="datetime-local" step="1" name="after" aria-label="From" .value=${local(params.get('after'))}>
        <input class="field" type="datetime-local" step="1" name="before" aria-label="Until" .value=${local(params.get('before'))}>
        <button class="button">Show</button>
      </form>`;
  }

  #choose(event) {
    const range = event.target.value;
    this.isTyping = range === BETWEEN;
    if (!this.isTyping) {
      change({range, after: null, before: null, ...this.also});
    }
  }

  #apply(event) {
    event.preventDefault();
    const {after, before} = event.target.elements;
    this.isTyping = false;
    change({range: null, after: this.#chosen(after), before: this.#chosen(before), ...this.also});
  }

  /** The fields have whole seconds: a time that was left as it is stays exact. */
  #chosen({name, value}) {
    const known = this.place.params.get(name);
    return known !== null && typed(value) === typed(local(known)) ? known : typed(value);
  }
}

function words(params) {
  const [after, before] = TIMES.map(name => params.get(name)).map(text => (/^\d{1,19}$/.test(text ?? '') ? nanos(text) : null));
  const text = (time, shown = clock) => shown(time).replace(/\.000$/, '');
  if (after !== null && before !== null) {
    return `${text(after, dateTime)} – ${text(before)}`;
  }
  return after !== null ? `Since ${text(after, dateTime)}` : before !== null ? `Until ${text(before, dateTime)}` : 'Between …';
}

/** What a field of local time takes. */
function local(text) {
  if (!/^\d{1,19}$/.test(text ?? '')) {
    return '';
  }
  const date = new Date(epochMillis(nanos(text)));
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function typed(text) {
  const millis = new Date(text).getTime();
  return Number.isNaN(millis) ? null : `${millis}000000`;
}

customElements.define('traced-time-choice', TimeChoice);
