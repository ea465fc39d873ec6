import {html, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {TracedElement} from '../../ui/element.js';
import {styled} from '../../ui/styled.js';
import {clock, count, dateTime, duration, exactTime, named} from '../../model/format.js';
import {seriesOf} from '../../model/service-series.js';
import {nowNanos} from '../../model/time.js';
import {href} from '../../state/route.js';
import {durationOf, hasFailed, notesOf, startOf} from './trace-row.js';

const DAY = 86_400_000_000_000n;
const MOST_SERVICES = 5;

/** Traces, a row each, which is a link. j and k, or the arrows, go through them. */
class TraceList extends TracedElement {
  static properties = {
    traces: {attribute: false},
    /** Ids of those that have just come. */
    fresh: {attribute: false},
  };

  render() {
    const slowest = this.traces.reduce((most, trace) => {
      const took = durationOf(trace);
      return took !== null && took > most ? took : most;
    }, 1n);
    return html`
      <table class="rows">
        <thead><tr>
          <th scope="col">Started</th><th scope="col">Root</th><th scope="col" class="number">Duration</th><th scope="col" class="for-bar"><span class="only-read-aloud">Compared with the slowest here</span></th>
          <th scope="col" class="number">Spans</th><th scope="col">Services</th><th scope="col">Status</th><th scope="col">Notes</th>
        </tr></thead>
        <tbody @keydown=${this.#key}>${repeat(this.traces, trace => trace.trace_id, trace => this.#row(trace, slowest))}</tbody>
      </table>`;
  }

  #row(trace, slowest) {
    const start = startOf(trace);
    const took = durationOf(trace);
    const failed = hasFailed(trace);
    const notes = notesOf(trace);
    return html`
      <tr class="${failed ? 'has-failed' : ''} ${this.fresh?.has(trace.trace_id) ? 'is-fresh' : ''}">
        <td class="started" title=${start === null ? '' : exactTime(start)}>${start === null ? '–' : timeText(start)}</td>
        <td class="root">
          <a href=${href(['trace', trace.trace_id])}>
            ${trace.root_service === null
              ? html`<span class="soft">root not seen</span>`
              : html`<span class="service series-${seriesOf(trace.root_service)}" title=${trace.root_service}><span class="clip">${named(trace.root_service)}</span></span>
                <span class="operation clip" title=${trace.root_operation}>${named(trace.root_operation)}</span>`}
          </a>
        </td>
        <td class="took number" title=${took === null ? '' : `${count(took)} ns`}>${took === null ? '–' : duration(took)}</td>
        <td class="for-bar" aria-hidden="true"><span class="bar" ${styled({'inline-size': `${took === null ? 0 : Math.max(0.5, Number((took * 10_000n) / slowest) / 100)}%`})}></span></td>
        <td class="spans number">${count(trace.span_count)}</td>
        <td class="in-services">${this.#services(trace.services ?? [])}</td>
        <td class="status">${failed ? html`<span class="failed">! error</span>` : html`<span class="soft">ok</span>`}</td>
        <td class="notes"><span class="clip noted" title=${notes.join(', ')}>${notes.join(', ')}</span></td>
      </tr>`;
  }

  #services(services) {
    const more = services.length - MOST_SERVICES;
    return html`<span class="names" title=${services.join(', ')}>${services.slice(0, MOST_SERVICES).map(name => html`
      <span class="service series-${seriesOf(name)}"><span class="clip">${named(name)}</span></span>`)}${more > 0 ? html`<span class="soft">+${more}</span>` : nothing}</span>`;
  }

  #key(event) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      this.step(event.key === 'ArrowDown' ? 1 : -1);
    }
  }

  /** Goes so many rows down, from the first where none has the focus. */
  step(rows) {
    const links = [...this.querySelectorAll('.root a')];
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + rows))];
    next?.focus();
    next?.closest('tr').scrollIntoView({block: 'nearest'});
  }
}

/** The time alone where it is of the last or the next half day. */
function timeText(start) {
  const age = nowNanos() - start;
  return age < DAY / 2n && age > -DAY / 2n ? clock(start) : dateTime(start);
}

customElements.define('traced-trace-list', TraceList);
