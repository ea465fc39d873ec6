import {html, nothing} from 'lit';
import {TracedElement} from '../../ui/element.js';
import {loaded} from '../../ui/loaded.js';
import {Loader} from '../../api/loader.js';
import {getJson, sayingOf} from '../../api/client.js';
import {Keys} from '../../shell/keys.js';
import {CONDITIONS, SELECTED, TIMES, apiParams, hasSelection, isBetweenNothing, rangeOf, selectionParams} from '../../model/trace-filter.js';
import {count} from '../../model/format.js';
import {change} from '../../state/route.js';
import {conditionChips} from './condition-chips.js';
import {noTracesYet, nothingFound} from './empty-state.js';
import {PAGE_SIZE, pageLinks, pageNumber, pageText} from './list-pages.js';
import {LiveTail} from './live-tail.js';
import {requestOverview} from './overview-request.js';
import {PAGING, changeFilter, clearSelection, hasConditions} from './place.js';
import {selecting} from './selection.js';
import './filter-bar.js';
import './latency-chart.js';
import './live-bar.js';
import './overview-charts.js';
import './selection-bar.js';
import './trace-list.js';

/** While nothing has arrived, and while it is live, the page looks again so often. */
const FIRST_TRACE_MS = 2_000;
const LIVE_OVERVIEW_MS = 4_000;

/** Where nothing comes the time still moves on. */
const LIVE_AT_LEAST_MS = 60_000;

const NONE = new Set();
const NO_TRACES = Object.freeze({traces: [], total: 0});

/** The traces: filter, rates and durations over time, a part that is picked out, the list, and the live tail of it. */
class TracesView extends TracedElement {
  static properties = {place: {attribute: false}};

  #list = new Loader(this, (signal, params, isPart) => (isPart && isBetweenNothing(params) ? NO_TRACES : getJson('traces', params, {signal})));
  #overview = new Loader(this, requestOverview);
  #tail = new LiveTail(this, () => this.#list.again());
  #conditions;
  #time;
  #wasLive = false;
  #cursors = new Map();
  #listSince;
  #overviewSince;
  /** What the list that is shown was asked for: until the next one is here that is not what the address says. */
  #listed;
  /** How many traces the tail had told of when the charts were last asked for, and when that was. */
  #charted = {received: undefined, at: 0};
  #timer;
  #timerMs = 0;

  constructor() {
    super();
    new Keys(this, 'Traces', [
      {keys: ['j'], does: 'next trace', run: () => this.#rows?.step(1)},
      {keys: ['k'], does: 'previous trace', run: () => this.#rows?.step(-1)},
      {keys: ['r'], does: 'refresh', run: () => this.#refresh()},
      {keys: ['l'], does: 'live, or not', run: () => this.#toggleLive()},
      {keys: ['p'], does: 'pause what is live, and resume', run: () => this.#isLive && (this.#tail.isPaused ? this.#tail.resume() : this.#tail.pause())},
      {keys: ['Escape'], does: 'clear the selection', where: target => !target.closest('input, select'), run: () => hasSelection(this.place.params) && clearSelection()},
    ]);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#lookAgainEvery(0);
  }

  get #isLive() {
    return this.place.params.get('live') === '1';
  }

  get #rows() {
    return this.querySelector('traced-trace-list');
  }

  get #isWithoutTraces() {
    const {params} = this.place;
    return this.#list.isAnswered && this.#list.value.total === 0 && !hasConditions(params) && !hasSelection(params) && this.#tail.traces.length === 0;
  }

  /** Whether no trace meets the conditions: the list then says so, and charts would be empty. */
  get #hasNothing() {
    const {params} = this.place;
    return this.#list.value?.total === 0 && !this.#list.isLoading && !hasSelection(params) && this.#tail.traces.length === 0;
  }

  willUpdate() {
    const {params} = this.place;
    const conditions = keyOf(params);
    if (conditions !== this.#conditions) {
      this.#conditions = conditions;
      this.#cursors.clear();
    }
    const time = `${params.get('range')} ${params.get('after')}`;
    if (time !== this.#time) {
      this.#time = time;
      this.#listSince = this.#overviewSince = apiParams(params).get('after');
    }
    if (this.#wasLive && !this.#isLive) {
      this.#refresh();
      this.#charted = {received: undefined, at: 0};
    }
    this.#wasLive = this.#isLive;
    this.#cursors.set(pageNumber(params), params.get('cursor'));
    this.#ask();
    if (this.#list.isAnswered) {
      this.#listed = params;
    }
    this.#tail.follow(this.#isLive ? selectionParams(since(params, this.#listSince)) : null);
    this.#lookAgainEvery(this.#isWithoutTraces ? FIRST_TRACE_MS : this.#isLive ? LIVE_OVERVIEW_MS : 0);
  }

  #ask() {
    const {params} = this.place;
    this.#list.ask(listParams(since(params, this.#listSince)), hasSelection(params));
    this.#overview.ask(apiParams(since(params, this.#overviewSince)));
  }

  render() {
    const {params} = this.place;
    return html`
      <h1 class="only-read-aloud">Traces</h1>
      <div class="filter">
        <traced-filter-bar .place=${this.place}></traced-filter-bar>
        <div class="commands">
          <button type="button" class="button" @click=${() => this.#refresh()} title="Refresh (r)">Refresh</button>
          <button type="button" class="button live" aria-pressed=${this.#isLive} @click=${() => this.#toggleLive()} title="Traces as they close (l)">Live</button>
        </div>
      </div>
      ${conditionChips(params)}
      ${this.#isWithoutTraces ? noTracesYet() : html`${this.#hasNothing ? nothing : this.#charts(params)}${this.#traces(params)}`}`;
  }

  #charts(params) {
    const {value, error, isLoading} = this.#overview;
    // The list is what one waits for: the library of the charts, which is large, is loaded after it.
    const shown = this.#list.value || this.#list.error ? value : undefined;
    return html`
      <section class="panel overview ${error?.kind === 'refused' ? 'is-stale' : ''}" aria-label="Overview" aria-busy=${isLoading}>
        ${error && !this.#list.error ? html`<p class="notice" role="status">The charts are ${value ? 'of before' : 'not here'}: ${sayingOf(error)}.
          <button type="button" class="button" @click=${() => this.#overview.again()}>Try again</button></p>` : nothing}
        <traced-overview-charts .shown=${shown}></traced-overview-charts>
        <traced-latency-chart .shown=${shown} .params=${params} @picked=${event => changeFilter(selecting(event.detail))}></traced-latency-chart>
        <traced-selection-bar .params=${params} .overview=${this.#overview.isAnswered ? value?.overview : undefined} .total=${hasSelection(params) && this.#list.isAnswered ? this.#list.value.total : undefined}></traced-selection-bar>
      </section>`;
  }

  #traces(params) {
    const tail = this.#tail;
    return html`
      <section class="panel list" aria-label="List of traces" aria-busy=${this.#list.isLoading}>
        <div class="loading-line ${this.#list.isLoading && !this.#isLive ? 'is-busy' : ''}"></div>
        ${this.#isLive ? html`<traced-live-bar .tail=${tail} .now=${{}}></traced-live-bar>` : nothing}
        ${loaded(this.#list, page => this.#page(this.#listed ?? params, page))}
      </section>`;
  }

  #page(params, page) {
    const fresh = this.#isLive ? this.#tail.traces : [];
    const ids = fresh.length > 0 ? new Set(fresh.map(trace => trace.trace_id)) : NONE;
    const traces = fresh.length > 0 ? [...fresh, ...page.traces.filter(trace => !ids.has(trace.trace_id))] : page.traces;
    if (traces.length === 0) {
      return hasSelection(params)
        ? html`<div class="state"><h2>No trace is selected</h2><button type="button" class="button" @click=${clearSelection}>Clear the selection</button></div>`
        : nothingFound(params);
    }
    return html`
      <header>
        <h2>${hasSelection(params) ? 'Selected traces' : 'Traces'}</h2>
        <span class="soft" role=${this.#isLive ? nothing : 'status'}>${this.#isLive ? `the newest ${count(traces.length)}` : pageText(params, page)}</span>
        <span class="spread">${this.#isLive ? nothing : pageLinks(params, page, this.#cursors)}</span>
      </header>
      <traced-trace-list .traces=${traces} .fresh=${ids}></traced-trace-list>
      ${this.#isLive || (!page.next_cursor && pageNumber(params) === 1) ? nothing : html`<footer>${pageLinks(params, page, this.#cursors)}</footer>`}`;
  }

  #refresh() {
    const {params} = this.place;
    this.#listSince = this.#overviewSince = apiParams(params).get('after');
    if (isUpToNow(params)) {
      this.#ask();
    } else {
      this.#list.again();
      this.#overview.again();
    }
  }

  #toggleLive() {
    change({live: this.#isLive ? null : '1', ...Object.fromEntries(PAGING.map(name => [name, null]))});
  }

  #lookAgainEvery(millis) {
    if (millis !== this.#timerMs) {
      clearInterval(this.#timer);
      this.#timerMs = millis;
      this.#timer = millis > 0 ? setInterval(() => this.#lookAgain(), millis) : undefined;
    }
  }

  #lookAgain() {
    if (document.hidden || this.#overview.isLoading || this.#list.isLoading) {
      return;
    }
    if (this.#isWithoutTraces) {
      this.#list.again();
      this.#overview.again();
    } else if (!this.#tail.isPaused && this.#mayHaveChanged()) {
      const {params} = this.place;
      this.#charted = {received: this.#tail.received, at: performance.now()};
      this.#overviewSince = apiParams(params).get('after');
      if (isUpToNow(params)) {
        this.#ask();
      } else {
        this.#overview.again();
      }
    }
  }

  /** Whether the charts may show something else than before. The tail tells of what is picked out only, and of nothing while it is away. */
  #mayHaveChanged() {
    const {received, at} = this.#charted;
    return this.#tail.received !== received || this.#tail.state !== 'open' || hasSelection(this.place.params) || performance.now() - at >= LIVE_AT_LEAST_MS;
  }
}

/** All that is asked for. */
function keyOf(params) {
  return [...CONDITIONS, ...TIMES].flatMap(name => [name, SELECTED + name]).concat('range').map(name => params.getAll(name).join(' ')).join('\n');
}

/** Whether the start of what is asked for moves along: then asking anew is another question, otherwise the same one. */
function isUpToNow(params) {
  return rangeOf(params) !== null && !params.has('after');
}

/** A `range` ends now, which is another time whenever it is asked: its start is fixed. */
function since(params, after) {
  if (after === null || params.has('after')) {
    return params;
  }
  const fixed = new URLSearchParams(params);
  fixed.set('after', after);
  return fixed;
}

function listParams(params) {
  const asked = selectionParams(params);
  asked.set('limit', String(PAGE_SIZE));
  if (params.has('cursor')) {
    asked.set('cursor', params.get('cursor'));
  }
  return asked;
}

customElements.define('traced-traces', TracesView);
