import {html, nothing} from 'lit';
import {TARGET} from '../../ui/icons.js';
import {count, duration, named, rate, share} from '../../model/format.js';
import {seriesOf} from '../../model/service-series.js';
import {errorShare, rateOf} from './coverage.js';
import {OTHER, tracesHref} from './trace-links.js';

/**
 * Calls between services with their numbers; each number leads to the traces of the service that was called, which is as near as a filter
 * of traces comes to one call.
 *
 * @param {import('./map-graph.js').Call[]} calls
 * @param {import('./coverage.js').Coverage} coverage
 * @param {{caption: string, sides?: string[], hrefOf: (name: string) => string, chosen?: Call, callHref?: (call: Call) => string}} options
 *     `sides`: caller, callee or both; `callHref`: where the call itself is shown
 */
export function callsTable(calls, coverage, {caption, sides = ['caller', 'callee'], hrefOf, chosen, callHref}) {
  return html`
    <div class="scroller">
      <table class="rows stats-rows calls">
        <caption class="only-read-aloud">${caption}</caption>
        <thead><tr>
          ${sides.map(side => html`<th scope="col">${side === 'caller' ? 'Caller' : 'Called'}</th>`)}
          ${callHref ? html`<th scope="col"><span class="only-read-aloud">On the map</span></th>` : nothing}
          <th scope="col" class="number" title="Calls a second over the time that is counted">Rate</th>
          <th scope="col" class="number" title="Calls with status error">Errors</th>
          <th scope="col" class="number">p50</th><th scope="col" class="number">p95</th><th scope="col" class="number">Mean</th>
          <th scope="col" class="number">Calls</th>
        </tr></thead>
        <tbody>${calls.map(call => html`
          <tr aria-selected=${call === chosen ? 'true' : nothing}>
            ${sides.map((side, i) => serviceCell(call[side], hrefOf, i === 0))}
            ${callHref ? html`<td><a href=${callHref(call)} aria-label="Show ${named(call.caller)} calls ${named(call.callee)} on the map" title="Show on the map">${TARGET}</a></td>` : nothing}
            ${numbers(call, coverage)}
          </tr>`)}
        </tbody>
      </table>
    </div>`;
}

function serviceCell(name, hrefOf, isHead) {
  const content = name === OTHER
    ? html`<span class="soft" title="Names beyond those that are kept for each slot of time">${name}</span>`
    : html`<a class="service series-${seriesOf(name)}" href=${hrefOf(name)} title=${name}><span class="clip">${named(name)}</span></a>`;
  return isHead ? html`<th scope="row">${content}</th>` : html`<td>${content}</td>`;
}

function numbers(call, coverage) {
  const {callee} = call;
  const link = (text, title, more) => (callee === OTHER ? text : html`<a href=${tracesHref({service: callee}, coverage, more)} title=${title}>${text}</a>`);
  const p95 = duration(call.p95_ms * 1e6);
  return html`
    <td class="number">${link(rate(rateOf(call.calls, coverage.seconds)), `Traces of ${callee}, whoever called it`)}</td>
    <td class="number ${call.errors > 0 ? 'failed' : 'quiet'}">${call.errors > 0
      ? link(html`<span aria-hidden="true">! </span>${share(shareOfErrors(call))}`, `${count(call.errors)} of ${count(call.calls)} calls: traces of ${callee} with an error in any span`, {hasErrors: true})
      : '0%'}</td>
    <td class="number">${duration(call.p50_ms * 1e6)}</td>
    <td class="number">${link(p95, `Traces of ${callee} that took at least ${p95} from their root's start to its end`, {atLeastMs: call.p95_ms})}</td>
    <td class="number">${duration(call.avg_ms * 1e6)}</td>
    <td class="number">${count(call.calls)}</td>`;
}

/** @param {import('./map-graph.js').Call} call */
export function shareOfErrors({calls, errors}) {
  return errorShare({spans: calls, errors});
}
