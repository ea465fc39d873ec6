import {html, nothing} from 'lit';
import {TracedElement} from '../../../ui/element.js';
import {Loader} from '../../../api/loader.js';
import {getJson} from '../../../api/client.js';
import {count, plural} from '../../../model/format.js';
import {change} from '../../../state/route.js';
import {uuidOf} from '../model/trace-id.js';
import {logRow} from './log-row.js';

const SEVERITIES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const LIMIT = 1_000;
const TYPED_MS = 250;

/**
 * The logs of a trace, with what they can be narrowed by (`filter`: severity and text, which are in the URL), or those of one of its spans
 * (`spanId`, with times since `since`).
 */
class TraceLogs extends TracedElement {
  static properties = {trace: {attribute: false}, traceId: {attribute: false}, spanId: {attribute: false}, since: {attribute: false}, params: {attribute: false}};

  #logs = new Loader(this, (signal, id, asked) => getJson(`traces/${uuidOf(id)}/logs`, asked, {signal}));
  #typed;

  willUpdate(changes) {
    if (changes.has('traceId') || changes.has('spanId')) {
      this.#logs.clear(); // those of another span must not stand here for a moment
    } else if (changes.has('trace')) {
      this.#logs.again();
    }
    this.#logs.ask(this.traceId, {limit: LIMIT, ...(this.spanId ? {span_id: this.spanId} : this.#filter())});
  }

  #filter() {
    const severity = this.params?.get('severity');
    const q = this.params?.get('text');
    return {...(SEVERITIES.includes(severity) ? {severity} : {}), ...(q ? {q} : {})};
  }

  render() {
    return this.spanId ? this.#ofSpan() : html`${this.#tools()}${this.#list()}`;
  }

  #ofSpan() {
    const total = this.#logs.value?.total;
    return html`<details ?open=${total > 0}><summary><h3>Logs</h3> <span class="soft">${this.#logs.error ? nothing : total === undefined ? '…' : count(total)}</span></summary>${this.#list()}</details>`;
  }

  #tools() {
    return html`
      <div class="log-tools" role="search" aria-label="Logs of this trace">
        <label class="soft">From severity <select class="field" @change=${event => change({severity: event.target.value}, {replace: true})}>
          <option value="" ?selected=${!this.params.get('severity')}>any</option>
          ${SEVERITIES.map(name => html`<option ?selected=${this.params.get('severity') === name}>${name}</option>`)}
        </select></label>
        <input class="field" data-search type="search" placeholder="Text of the log" aria-label="Text of the log" .value=${this.params.get('text') ?? ''} @input=${this.#type}>
        <span class="soft" role="status">${this.#logs.value ? plural(this.#logs.value.total, 'log') : nothing}</span>
      </div>`;
  }

  #type(event) {
    const text = event.target.value;
    clearTimeout(this.#typed);
    this.#typed = setTimeout(() => change({text}, {replace: true}), TYPED_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#typed);
  }

  #list() {
    const {value, error} = this.#logs;
    if (error && (value === undefined || error.kind === 'refused')) {
      return html`<p class="no-logs" role="status">The logs cannot be shown: ${error.message} <button class="button" @click=${() => this.#logs.again()}>Try again</button></p>`;
    }
    if (value === undefined) {
      return nothing;
    }
    if (value.total === 0) {
      const isNarrowed = Object.keys(this.#filter()).length > 0 && !this.spanId;
      return html`<p class="soft no-logs">${isNarrowed ? 'No log of this trace is like that.' : `No log came with this ${this.spanId ? 'span' : 'trace'}. Logs that carry the id of a trace are shown here, see README, “Instrument a service”.`}</p>`;
    }
    return html`
      ${error ? html`<p class="notice" role="status">The logs are of before: ${error.message}. <button class="button" @click=${() => this.#logs.again()}>Try again</button></p>` : nothing}
      <ol class="logs ${this.spanId ? '' : 'of-trace'}">${value.logs.map(log => logRow(log, this.since ?? this.trace.start, this.spanId ? undefined : this.trace))}</ol>
      ${value.total > value.logs.length ? html`<p class="soft no-logs">The first ${count(value.logs.length)} of ${count(value.total)}: narrow them down to see others.</p>` : nothing}`;
  }
}

customElements.define('traced-trace-logs', TraceLogs);
