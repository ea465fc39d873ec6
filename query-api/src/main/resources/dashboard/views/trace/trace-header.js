import {html, nothing} from 'lit';
import {copyButton} from '../../ui/copy.js';
import {RELOAD} from '../../ui/icons.js';
import {lastList} from '../../state/last-list.js';
import {count, dateTime, duration, exactTime, plural} from '../../model/format.js';
import {seriesOf} from '../../model/service-series.js';
import {traceNotes} from './model/trace-notes.js';
import {uuidOf} from './model/trace-id.js';

/** How many services are named before the rest is a number. */
const NAMED = 6;

/**
 * The head of the page: what the trace is of, when it was, how much there is of it, and what is wrong with it.
 *
 * @param {import('./model/trace-model.js').Trace} trace
 * @param {string} hex the id, 32 digits
 * @param {() => void} reload asks for the trace once more
 */
export function traceHeader(trace, hex, reload) {
  const {main} = trace;
  const notes = traceNotes(trace);
  return html`
    <header class="trace-head">
      <div class="trace-title">
        <a class="button plain back" href=${lastList()} title="Back to the list" aria-label="Back to the list of traces"><span aria-hidden="true">←</span> <span class="wide">Traces</span></a>
        <h1 class="clip" title="${main.service} ${main.operation}">${main.span
          ? html`<span class="service series-${seriesOf(main.service)}"><bdi class="clip">${main.service}</bdi></span> <bdi>${main.operation}</bdi>`
          : html`Trace without a root`}</h1>
        ${trace.errors > 0 ? html`<span class="trace-status failed"><b class="error-mark">!</b> ${plural(trace.errors, 'error')}</span>` : html`<span class="trace-status ok">✓ ok</span>`}
        <span class="spread trace-actions">
          <span class="id"><code title="Trace id">${hex}</code>${copyButton(uuidOf(hex), 'trace id as a UUID')}</span>
          <button class="button" @click=${reload} title="Ask for the trace once more: late spans may have arrived (r)">${RELOAD} Reload</button>
          ${copyButton(() => location.href, 'a link to what is shown here', 'Copy link')}
          <button class="button" @click=${() => download(trace.document, hex)} title="The trace as an OTLP document">JSON</button>
        </span>
      </div>
      <dl class="trace-facts">
        ${fact('Start', html`<span title=${exactTime(trace.start)}>${dateTime(trace.start)}</span> <code class="soft exact">${exactTime(trace.start)}</code>${copyButton(exactTime(trace.start), 'start')}`)}
        ${fact('Duration', durations(trace))}
        ${fact('Spans', count(trace.spans))}
        ${fact('Depth', count(trace.depth))}
        ${fact(plural(trace.services.length, 'service'), services(trace))}
      </dl>
      ${notes.length > 0 ? html`<ul class="trace-notes" aria-label="What is wrong with the trace">${notes.map(note => html`<li class="noted">${note.text}</li>`)}</ul>` : nothing}
    </header>`;
}

function fact(name, value) {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** Of the root, which is what the list of traces has; spans may begin before it, or end after it. */
function durations({main, start, end}) {
  const all = end - start;
  const own = !main.span ? all : main.span.end > main.span.start ? main.span.end - main.span.start : 0n;
  return html`<b title="${count(own)} ns">${duration(own)}</b>${own === all ? nothing : html` <span class="soft" title="From the first begin of a span to the last end: ${count(all)} ns">${duration(all)} with all spans</span>`}`;
}

function services({services: all}) {
  return html`<span class="trace-services">${all.slice(0, NAMED).map(({name, spans}) => html`<span class="service series-${seriesOf(name)}" title="${name}: ${plural(spans, 'span')}"><bdi class="clip">${name}</bdi></span>`)}${all.length > NAMED ? html`<span class="soft" title=${all.slice(NAMED).map(({name}) => name).join(', ')}>and ${count(all.length - NAMED)} more</span>` : nothing}</span>`;
}

function download(document_, hex) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([JSON.stringify(document_, null, 1)], {type: 'application/json'}));
  link.download = `trace-${hex}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
