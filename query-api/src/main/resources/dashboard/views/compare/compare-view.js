import {html, nothing} from 'lit';
import {TracedElement} from '../../ui/element.js';
import {RELOAD} from '../../ui/icons.js';
import {loaded} from '../../ui/loaded.js';
import '../../ui/chart.js';
import '../../ui/time-choice.js';
import {Loader} from '../../api/loader.js';
import {getJson} from '../../api/client.js';
import {change, href} from '../../state/route.js';
import {SELECTED, hasSelection, isBetweenNothing, withoutSelection} from '../../model/trace-filter.js';
import {Keys} from '../../shell/keys.js';
import {comparisonParams, populationFilter, selectionFilter} from './sides.js';
import {bucketsOf, pairsOf} from './distributions.js';
import {distributionChart, distributionPanel} from './distribution-chart.js';
import {differenceList} from './difference-list.js';
import {choices, sidesPanel} from './sides-panel.js';

/** Durations are summed over all steps: few are enough. */
const STEPS = '10';

/** The overview of a selection that there is not. */
const NONE = {total: 0, steps: []};

/** What is different about some traces: those that the page's conditions have, and of them those that the `selected_` ones have too. */
class Compare extends TracedElement {
  static properties = {place: {attribute: false}, refreshed: {state: true}};

  #all = new Loader(this, overview);
  #selected = new Loader(this, (signal, filter) => (isBetweenNothing(filter) ? NONE : overview(signal, filter)));
  #differences = new Loader(this, (signal, asked) => getJson('compare', asked, {signal}));
  #asked;
  #chart;

  constructor() {
    super();
    this.refreshed = 0;
    new Keys(this, 'Compare', [{keys: ['r'], does: 'look again', run: () => this.refreshed++}]);
  }

  willUpdate() {
    const asked = this.#params();
    this.#all.ask(populationFilter(asked), this.refreshed);
    if (!hasSelection(this.place.params)) {
      this.#selected.clear();
      this.#differences.clear();
      return;
    }
    this.#differences.ask(asked, this.refreshed);
    const own = selectionFilter(asked);
    if (own) {
      this.#selected.ask(own, this.refreshed);
    } else {
      this.#selected.clear();
    }
  }

  /** What the API is asked: the time of `range` is reckoned anew only where something else is asked. */
  #params() {
    const key = `${this.place.params} ${this.refreshed}`;
    if (key !== this.#asked?.key) {
      this.#asked = {key, params: comparisonParams(this.place.params)};
    }
    return this.#asked.params;
  }

  render() {
    const {params} = this.place;
    const isBusy = [this.#all, this.#selected, this.#differences].some(({isLoading}) => isLoading);
    const overview = this.#all.value;
    return html`
      <div class="compare">
        <div class="bar">
          <h1>What is special about …</h1>
          ${choices(params, overview)}
          <traced-time-choice .place=${this.place}></traced-time-choice>
          <button class="button" @click=${() => this.refreshed++} title="Look again (r)" aria-label="Look again">${RELOAD}</button>
          <a class="spread" href=${href(['traces'], selectionFilter(this.#params()) ? params : populationFilter(params))}>See them in Traces</a>
        </div>
        <section class="panel" aria-label="What is compared" aria-busy=${isBusy}>
          <div class="loading-line ${isBusy ? 'is-busy' : ''}"></div>
          ${[this.#all, this.#selected].filter(({error}) => error).slice(0, 1).map(loader => loaded(loader, () => nothing))}
          ${sidesPanel(params, this.#params(), hasSelection(params) && this.#differences.isAnswered && !this.#differences.error ? this.#differences.value : undefined, this.#all.isAnswered ? overview : undefined)}
        </section>
        ${this.#distribution(params)}
        ${hasSelection(params) ? this.#comparison(params) : start(overview)}
      </div>`;
  }

  #comparison(params) {
    return html`
      <section class="panel differences" aria-label="Differences">
        <header><h2>What differs</h2><span class="soft">what tells them apart best comes first; of hundreds of values compared a few may be chance</span></header>
        ${loaded(this.#differences, found => differenceList(found, params))}
      </section>`;
  }

  /** The chart is made anew only for new answers, and of two that belong together: what one leaves of the other would be wrong. */
  #distribution(params) {
    const isSelected = hasSelection(params);
    const [all, selected] = [this.#all.value, isSelected ? this.#selected.value : NONE];
    if (!all || !selected || all.total === 0) {
      return nothing;
    }
    const areTogether = this.#all.isAnswered && (!isSelected || this.#selected.isAnswered);
    if (areTogether && (this.#chart?.all !== all || this.#chart?.selected !== selected)) {
      const pairs = pairsOf(bucketsOf(all), bucketsOf(selected));
      this.#chart = {all, selected, hasSelection: isSelected, ...(pairs.length > 0 ? distributionChart(pairs, {hasSelection: isSelected}) : {})};
    }
    return this.#chart?.option && this.#chart.hasSelection === isSelected
      ? distributionPanel(this.#chart, {hasSelection: isSelected, pairs: () => this.#chart.pairs, select: selectDurations}) : nothing;
  }
}

/** Both bounds of the filter are inclusive; of long ones a number has all bits and yet not all digits as text. */
function selectDurations(from, to) {
  change({...withoutSelection(), [SELECTED + 'min_duration_ns']: BigInt(from).toString(), [SELECTED + 'max_duration_ns']: (BigInt(to) - 1n).toString()});
}

function overview(signal, filter) {
  const params = new URLSearchParams(filter);
  params.set('steps', STEPS);
  return getJson('traces/overview', params, {signal});
}

function start(overview) {
  return html`
    <section class="panel"><div class="state">
      <h2>${overview?.total === 0 ? 'There are no traces in this time' : 'Select some of the traces'}</h2>
      <p>Choose errors or the slow ones, drag over some durations, or type a condition. What they have more often than the rest, of services, operations, tags and resources, is then listed here.</p>
      <p class="soft">In <a href="#/traces">Traces</a> a part of the chart can be selected and compared as well.</p>
    </div></section>`;
}

customElements.define('traced-compare', Compare);
