import {html, nothing} from 'lit';
import {duration, exactTime} from '../../../model/format.js';
import {nanos} from '../../../model/time.js';
import {seriesOf} from '../../../model/service-series.js';
import {copyButton} from '../../../ui/copy.js';
import {spanIdHex} from '../model/trace-id.js';
import {linkWith} from '../trace-place.js';
import {valueText} from '../detail/attribute-list.js';

/** Logs are read whole more often than values of attributes. */
const LONG = 1_000;
const WARN = 13;
const ERROR = 17;

/**
 * A log: when, how severe, what it says; and in the list of a whole trace of which span.
 *
 * @param {object} log as the API has it
 * @param {bigint} since what its time is counted from
 * @param {import('../model/trace-model.js').Trace | undefined} trace whose list it is in
 */
export function logRow(log, since, trace) {
  const time = nanos(log.time);
  const after = time - since;
  const node = trace && log.span_id ? trace.byId.get(spanIdHex(log.span_id)) : undefined;
  const attributes = Object.entries(log.attributes);
  return html`
    <li>
      <span class="log-time mono" title=${exactTime(time)}>${after < 0n ? '−' : '+'}${duration(after < 0n ? -after : after)}</span>
      <span class="severity ${rank(log.severity_number)}">${log.severity}</span>
      <div class="log-body">
        ${trace ? html`<div class="log-of"><span class="service series-${seriesOf(log.service)}"><bdi class="clip">${log.service}</bdi></span>${node ? html` <a href=${linkWith({span: node.id})}><bdi class="clip">${node.operation || 'missing span'}</bdi></a>` : nothing}</div>` : nothing}
        <div class="log-text">${valueText(log.body, LONG)}</div>
        ${attributes.length > 0 ? html`<dl class="attributes">${attributes.map(([key, text]) => html`<div><dt title=${key}><bdi>${key}</bdi></dt><dd>${valueText(text)}<span class="attribute-actions">${copyButton(text, `the value of ${key}`)}</span></dd></div>`)}</dl>` : nothing}
      </div>
    </li>`;
}

function rank(number) {
  return number >= ERROR ? 'is-error' : number >= WARN ? 'is-warn' : '';
}
