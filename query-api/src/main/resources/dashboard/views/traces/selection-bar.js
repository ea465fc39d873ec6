import {html, noChange, nothing} from 'lit';
import {live} from 'lit/directives/live.js';
import {TracedElement} from '../../ui/element.js';
import {SELECTED, describe, hasSelection} from '../../model/trace-filter.js';
import {count} from '../../model/format.js';
import {href} from '../../state/route.js';
import {nanos} from '../../model/time.js';
import {PAGING, changeFilter, clearSelection, zoomIn} from './place.js';
import {selecting} from './selection.js';
import {durationToType, timeToType, typedDuration, typedTime} from '../../model/typed-conditions.js';

/**
 * What is picked out, how many traces that is, and what to do with it; where nothing is, ways to pick something out.
 */
class SelectionBar extends TracedElement {
  static properties = {
    params: {attribute: false},
    overview: {attribute: false},
    /** How many traces are picked out; undefined while that is not known. */
    total: {attribute: false},
    isEditing: {state: true},
    wrong: {state: true},
  };

  /** What was typed wrongly is of the address that it was typed at. */
  willUpdate(changes) {
    if (changes.has('params') && changes.get('params') && this.wrong) {
      this.wrong = undefined;
    }
  }

  render() {
    return html`
      <div class="bar">${hasSelection(this.params) ? this.#selected() : this.#presets()}</div>
      ${this.isEditing ? this.#fields() : nothing}`;
  }

  #selected() {
    const {params, overview, total} = this;
    return html`
      <p class="said" role="status"><strong>${total === undefined ? '…' : count(total)}</strong> of ${overview ? count(overview.total) : '…'} traces selected</p>
      <div class="chips">${describe(params, SELECTED).map(({text, without}) => html`
        <span class="chip"><span class="clip" title=${text}>${text}</span><button type="button" aria-label="Selected without ${text}" @click=${() => changeFilter(without)}>×</button></span>`)}</div>
      <span class="actions">
        <a class="button primary" href=${compareLink(params)}>Compare with the rest</a>
        <button type="button" class="button" @click=${() => zoomIn(params)}>Zoom in</button>
        ${this.#editButton('Edit')}
        <button type="button" class="button" @click=${clearSelection} title="Esc">Clear</button>
      </span>`;
  }

  #presets() {
    const {params, overview} = this;
    const p95 = overview?.p95_ns;
    return html`
      <p class="said soft">Draw a box to select traces and see what is different about them</p>
      <span class="actions">
        <button type="button" class="button" ?disabled=${p95 == null} @click=${() => changeFilter(selecting({shortest: nanos(p95)}))}>Select the slowest 5 %</button>
        <button type="button" class="button" ?disabled=${!overview?.errors || params.has('status')}
          @click=${() => changeFilter({...selecting({}), [SELECTED + 'status']: 'error'})}>Select errors</button>
        ${this.#editButton('Select by values')}
      </span>`;
  }

  #editButton(text) {
    return html`<button type="button" class="button" aria-expanded=${Boolean(this.isEditing)} @click=${() => (this.isEditing = !this.isEditing)}>${text}</button>`;
  }

  #fields() {
    return html`
      <form class="values" aria-label="What is selected" @submit=${event => event.preventDefault()}>
        ${this.#time('after', 'From')} ${this.#time('before', 'Until')}
        ${this.#duration('min_duration_ns', 'At least', '200ms')} ${this.#duration('max_duration_ns', 'At most', '1.5s')}
        ${this.wrong ? html`<p class="wrong failed" id="selected-wrong" role="alert">! ${this.wrong.error}.</p>` : nothing}
      </form>`;
  }

  #time(name, label) {
    const text = this.params.get(SELECTED + name);
    return html`
      <label>${label} <input class="field" type="datetime-local" step="0.001" name=${SELECTED + name}
        .value=${live(text !== null && /^\d{1,19}$/.test(text) ? timeToType(nanos(text)) : '')}
        @change=${event => changeFilter({[SELECTED + name]: typedTime(event.target.value)?.toString() ?? null})}></label>`;
  }

  #duration(name, label, placeholder) {
    const isWrong = this.wrong?.name === name;
    return html`
      <label>${label} <input class="field" name=${SELECTED + name} placeholder=${placeholder} autocomplete="off" spellcheck="false"
        aria-invalid=${isWrong} aria-describedby=${isWrong ? 'selected-wrong' : nothing}
        .value=${isWrong ? noChange : live(durationToType(this.params.get(SELECTED + name)))}
        @change=${event => this.#takeDuration(name, event.target.value)}></label>`;
  }

  #takeDuration(name, text) {
    const {value, error} = typedDuration(text);
    this.wrong = error ? {name, error} : undefined;
    if (!error) {
      changeFilter({[SELECTED + name]: value});
    }
  }
}

/** Comparing asks for the same traces and the same part of them. */
function compareLink(params) {
  const asked = new URLSearchParams(params);
  [...PAGING, 'live'].forEach(name => asked.delete(name));
  return href(['compare'], asked);
}

customElements.define('traced-selection-bar', SelectionBar);
