import {html} from 'lit';
import {copyButton} from '../../ui/copy.js';
import {changeFilter} from './place.js';
import {clearAll, conditions} from './condition-chips.js';

/** What to do where there is nothing to show. */

/** Nothing has arrived yet: the commands that change it, for this very backend. */
export function noTracesYet() {
  const origin = document.baseURI.replace(/[#?].*$/, '').replace(/\/$/, '');
  const commands = firstTraceCommands(origin);
  return html`
    <div class="state waits-for-traces">
      <h2>No traces yet</h2>
      <p class="soft" role="status">This page shows the first one as soon as it arrives. Three ways to send some:</p>
      ${commands.map(({title, command, what}) => html`
        <section>
          <h3>${title} ${copyButton(command, what)}</h3>
          <pre><code>${command}</code></pre>
        </section>`)}
    </div>`;
}

/** @returns {{title: string, command: string, what: string}[]} */
export function firstTraceCommands(origin) {
  return [
    {
      title: 'One trace of two spans, with curl',
      what: 'the curl command',
      command: `now=$(date +%s)000000000
curl -X POST ${origin}/spans -H 'Content-Type: application/json' -d '{"spans":[
  {"trace_id":"5b8efff7-98f8-4e2e-9c2e-6a1b2c3d4e5f",
   "span_id":"00000000-0000-4000-8000-000000000002",
   "parent_span_id":"00000000-0000-4000-8000-000000000001",
   "service":"payment","operation":"charge","status":"error","tags":{"card":"declined"},
   "start_time":'$now',"end_time":'$((now + 40000000))'},
  {"trace_id":"5b8efff7-98f8-4e2e-9c2e-6a1b2c3d4e5f",
   "span_id":"00000000-0000-4000-8000-000000000001",
   "service":"checkout","operation":"POST /checkout","status":"ok",
   "start_time":'$now',"end_time":'$((now + 90000000))'}]}'`,
    },
    {
      title: 'A service with an OpenTelemetry SDK or agent',
      what: 'the settings',
      command: `export OTEL_SERVICE_NAME=my-service
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_EXPORTER_OTLP_ENDPOINT=${origin}`,
    },
    {title: 'A shop of nine services, with visitors', what: 'the command', command: `./traced demo --url ${origin}`},
  ];
}

/** Nothing has all that is asked for: which conditions those are, and the way out of each. */
export function nothingFound(params) {
  return html`
    <div class="state finds-nothing">
      <h2>No trace meets all of these conditions</h2>
      <ul>${conditions(params).map(({text, without}) => html`
        <li><span class="chip-text clip" title=${text}>${text}</span> <button type="button" class="button" @click=${() => changeFilter(without)}>Drop it</button></li>`)}</ul>
      <button type="button" class="button" @click=${clearAll}>Drop all</button>
    </div>`;
}
