import {html, nothing} from 'lit';
import {TracedElement} from '../ui/element.js';
import {HALF, MOON, SUN} from '../ui/icons.js';
import {Route, go, href} from '../state/route.js';
import {rememberList} from '../state/last-list.js';
import {READS_EXACTLY} from '../api/exact-json.js';
import {serverTime} from '../api/client.js';
import {TIMES, rangeOf} from '../model/trace-filter.js';
import {Keys, keyGroups, listenForKeys} from './keys.js';
import {THEMES, applyTheme, setTheme, theme} from './theme.js';

/** The views by the first part of the path; each is loaded when it is first shown. */
const VIEWS = {
  traces: {title: 'Traces', load: () => import('../views/traces/traces-view.js'), view: place => html`<traced-traces .place=${place}></traced-traces>`},
  services: {title: 'Services', load: () => import('../views/services/services-view.js'), view: place => html`<traced-services .place=${place}></traced-services>`},
  compare: {title: 'Compare', load: () => import('../views/compare/compare-view.js'), view: place => html`<traced-compare .place=${place}></traced-compare>`},
  trace: {load: () => import('../views/trace/trace-view.js'), view: place => html`<traced-trace .place=${place}></traced-trace>`},
};
/** What is the matter with the browser itself, and stays so. */
const TOO_OLD = READS_EXACTLY ? undefined : 'This browser is too old to read times exactly: Chrome 114, Firefox 135 or Safari 18.4 can.';
const THEME_NAMES = {system: 'System colours', light: 'Light', dark: 'Dark'};
const TRACE_ID = /^[0-9a-f]{1,32}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The frame around the views: where one can go, the jump to a trace, the theme, the help. */
class AppShell extends TracedElement {
  static properties = {
    wrongId: {state: true},
    failure: {state: true},
    isHelpOpen: {state: true},
  };

  #route = new Route(this);
  #loaded = new Set();

  constructor() {
    super();
    this.wrongId = false;
    this.failure = TOO_OLD;
    this.isHelpOpen = false;
    applyTheme();
    listenForKeys();
    new Keys(this, 'Everywhere', [
      {keys: ['?'], does: 'this help', run: () => this.#help()},
      {keys: ['/'], does: 'search', run: () => (this.querySelector('main [data-search]') ?? this.#jumpField()).focus()},
      {keys: ['g'], does: 'go to a trace by its id', run: () => this.#jumpField().focus()},
      {keys: ['1'], does: 'traces', run: () => this.#goTo('traces')},
      {keys: ['2'], does: 'services', run: () => this.#goTo('services')},
      {keys: ['3'], does: 'compare', run: () => this.#goTo('compare')},
      {keys: ['t'], does: 'light, dark or as the system', run: () => this.#nextTheme()},
    ]);
  }

  willUpdate() {
    const name = this.#viewName();
    const view = this.#shownView;
    rememberList(this.#route.place);
    if (name !== 'trace') { // which is named by what it shows
      document.title = view ? `${view.title} · traced` : 'traced';
    }
    if (view && !this.#loaded.has(name)) {
      // A time up to now is one of the server: the first view waits until it is known.
      const isReady = rangeOf(this.#route.place.params) ? serverTime() : undefined;
      Promise.all([view.load(), isReady]).then(
        () => {
          this.#loaded.add(name);
          this.failure = TOO_OLD; // what could not be loaded before may be loaded now
          this.requestUpdate();
        },
        () => (this.failure = `The page could not load its view of ${name}.`));
    }
  }

  #viewName() {
    return this.#route.place.path[0] ?? 'traces';
  }

  /** What is shown; undefined for an address of something that there is not. */
  get #shownView() {
    const name = this.#viewName();
    return Object.hasOwn(VIEWS, name) ? VIEWS[name] : undefined;
  }

  render() {
    return html`
      <a class="skip" href="#main" @click=${this.#skip}>Skip to the content</a>
      <header class="top">
        <a class="name" href="#/traces"><img src="./ui/icon.svg" width="20" height="20" alt="">traced</a>
        <nav aria-label="Views">${Object.entries(VIEWS).filter(([, view]) => view.title).map(([name, view]) => this.#link(name, view))}</nav>
        <form role="search" @submit=${this.#jump}>
          <input class="field mono" name="trace" aria-label="Jump to a trace by its id" placeholder="trace id" autocomplete="off"
            spellcheck="false" aria-invalid=${this.wrongId} @input=${() => (this.wrongId = false)}>
        </form>
        <button class="button plain" @click=${this.#nextTheme} aria-label="Theme: ${THEME_NAMES[theme()]}" title="Theme: ${THEME_NAMES[theme()]}">${this.#themeIcon()}</button>
        <button class="button plain" @click=${() => this.#help()} aria-label="Keys and help" title="Keys and help">?</button>
      </header>
      <div class="notices" role="status">${this.wrongId
        ? html`<p class="notice">A trace id is a UUID, or up to 32 hexadecimal digits.</p>`
        : this.failure ? html`<p class="notice">${this.failure} <button class="button" @click=${() => location.reload()}>Load the page again</button></p>` : nothing}</div>
      <main id="main" tabindex="-1">${this.#view()}</main>
      ${this.isHelpOpen ? this.#helpDialog() : nothing}`;
  }

  #link(name, view) {
    return html`<a href=${href([name], this.#times)} aria-current=${this.#viewName() === name ? 'page' : nothing}>${view.title}</a>`;
  }

  /** On the way from one view to another the chosen time stays. */
  get #times() {
    const {params} = this.#route.place;
    return Object.fromEntries(['range', ...TIMES].map(each => [each, params.get(each)]));
  }

  #goTo(name) {
    go([name], this.#times);
  }

  #view() {
    const name = this.#viewName();
    const view = this.#shownView;
    if (!view) {
      return html`<div class="state"><h2>There is no such page</h2><p>The address names “${name}”. <a href="#/traces">Go to the traces</a></p></div>`;
    }
    return this.#loaded.has(name) ? view.view(this.#route.place) : nothing;
  }

  #jumpField() {
    return this.querySelector('.top input');
  }

  #skip(event) {
    event.preventDefault();
    this.querySelector('main').focus();
  }

  #jump(event) {
    event.preventDefault();
    const field = event.target.elements.trace;
    const id = field.value.trim();
    this.wrongId = !TRACE_ID.test(id);
    if (!this.wrongId) {
      field.value = '';
      field.blur();
      go(['trace', id.toLowerCase()]);
    }
  }

  #nextTheme() {
    setTheme(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
    this.requestUpdate();
  }

  #themeIcon() {
    return {system: HALF, light: SUN, dark: MOON}[theme()];
  }

  async #help() {
    this.isHelpOpen = true;
    await this.updateComplete;
    const dialog = this.querySelector('dialog.help');
    if (!dialog.open) {
      dialog.showModal();
    }
  }

  #helpDialog() {
    return html`
      <dialog class="help" aria-label="Keys and help" @close=${() => (this.isHelpOpen = false)}>
        <header>
          <h1>Keys</h1>
          <button class="button spread" @click=${event => event.target.closest('dialog').close()}>Close</button>
        </header>
        <div class="keys">${keyGroups().map(({title, keys}) => html`
          <section>
            <h2>${title}</h2>
            <dl>${keys.map(key => html`<dt>${key.keys.map(name => html`<kbd>${SHOWN[name] ?? name}</kbd> `)}</dt><dd>${key.does}</dd>`)}</dl>
          </section>`)}
        </div>
        <p class="of-api soft">The API behind this page is described at <a href="./docs">/docs</a>.</p>
      </dialog>`;
  }
}

const SHOWN = {ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc', ' ': 'Space'};

customElements.define('traced-app', AppShell);
