import {html, nothing} from 'lit';
import {TracedElement} from '../../ui/element.js';
import {Keys} from '../../shell/keys.js';
import {Loader} from '../../api/loader.js';
import {loaded} from '../../ui/loaded.js';
import {change} from '../../state/route.js';
import {millisBetween, nowNanos} from '../../model/time.js';
import {loadTrace} from './trace-source.js';
import {traceIdHex} from './model/trace-id.js';
import {findSpans, marksOf} from './model/span-search.js';
import {traceHeader} from './trace-header.js';
import {traceTools} from './trace-tools.js';
import {absence} from './trace-absence.js';
import {VIEWS, rangeOf, select, selectedOf, viewOf} from './trace-place.js';
import './waterfall/waterfall.js';
import './minimap/minimap.js';
import './detail/span-panel.js';
import './logs/trace-logs.js';
import './flame/flame.js';
import './table/operation-table.js';

const AGAIN_MS = 3_000;
const YOUNG_MS = 15_000;

/** Of a trace that is dated into the future, by a clock that is wrong, it is not known. */
function isYoung(trace) {
  const age = millisBetween(trace.end, nowNanos());
  return age >= 0 && age < YOUNG_MS;
}

/** What is searched for, and what is marked. */
function searchOf(params) {
  return ['q', 'service', 'operation'].map(name => params.get(name));
}

/** A trace: `#/trace/<id>?span=...`, with the other parameters of {@link module:trace-place}. */
class TraceView extends TracedElement {
  static properties = {
    place: {attribute: false},
    isAwaited: {state: true},
    match: {state: true},
  };

  #trace = new Loader(this, (signal, id) => {
    this.isAwaited = false;
    return loadTrace(id, signal, () => (this.isAwaited = true));
  });
  #search = {};
  #searched;
  #shown;
  #again;

  constructor() {
    super();
    this.isAwaited = false;
    this.match = -1;
    new Keys(this, 'Trace', [
      {keys: ['v'], does: 'waterfall, flame, table, logs', run: () => this.#nextView()},
      {keys: ['n', 'N'], does: 'next, previous match', run: event => this.#goToMatch(event.key === 'n' ? 1 : -1)},
      {keys: ['r'], does: 'ask for the trace once more', run: () => this.#trace.again()},
      {keys: ['Escape'], does: 'close the details', run: () => this.place.params.has('span') && select(null)},
    ]);
  }

  willUpdate(changes) {
    const id = this.place.path[1] ?? '';
    if (changes.has('place') && changes.get('place')?.path[1] !== id) {
      this.#trace.clear();
    }
    this.#trace.ask(id);
    const searched = JSON.stringify([id, searchOf(this.place.params)]);
    if (searched !== this.#searched) {
      this.#searched = searched;
      this.match = -1;
    }
    document.title = this.#title(id);
  }

  /** A trace that has just ended may still get spans: for a while it is asked for by itself. */
  updated() {
    const trace = this.#trace.value;
    if (trace === this.#shown) {
      return;
    }
    this.#shown = trace;
    clearTimeout(this.#again);
    if (trace && isYoung(trace)) {
      this.#again = setTimeout(() => this.#trace.again(), AGAIN_MS);
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#again);
  }

  #title(id) {
    const main = this.#trace.value?.main;
    return `${main?.span ? `${main.service} ${main.operation}` : `Trace ${id.slice(0, 8)}`} · traced`;
  }

  render() {
    const {value, error} = this.#trace;
    if (value !== undefined && error?.kind === 'missing') {
      return html`<p class="notice" role="status">The trace has gone from traced since: ${error.message}. What is shown is of before.</p>${this.#show(value)}`;
    }
    return absence(this.#trace, this.isAwaited) ?? loaded(this.#trace, trace => this.#show(trace));
  }

  #show(trace) {
    const {params} = this.place;
    const view = viewOf(params);
    const range = rangeOf(params, trace);
    const selected = selectedOf(params, trace);
    const {list, set} = this.#matches(trace, params);
    const isUnknown = params.has('span') && !selected;
    const current = list?.[this.match];
    return html`
      ${traceHeader(trace, traceIdHex(this.place.path[1]), () => this.#trace.again())}
      ${traceTools({params, view, range, trace, matches: list, match: this.match, search: text => this.#searchFor(text), go: step => this.#goToMatch(step), waterfall: () => this.querySelector('traced-waterfall')})}
      ${view === 'waterfall' ? html`<traced-minimap .trace=${trace} .range=${range}></traced-minimap>` : nothing}
      ${isUnknown ? html`<p class="notice" role="status">There is no span ${params.get('span')} in this trace. <button class="button" @click=${() => select(null)}>Close</button></p>` : nothing}
      <div class="trace-body ${selected ? 'has-details' : ''}">
        <section class="trace-main" aria-label=${VIEWS[view]}>${this.#view(view, {trace, range, selected, set, current})}</section>
        ${selected ? html`<aside class="trace-details" aria-label="Details of the span"><traced-span-panel .trace=${trace} .node=${selected} .traceId=${traceIdHex(this.place.path[1])} .params=${params}></traced-span-panel></aside>` : nothing}
      </div>`;
  }

  #view(view, {trace, range, selected, set, current}) {
    const {params} = this.place;
    switch (view) {
      case 'logs':
        return html`<div class="scrolled-page"><traced-trace-logs .trace=${trace} .traceId=${traceIdHex(this.place.path[1])} .params=${params}></traced-trace-logs></div>`;
      case 'flame':
        return html`<traced-flame .trace=${trace} .params=${params} .selected=${selected} .matches=${set}></traced-flame>`;
      case 'table':
        return html`<div class="scrolled-page"><traced-operation-table .trace=${trace} .params=${params} .matches=${set}></traced-operation-table></div>`;
      default:
        return html`<traced-waterfall .trace=${trace} .range=${range} .selected=${selected} .matches=${set} .current=${current}
          .isMarked=${params.has('service')} .isCriticalShown=${params.get('critical') !== 'off'}></traced-waterfall>`;
    }
  }

  /** Those of the service and operation that are marked, that have the text. Kept until one of these changes: a search goes through every attribute. */
  #matches(trace, params) {
    const key = JSON.stringify(searchOf(params));
    if (this.#search.trace !== trace || this.#search.key !== key) {
      const marked = marksOf(trace.nodes, params.get('service'), params.get('operation'));
      const list = findSpans(marked ?? trace.nodes, params.get('q') ?? '') ?? marked;
      this.#search = {trace, key, list, set: list ? new Set(list) : undefined};
    }
    return this.#search;
  }

  #searchFor(text) {
    change({q: text || null}, {replace: true});
  }

  #goToMatch(step) {
    const total = this.#search.list?.length ?? 0;
    if (total > 0) {
      this.match = this.match < 0 ? (step > 0 ? 0 : total - 1) : (this.match + step + total) % total;
      if (this.place.params.has('span')) {
        select(this.#search.list[this.match]);
      }
    }
  }

  #nextView() {
    const names = Object.keys(VIEWS);
    const next = names[(names.indexOf(viewOf(this.place.params)) + 1) % names.length];
    change({view: next === 'waterfall' ? null : next});
  }
}

customElements.define('traced-trace', TraceView);
