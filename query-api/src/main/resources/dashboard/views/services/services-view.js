import {html, nothing} from 'lit';
import {TracedElement} from '../../ui/element.js';
import {RELOAD} from '../../ui/icons.js';
import {loaded} from '../../ui/loaded.js';
import '../../ui/time-choice.js';
import {Loader} from '../../api/loader.js';
import {change, href} from '../../state/route.js';
import {TIMES, apiParams} from '../../model/trace-filter.js';
import {plural} from '../../model/format.js';
import {Keys} from '../../shell/keys.js';
import {calls, services} from './service-stats.js';
import {coverageNote, otherNotice} from './coverage-note.js';
import {OTHER} from './trace-links.js';
import './service-page.js';
import './service-map.js';
import './stats-table.js';

/** What stays in the URL on the way from one page of this view to another. */
const KEPT = ['range', ...TIMES];

/** The services: as a list or as a map; one of them, or one operation of one, where the URL names it. */
class Services extends TracedElement {
  static properties = {place: {attribute: false}, refreshed: {state: true}};

  #services = new Loader(this, (signal, times) => services(signal, times));
  #calls = new Loader(this, (signal, times) => calls(signal, times));
  #asked;

  constructor() {
    super();
    this.refreshed = 0;
    new Keys(this, 'Services', [
      {keys: ['r'], does: 'look again', run: () => this.refreshed++},
      {keys: ['l'], does: 'list', run: () => change({as: null, caller: null, callee: null})},
      {keys: ['m'], does: 'map', run: () => change({as: 'map', service: null, operation: null})},
    ]);
  }

  willUpdate() {
    const {params} = this.place;
    const times = this.#times();
    if (params.has('service')) {
      return;
    }
    this.#services.ask(times, this.refreshed);
    if (this.#isMap()) {
      this.#calls.ask(times, this.refreshed);
    }
  }

  /** The times of the API's calls: those of `range` are reckoned anew only where something else is asked. */
  #times() {
    const key = JSON.stringify([KEPT.map(name => this.place.params.get(name)), this.refreshed]);
    if (key !== this.#asked?.key) {
      this.#asked = {key, times: apiParams(this.place.params, {only: TIMES})};
    }
    return this.#asked.times;
  }

  #isMap() {
    return this.place.params.get('as') === 'map';
  }

  render() {
    return html`
      <div class="services">${this.place.params.has('service')
        ? html`<traced-service-page .place=${this.place} .times=${this.#times()} .hrefOf=${this.#hrefOf} .refreshed=${this.refreshed}
            @refresh=${() => this.refreshed++}></traced-service-page>`
        : this.#overview()}</div>`;
  }

  #overview() {
    const isMap = this.#isMap();
    const answer = this.#services.value;
    const isBusy = this.#services.isLoading || (isMap && this.#calls.isLoading);
    return html`
      <div class="bar">
        <h1>Services</h1>
        <input class="field" type="search" data-search aria-label="Search services by name" placeholder="Search names" .value=${this.place.params.get('q') ?? ''}
          @input=${event => change({q: event.target.value}, {replace: true})}>
        <div class="choice" role="group" aria-label="Shown as">
          <button class="button" aria-pressed=${!isMap} @click=${() => change({as: null, caller: null, callee: null})}>List</button>
          <button class="button" aria-pressed=${isMap} @click=${() => change({as: 'map'})}>Map</button>
        </div>
        <traced-time-choice .place=${this.place}></traced-time-choice>
        <button class="button" @click=${() => this.refreshed++} title="Look again (r)" aria-label="Look again">${RELOAD}</button>
        ${answer ? html`<span class="spread soft">${plural(answer.rows.filter(({name}) => name !== OTHER).length, 'service')}</span> ${coverageNote(answer.coverage)}` : nothing}
      </div>
      <section class="panel" aria-label="Services" aria-busy=${isBusy}>
        <div class="loading-line ${isBusy ? 'is-busy' : ''}"></div>
        ${loaded(this.#services, value => value.rows.length === 0 ? empty() : html`
          ${otherNotice(value)}
          ${isMap
            ? loaded(this.#calls, found => html`<traced-service-map .place=${this.place} .services=${value} .calls=${found} .hrefOf=${this.#hrefOf}></traced-service-map>`)
            : html`<traced-stats-table noun="Service" .place=${this.place} .answer=${value} .subjectOf=${service} .hrefOf=${this.#hrefOf}></traced-stats-table>`}`)}
      </section>`;
  }

  #hrefOf = name => href(['services'], {...Object.fromEntries(KEPT.map(each => [each, this.place.params.get(each)])), service: name});
}

function service(name) {
  return {service: name};
}

function empty() {
  return html`
    <div class="state">
      <h2>No closed trace in this time</h2>
      <p>A service is listed once a trace of it has closed, some seconds after its last span.</p>
      <p class="soft">Choose a longer time, or <a href="#/traces">see the traces</a> that are open.</p>
    </div>`;
}

customElements.define('traced-services', Services);
