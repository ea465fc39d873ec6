import {html, nothing} from 'lit';
import {TracedElement} from '../../ui/element.js';
import {live} from 'lit/directives/live.js';

const MOST_SHOWN = 100;
let boxes = 0;

/**
 * A field for a name, with those that there are to choose from; another may be typed. Event `chosen` has the name in its
 * detail, null for none.
 *
 *     <traced-combo-box label="Service" .value=${service} .suggest=${signal => names} @chosen=${...}></traced-combo-box>
 *
 * `suggest` is called when the box is opened, and answers with a promise of `[{name, note}]`. The pattern is ARIA's editable
 * combobox with a list.
 */
class ComboBox extends TracedElement {
  static properties = {
    label: {},
    placeholder: {},
    value: {attribute: false},
    suggest: {attribute: false},
    /** Of what there are suggestions: those of something else are forgotten. */
    of: {attribute: false},
    isSearch: {type: Boolean, attribute: 'is-search'},
    typed: {state: true},
    suggestions: {state: true},
    failure: {state: true},
    active: {state: true},
    isOpen: {state: true},
  };

  #id = `combo-${++boxes}`;
  #abort;

  constructor() {
    super();
    this.suggestions = [];
    this.active = -1;
    this.isOpen = false;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#abort?.abort();
  }

  willUpdate(changed) {
    if (changed.has('value')) {
      this.typed = undefined;
    }
    if (changed.has('of')) {
      this.suggestions = [];
    }
  }

  render() {
    const shown = this.isOpen ? this.#shown() : [];
    return html`
      <label for=${this.#id}>${this.label}</label>
      <input class="field" id=${this.#id} role="combobox" autocomplete="off" spellcheck="false" placeholder=${this.placeholder ?? 'any'}
        ?data-search=${this.isSearch} title=${this.value ?? ''}
        aria-expanded=${this.isOpen} aria-controls="${this.#id}-list" aria-autocomplete="list"
        aria-activedescendant=${this.isOpen && this.active >= 0 ? `${this.#id}-${this.active}` : nothing}
        .value=${live(this.typed ?? this.value ?? '')} @focus=${this.#focused} @click=${this.#open} @input=${this.#input} @keydown=${this.#key} @blur=${this.#blurred}>
      <ul id="${this.#id}-list" role="listbox" aria-label=${this.label} ?hidden=${!this.isOpen} @pointerdown=${event => event.preventDefault()}>
        ${shown.map((each, index) => html`
          <li role="option" id="${this.#id}-${index}" aria-selected=${index === this.active} title=${each.name} @click=${() => this.#choose(each.name)}>
            <span class="clip">${each.name}</span>${each.note ? html`<span class="soft">${each.note}</span>` : nothing}
          </li>`)}
        ${this.isOpen && shown.length === 0 ? html`<li class="nothing soft" role="presentation">${this.#why()}</li>` : nothing}
      </ul>`;
  }

  #why() {
    if (this.failure) {
      return `No suggestions: ${this.failure}`;
    }
    return this.#abort ? 'Loading …' : this.typed ? 'Nothing by this name; Enter takes it as it is' : 'No suggestions';
  }

  #shown() {
    const wanted = (this.typed ?? '').trim().toLowerCase();
    return this.suggestions.filter(each => each.name.toLowerCase().includes(wanted)).slice(0, MOST_SHOWN);
  }

  /** The name that was typed, or of which a part was typed that no other has. */
  #meant() {
    const typed = this.typed ?? this.value ?? '';
    const wanted = typed.trim().toLowerCase();
    const shown = wanted && this.typed !== undefined ? this.#shown() : [];
    return (shown.find(each => each.name.toLowerCase() === wanted) ?? (shown.length === 1 ? shown[0] : {name: typed})).name;
  }

  #focused(event) {
    event.target.select();
  }

  async #open() {
    if (this.isOpen) {
      return;
    }
    this.isOpen = true;
    this.active = -1;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      this.suggestions = await this.suggest(abort.signal);
      this.failure = undefined;
    } catch (error) {
      if (abort.signal.aborted) {
        return;
      }
      this.suggestions = [];
      this.failure = error.message;
    }
    this.#abort = undefined;
    this.requestUpdate();
  }

  #close() {
    this.isOpen = false;
    this.#abort?.abort();
    this.#abort = undefined;
  }

  #input(event) {
    this.typed = event.target.value;
    this.active = -1;
    this.#open();
  }

  #key(event) {
    const last = this.#shown().length - 1;
    switch (event.key) {
      case 'ArrowDown':
        this.#open();
        this.active = this.active >= last ? 0 : this.active + 1;
        break;
      case 'ArrowUp':
        this.#open();
        this.active = this.active <= 0 ? last : this.active - 1;
        break;
      case 'Enter':
        this.#choose(this.isOpen && this.active >= 0 ? this.#shown()[this.active].name : this.#meant());
        break;
      case 'Escape':
        if (!this.isOpen && this.typed === undefined) {
          return;
        }
        this.typed = undefined;
        this.#close();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.updateComplete.then(() => this.querySelector('[aria-selected="true"]')?.scrollIntoView({block: 'nearest'}));
  }

  #blurred() {
    if (this.typed !== undefined) {
      this.#choose(this.#meant());
    }
    this.#close();
  }

  #choose(name) {
    const chosen = name.trim() || null;
    this.#close();
    this.typed = undefined;
    if (chosen !== (this.value || null)) {
      this.value = chosen;
      this.dispatchEvent(new CustomEvent('chosen', {detail: chosen}));
    }
  }
}

customElements.define('traced-combo-box', ComboBox);
