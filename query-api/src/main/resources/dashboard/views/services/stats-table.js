import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {TracedElement} from '../../ui/element.js';
import {change} from '../../state/route.js';
import {count, duration, named, rate, share} from '../../model/format.js';
import {seriesOf} from '../../model/service-series.js';
import {errorShare, rateOf, timesOf} from './coverage.js';
import {DEFAULT_ORDER, nextOrder, orderRows, parseOrder} from './row-order.js';
import {SeriesQueue} from './series-queue.js';
import {series} from './service-stats.js';
import {sparkline} from './sparkline.js';
import {OTHER, tracesHref} from './trace-links.js';

const COLUMNS = [
  {by: 'rate', title: 'Rate', help: 'Spans a second over the time that is counted'},
  {by: 'errors', title: 'Errors', help: 'Spans with status error, of all spans'},
  {by: 'p50', title: 'p50', help: 'Half of the spans took no longer'},
  {by: 'p95', title: 'p95', help: '95% of the spans took no longer'},
  {by: 'p99', title: 'p99', help: '99% of the spans took no longer'},
  {by: 'traces', title: 'Traces', help: 'Traces with at least one span of it'},
  {by: 'spans', title: 'Spans', help: 'Spans of it'},
];

/**
 * Services, or the operations of one, with what they do; every number is a link to the traces behind it.
 *
 * `noun` is Service or Operation, `answer` what service-stats.js has, `subjectOf(name)` whose traces a row has, `hrefOf(name)` where
 * its name leads. Order and search are in the URL, `sort` and `q`.
 */
class StatsTable extends TracedElement {
  static properties = {
    noun: {},
    place: {attribute: false},
    answer: {attribute: false},
    subjectOf: {attribute: false},
    hrefOf: {attribute: false},
  };

  #visible = new Set();
  #series = new SeriesQueue(this, (signal, name, answer) => series(signal, this.subjectOf(name), timesOf(answer.coverage)));
  #rows = new IntersectionObserver(entries => this.#scrolled(entries), {rootMargin: '100px'});

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#rows.disconnect();
  }

  willUpdate() {
    this.#series.ask(this.answer);
  }

  render() {
    const {params} = this.place;
    const rows = orderRows(this.answer.rows, params.get('sort'), params.get('q') ?? '');
    const order = parseOrder(params.get('sort'));
    return html`
      <div class="scroller">
        <table class="rows stats-rows">
          <thead><tr>
            ${this.#head({by: 'name', title: this.noun, help: `Name of the ${this.noun.toLowerCase()}`}, order, '')}
            ${COLUMNS.map(column => this.#head(column, order, 'number'))}
          </tr></thead>
          <tbody>${repeat(rows, row => row.name, row => this.#row(row))}</tbody>
        </table>
      </div>
      ${rows.length === 0 ? this.#none(params.get('q')) : nothing}`;
  }

  #none(text) {
    const noun = this.noun.toLowerCase();
    return text
      ? html`<p class="none soft">No ${noun} has “${text}” in its name. <button class="button" @click=${() => change({q: null})}>Show all</button></p>`
      : html`<p class="none soft">No ${noun} in this time.</p>`;
  }

  updated() {
    this.querySelectorAll('tbody tr').forEach(row => this.#rows.observe(row));
    this.#visible.forEach(name => this.#series.want(name));
  }

  #scrolled(entries) {
    for (const {target, isIntersecting} of entries) {
      if (isIntersecting) {
        this.#visible.add(target.dataset.name);
      } else {
        this.#visible.delete(target.dataset.name);
      }
    }
    this.#visible.forEach(name => this.#series.want(name));
  }

  #head({by, title, help}, order, kind) {
    const sorted = order.by === by ? (order.isDown ? 'descending' : 'ascending') : nothing;
    const next = nextOrder(this.place.params.get('sort') ?? DEFAULT_ORDER, by);
    return html`<th scope="col" class="${kind} of-${by}" aria-sort=${sorted}>
      <button title=${help} @click=${() => change({sort: next === DEFAULT_ORDER ? null : next})}>${title}<span aria-hidden="true"
        >${sorted === nothing ? '' : order.isDown ? ' ↓' : ' ↑'}</span></button></th>`;
  }

  #row(row) {
    if (row.name === OTHER) {
      return this.#otherRow(row);
    }
    const {coverage} = this.answer;
    const subject = this.subjectOf(row.name);
    const slots = this.#series.get(row.name)?.slots;
    const link = (text, title, more) => html`<a href=${tracesHref(subject, coverage, more)} title=${title}>${text}</a>`;
    const took = name => link(duration(row.duration_ms[name] * 1e6),
      `Traces of it that took at least ${duration(row.duration_ms[name] * 1e6)} from their root's start to its end`, {atLeastMs: row.duration_ms[name]});
    return html`
      <tr data-name=${row.name}>
        <th scope="row"><a class=${this.noun === 'Service' ? `service series-${seriesOf(row.name)}` : 'clip'} href=${this.hrefOf(row.name)} title=${row.name}
          ><span class="clip">${named(row.name)}</span></a></th>
        <td class="number with-line">${slots ? sparkline(slots.map(slot => rateOf(slot.spans, slot.seconds)), {below: slots.map(slot => rateOf(slot.errors, slot.seconds))}) : nothing}
          ${link(rate(rateOf(row.spans, coverage.seconds)), 'The traces that these spans are of')}</td>
        <td class="number ${row.errors > 0 ? 'failed' : 'quiet'}">${row.errors > 0
          ? link(html`<span aria-hidden="true">! </span>${share(errorShare(row))}`, `${count(row.errors)} of ${count(row.spans)} spans have errors: traces of it with an error in any span`, {hasErrors: true})
          : '0%'}</td>
        <td class="number">${took('p50')}</td>
        <td class="number with-line">${slots ? sparkline(slots.map(slot => slot.duration_ms.p95)) : nothing} ${took('p95')}</td>
        <td class="number">${took('p99')}</td>
        <td class="number">${link(count(row.traces), 'These traces')}</td>
        <td class="number">${link(count(row.spans), 'The traces that these spans are of')}</td>
      </tr>`;
  }

  /** What no name was kept for: numbers, and nothing to go to. */
  #otherRow(row) {
    return html`
      <tr class="soft" data-name=${row.name}>
        <th scope="row" title="Of names beyond those that are kept for each slot of time">${row.name}</th>
        <td class="number">${rate(rateOf(row.spans, this.answer.coverage.seconds))}</td>
        <td class="number">${share(errorShare(row))}</td>
        ${['p50', 'p95', 'p99'].map(name => html`<td class="number">${duration(row.duration_ms[name] * 1e6)}</td>`)}
        <td class="number">${count(row.traces)}</td>
        <td class="number">${count(row.spans)}</td>
      </tr>`;
  }
}

customElements.define('traced-stats-table', StatsTable);
