import {html} from 'lit';
import {TracedElement} from '../../ui/element.js';
import {change, here} from '../../state/route.js';
import {parseDuration} from '../../model/time.js';
import {typedTag} from '../../model/typed-conditions.js';

/** What can be typed: how it is read, as the value that the API takes, and what to say if it cannot be; a tag is said of by what reads it. */
const KINDS = {
  tag: {title: 'tag', example: 'card.brand=amex', read: typedTag},
  service: {title: 'service', example: 'payment', read: text => ({value: text})},
  operation: {title: 'operation', example: 'POST /charge', read: text => ({value: text})},
  min_duration_ns: {title: 'at least', example: '500ms', read: text => ({value: parseDuration(text)?.toString()}), advice: 'A duration is 200ms, 1.5s, 80us.'},
  max_duration_ns: {title: 'at most', example: '2s', read: text => ({value: parseDuration(text)?.toString()}), advice: 'A duration is 200ms, 1.5s, 80us.'},
  status: {title: 'status', example: 'error', read: text => ({value: /^(ok|error)$/.test(text) ? text : undefined}), advice: 'A status is ok or error.'},
  complete: {title: 'complete', example: 'true', read: text => ({value: /^(true|false)$/.test(text) ? text : undefined}), advice: 'Complete is true or false.'},
};

/**
 * Adds a condition to the URL, under its name with `prefix` before it.
 *
 *     <traced-condition-form prefix="selected_" label="Condition of the selection"></traced-condition-form>
 */
class ConditionForm extends TracedElement {
  static properties = {prefix: {}, label: {}, kind: {state: true}, advice: {state: true}};

  constructor() {
    super();
    this.prefix = '';
    this.kind = 'tag';
    this.advice = '';
  }

  render() {
    return html`
      <form @submit=${this.#add}>
        <select class="field" aria-label="${this.label}: of what" @change=${this.#chooseKind}>
          ${Object.entries(KINDS).map(([name, {title}]) => html`<option value=${name} ?selected=${name === this.kind}>${title}</option>`)}
        </select>
        <input class="field" name="value" aria-label=${this.label} placeholder=${KINDS[this.kind].example} autocomplete="off" spellcheck="false"
          aria-invalid=${this.advice !== ''} @input=${() => (this.advice = '')}>
        <button class="button">Add</button>
        <span class="failed" role="status">${this.advice}</span>
      </form>`;
  }

  #chooseKind(event) {
    this.kind = event.target.value;
    this.advice = '';
  }

  #add(event) {
    event.preventDefault();
    const field = event.target.elements.value;
    const text = field.value.trim();
    const {read, advice} = KINDS[this.kind];
    const {value, error} = text === '' ? {error: 'Type what it shall be'} : read(text);
    if (value === undefined) {
      this.advice = error ? `${error}.` : advice;
      field.focus();
      return;
    }
    const name = this.prefix + this.kind;
    field.value = '';
    change({[name]: this.kind === 'tag' ? [...here().params.getAll(name), value] : value});
  }
}

customElements.define('traced-condition-form', ConditionForm);
