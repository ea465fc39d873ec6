import {html, nothing} from 'lit';
import {TracedElement} from '../../../ui/element.js';
import {styled} from '../../../ui/styled.js';
import {count, duration, share} from '../../../model/format.js';
import {seriesOf} from '../../../model/service-series.js';
import {change} from '../../../state/route.js';
import {linkWith} from '../trace-place.js';
import {COLUMNS, operationTotals, sortTotals} from '../model/operation-totals.js';

const START = 'critical';
const TITLES = {
  service: ['Service', ''],
  operation: ['Operation', ''],
  spans: ['Spans', ''],
  errors: ['Errors', ''],
  total: ['Total', 'Durations added up: spans that ran side by side, and children within their parents, count each'],
  own: ['Self time', 'Without the time of children; the share is of the self time of all spans'],
  critical: ['Critical path', 'What the trace waited for; the share is of the duration of the root'],
};

/** Where the time of a trace went, by service and operation. A row leads to its spans in the waterfall. */
class OperationTable extends TracedElement {
  static properties = {trace: {attribute: false}, params: {attribute: false}, matches: {attribute: false}};

  #totals = {};

  willUpdate() {
    if (this.#totals.trace !== this.trace) {
      const rows = operationTotals(this.trace);
      this.#totals = {trace: this.trace, rows, own: rows.reduce((sum, row) => sum + row.own, 0)};
    }
  }

  render() {
    const column = COLUMNS.includes(this.params.get('sort')) ? this.params.get('sort') : START;
    const isReversed = this.params.get('order') === 'reversed';
    const {rows, own} = this.#totals;
    const whole = Math.max(1, this.trace.main.to - this.trace.main.from);
    return html`
      <table class="rows operations">
        <thead><tr>${COLUMNS.map(name => this.#head(name, column, isReversed))}</tr></thead>
        <tbody>${sortTotals(this.#found(rows), column, isReversed).map(row => html`
          <tr class="series-${seriesOf(row.service)}">
            <td><span class="service series-${seriesOf(row.service)}"><bdi class="clip" title=${row.service}>${row.service}</bdi></span></td>
            <td><a class="clip" href=${linkWith({view: null, service: row.service, operation: row.operation})} title="${row.operation}: its spans in the waterfall"><bdi>${row.operation || '(no name)'}</bdi></a></td>
            <td class="number">${count(row.spans)}</td>
            <td class="number">${row.errors > 0 ? html`<span class="failed"><b class="error-mark">!</b> ${count(row.errors)}</span>` : nothing}</td>
            <td class="number" title="${count(row.total)} ns">${duration(row.total)}</td>
            ${timeCell(row.own, row.own / Math.max(1, own), 'of-own')}
            ${timeCell(row.critical, row.critical / whole, 'of-path')}
          </tr>`)}</tbody>
      </table>`;
  }

  #head(name, column, isReversed) {
    const isText = name === 'service' || name === 'operation';
    const [title, says] = TITLES[name];
    const isSorted = name === column;
    const isUp = isText !== isReversed;
    return html`<th scope="col" class=${isText ? '' : 'number'} aria-sort=${isSorted ? (isUp ? 'ascending' : 'descending') : nothing}>
      <button class="sort" title=${says || nothing} @click=${() => change({sort: name === START ? null : name, order: isSorted && !isReversed ? 'reversed' : null}, {replace: true})}>${title}<span aria-hidden="true">${isSorted ? (isUp ? ' ↑' : ' ↓') : nothing}</span></button></th>`;
  }

  /** With a search: the operations that have a span that was found. */
  #found(rows) {
    if (!this.matches) {
      return rows;
    }
    const found = new Set([...this.matches].map(node => JSON.stringify([node.service, node.operation])));
    return rows.filter(row => found.has(JSON.stringify([row.service, row.operation])));
  }
}

function timeCell(nanos, part, name) {
  return html`<td class="number share-cell ${name}" title="${count(nanos)} ns"><span class="share-bar"><i ${styled({width: `${part * 100}%`})}></i></span><span>${nanos > 0 ? duration(nanos) : '–'}</span><span class="soft">${nanos > 0 ? share(part) : nothing}</span></td>`;
}

customElements.define('traced-operation-table', OperationTable);
