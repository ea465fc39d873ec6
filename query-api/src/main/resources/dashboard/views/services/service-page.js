import {html, nothing} from 'lit';
import {TracedElement} from '../../ui/element.js';
import {RELOAD} from '../../ui/icons.js';
import {loaded} from '../../ui/loaded.js';
import '../../ui/time-choice.js';
import {Loader} from '../../api/loader.js';
import {change, changed, href} from '../../state/route.js';
import {count, duration, named, rate, share} from '../../model/format.js';
import {seriesOf} from '../../model/service-series.js';
import {errorShare, rateOf} from './coverage.js';
import {coverageNote, otherNotice} from './coverage-note.js';
import {calls, operations, series, slowTraces} from './service-stats.js';
import {callsTable} from './calls-table.js';
import {compareHref, tracesHref} from './trace-links.js';
import './stats-charts.js';
import './stats-table.js';

/** One service, or one operation of it: what it does over time, its operations, who calls it and whom it calls. */
class ServicePage extends TracedElement {
  static properties = {
    place: {attribute: false},
    times: {attribute: false},
    refreshed: {attribute: false},
    hrefOf: {attribute: false},
  };

  #series = new Loader(this, (signal, subject, times) => series(signal, subject, times));
  #operations = new Loader(this, (signal, name, times) => operations(signal, name, times));
  #calls = new Loader(this, (signal, times) => calls(signal, times));
  #slow = new Loader(this, (signal, subject, times) => slowTraces(signal, subject, times));
  #shown;

  willUpdate() {
    const {service, operation} = this.#subject();
    const shown = JSON.stringify([service, operation]);
    if (shown !== this.#shown) {
      // Another's numbers are not shown under this name, not even while its own are on their way.
      this.#shown = shown;
      this.#series.clear();
      this.#operations.clear();
      this.#slow.clear();
    }
    this.#series.ask(this.#subject(), this.times, this.refreshed);
    this.#slow.ask(this.#subject(), this.times, this.refreshed);
    if (operation === undefined) {
      this.#operations.ask(service, this.times, this.refreshed);
      this.#calls.ask(this.times, this.refreshed);
    }
  }

  /** @returns {import('./trace-links.js').Subject} */
  #subject() {
    const {params} = this.place;
    return {service: params.get('service'), ...(params.has('operation') ? {operation: params.get('operation')} : {})};
  }

  render() {
    const {service, operation} = this.#subject();
    const isBusy = this.#series.isLoading || this.#operations.isLoading;
    const {value} = this.#series;
    return html`
      <div class="bar">
        <h1 class="trail">
          <a href=${this.#href({service: null, operation: null, q: null, sort: null})}>Services</a> <span class="soft" aria-hidden="true">/</span>
          ${operation === undefined
            ? html`<span class="service series-${seriesOf(service)}" title=${service}><span class="clip">${named(service)}</span></span>`
            : html`<a class="service series-${seriesOf(service)}" href=${this.hrefOf(service)} title=${service}><span class="clip">${named(service)}</span></a>
              <span class="soft" aria-hidden="true">/</span> <span class="clip" title=${operation}>${named(operation)}</span>`}
        </h1>
        <traced-time-choice .place=${this.place}></traced-time-choice>
        <button class="button" @click=${() => this.dispatchEvent(new Event('refresh'))} title="Look again (r)" aria-label="Look again">${RELOAD}</button>
        ${value ? html`<span class="spread"></span>${coverageNote(value.coverage)}` : nothing}
      </div>
      <section class="panel" aria-label="Over time" aria-busy=${isBusy}>
        <div class="loading-line ${isBusy ? 'is-busy' : ''}"></div>
        ${loaded(this.#series, stats => html`
          ${otherNotice(stats)}
          ${this.#figures(stats)}
          ${stats.spans === 0
            ? html`<p class="none soft">No closed trace of it in this time.</p>`
            : html`<traced-stats-charts .stats=${stats} .subject=${this.#subject()}></traced-stats-charts>`}`)}
      </section>
      ${operation === undefined ? this.#operationsAndCalls(service) : nothing}`;
  }

  #figures(stats) {
    const subject = this.#subject();
    const {coverage, duration_ms: took} = stats;
    const link = (text, title, more) => html`<a href=${tracesHref(subject, coverage, more)} title=${title}>${text}</a>`;
    const time = name => html`<div><dt>${name}</dt><dd>${stats.spans === 0 ? '–' : link(duration(took[name] * 1e6), `Traces of it that took at least so long, from their root's start to its end`, {atLeastMs: took[name]})}</dd></div>`;
    return html`
      <div class="figures"><dl>
        <div><dt title="Spans a second over the time that is counted">Rate</dt><dd>${link(rate(rateOf(stats.spans, coverage.seconds)), 'The traces that these spans are of')}</dd></div>
        <div><dt title="Spans with status error, of all spans">Errors</dt><dd class=${stats.errors > 0 ? 'failed' : ''}>${stats.errors > 0
          ? link(html`<span aria-hidden="true">! </span>${share(errorShare(stats))}`, `${count(stats.errors)} spans have errors: traces of it with an error in any span`, {hasErrors: true}) : '0%'}</dd></div>
        ${['p50', 'p95', 'p99'].map(time)}
        <div><dt title="Traces with at least one span of it">Traces</dt><dd>${link(count(stats.traces), 'These traces')}</dd></div>
        <div><dt>Spans</dt><dd>${count(stats.spans)}</dd></div>
      </dl>${stats.spans === 0 ? nothing : html`<div class="ask">
          ${this.#slow.value == null ? nothing : html`<a class="button" href=${compareHref(subject, coverage, {atLeastNs: this.#slow.value})}
            title="Compare the slowest 5% of its traces, which took at least ${duration(this.#slow.value)} from their root's start to its end, with the rest">What is special about the slow ones?</a>`}
          ${stats.errors > 0 ? html`<a class="button" href=${compareHref(subject, coverage, {hasErrors: true})} title="Compare the traces of it with errors with the rest">… about the errors?</a>` : nothing}
        </div>`}
      </div>`;
  }

  #operationsAndCalls(service) {
    const {params} = this.place;
    return html`
      <section class="panel" aria-label="Operations">
        <header><h2>Operations</h2>
          <input class="field" type="search" data-search aria-label="Search operations by name" placeholder="Search names" .value=${params.get('q') ?? ''}
            @input=${event => change({q: event.target.value}, {replace: true})}></header>
        ${loaded(this.#operations, answer => html`${otherNotice(answer)}<traced-stats-table noun="Operation" .place=${this.place} .answer=${answer}
          .subjectOf=${operation => ({service, operation})} .hrefOf=${operation => this.#href({operation, q: null, sort: null})}></traced-stats-table>`)}
      </section>
      <div class="both-ways">
        ${this.#callsPanel(service, 'callee', 'caller', 'Called by')}
        ${this.#callsPanel(service, 'caller', 'callee', 'Calls')}
      </div>`;
  }

  #callsPanel(service, own, other, title) {
    return html`
      <section class="panel" aria-label=${title}>
        <header><h2>${title}</h2></header>
        ${loaded(this.#calls, ({calls: all, coverage}) => {
          const found = all.filter(call => call[own] === service).sort((a, b) => b.calls - a.calls);
          return found.length === 0
            ? html`<p class="none soft">${own === 'callee' ? 'No other service calls it.' : 'It calls no other service.'}</p>`
            : callsTable(found, coverage, {caption: title, sides: [other], hrefOf: this.hrefOf});
        })}
      </section>`;
  }

  #href(changes) {
    return href(['services'], changed(this.place.params, changes));
  }
}

customElements.define('traced-service-page', ServicePage);
