import {html, noChange, nothing} from 'lit';
import {live} from 'lit/directives/live.js';
import {TracedElement} from '../../ui/element.js';
import '../../ui/time-choice.js';
import {getJson} from '../../api/client.js';
import {count} from '../../model/format.js';
import {durationToType, typedDuration, typedTag} from '../../model/typed-conditions.js';
import {FIRST_PAGE, changeFilter} from './place.js';
import './combo-box.js';

/** The fields of the filter. What is typed goes into the URL, and from there back into the fields; wrong text stays, and is marked. */
class FilterBar extends TracedElement {
  static properties = {
    place: {attribute: false},
    wrong: {state: true},
    isUnfolded: {state: true},
  };

  constructor() {
    super();
    this.wrong = {};
    this.isUnfolded = false;
  }

  get params() {
    return this.place.params;
  }

  render() {
    const {params} = this;
    return html`
      <form class="fields" role="search" aria-label="Filter the traces" @submit=${event => event.preventDefault()}>
        <traced-combo-box class="of-service" label="Service" is-search .value=${params.get('service')} .suggest=${suggestServices}
          @chosen=${event => changeFilter({service: event.detail, operation: null})}></traced-combo-box>
        <button type="button" class="button unfold" aria-expanded=${this.isUnfolded} @click=${() => (this.isUnfolded = !this.isUnfolded)}>${this.isUnfolded ? 'Fewer filters' : 'More filters'}</button>
        <div class="folded ${this.isUnfolded ? 'is-unfolded' : ''}">
          <traced-combo-box class="of-operation" label="Operation" .of=${params.get('service')} .value=${params.get('operation')} .suggest=${signal => suggestOperations(params.get('service'), signal)}
            @chosen=${event => changeFilter({operation: event.detail})}></traced-combo-box>
          ${this.#choice('status', 'Status', {'': 'Any', ok: 'OK', error: '! Error'})}
          <fieldset class="durations">
            <legend>Duration</legend>
            ${this.#duration('min_duration_ns', 'at least', '≥ 200ms')}
            ${this.#duration('max_duration_ns', 'at most', '≤ 1.5s')}
          </fieldset>
          <div class="labelled of-tag">
            <label for="filter-tag">Tag</label>
            <input class="field" id="filter-tag" autocomplete="off" spellcheck="false" placeholder="key=value ⏎" aria-invalid=${'tag' in this.wrong}
              aria-describedby=${'tag' in this.wrong ? 'filter-wrong' : nothing} @keydown=${this.#tagKey} @change=${event => this.#addTag(event.target)}>
          </div>
          ${this.#choice('complete', 'Spans', {'': 'Any', true: 'All there', false: 'Some missing'})}
        </div>
        <div class="labelled of-time">
          <span class="label" aria-hidden="true">Time</span>
          <traced-time-choice .place=${this.place} .also=${FIRST_PAGE}></traced-time-choice>
        </div>
      </form>
      ${Object.values(this.wrong).length > 0
        ? html`<p class="wrong failed" id="filter-wrong" role="alert">! ${Object.values(this.wrong).join('. ')}.</p>`
        : nothing}`;
  }

  #choice(name, label, choices) {
    const chosen = this.params.get(name) ?? '';
    return html`
      <div class="labelled of-choice">
        <span class="label" id="filter-${name}">${label}</span>
        <div class="choice" role="group" aria-labelledby="filter-${name}">${Object.entries(choices).map(([value, text]) => html`
          <button type="button" class="button" aria-pressed=${chosen === value} @click=${() => changeFilter({[name]: value || null})}>${text}</button>`)}
        </div>
      </div>`;
  }

  #duration(name, label, placeholder) {
    return html`<input class="field" name=${name} aria-label="Duration ${label}" placeholder=${placeholder} autocomplete="off" spellcheck="false"
      aria-invalid=${name in this.wrong} aria-describedby=${name in this.wrong ? 'filter-wrong' : nothing}
      .value=${name in this.wrong ? noChange : live(durationToType(this.params.get(name)))}
      @change=${event => this.#take(name, typedDuration(event.target.value))} @keydown=${submitByEnter}>`;
  }

  #take(name, {value, error}) {
    const {[name]: _, ...wrong} = this.wrong;
    this.wrong = error ? {...wrong, [name]: error} : wrong;
    if (!error) {
      changeFilter({[name]: value});
    }
    return !error;
  }

  #tagKey(event) {
    if (event.key === 'Enter') {
      event.preventDefault();
      this.#addTag(event.target);
    }
  }

  #addTag(field) {
    if (field.value.trim() === '') {
      const {tag: _, ...wrong} = this.wrong;
      this.wrong = wrong;
      return;
    }
    const {value, error} = typedTag(field.value);
    const tags = this.params.getAll('tag');
    if (this.#take('tag', {value: value && !tags.includes(value) ? [...tags, value] : tags, error})) {
      field.value = '';
    }
  }
}

/** In a form that goes nowhere Enter would do nothing. */
function submitByEnter(event) {
  if (event.key === 'Enter') {
    event.preventDefault();
    event.target.dispatchEvent(new Event('change'));
  }
}

async function suggestServices(signal) {
  const {services} = await getJson('services', {}, {signal});
  return services.map(({service, traces}) => ({name: service, note: count(traces)}));
}

async function suggestOperations(service, signal) {
  if (!service) {
    throw new Error('choose a service first');
  }
  const {operations} = await getJson(`services/${encodeURIComponent(service)}/operations`, {}, {signal});
  return operations.map(({operation, traces}) => ({name: operation, note: count(traces)}));
}

customElements.define('traced-filter-bar', FilterBar);
