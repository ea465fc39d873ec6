import {html} from 'lit';
import {count, duration, named, rate, share} from '../../model/format.js';
import {seriesOf} from '../../model/service-series.js';
import {rateOf} from './coverage.js';
import {shareOfErrors} from './calls-table.js';
import {compareHref, tracesHref} from './trace-links.js';

/** The numbers of one call, and the traces that are nearest to it. */
export function callDetail(call, coverage, {hrefOf, closeHref}) {
  const callee = {service: call.callee};
  const p95 = duration(call.p95_ms * 1e6);
  return html`
    <section class="panel call-detail" aria-label="The chosen call">
      <header>
        <h2>${serviceLink(call.caller, hrefOf)} <span class="soft">calls</span> ${serviceLink(call.callee, hrefOf)}</h2>
        <a class="button plain spread" href=${closeHref} aria-label="Close">×</a>
      </header>
      <dl>
        <div><dt>Rate</dt><dd>${rate(rateOf(call.calls, coverage.seconds))}</dd></div>
        <div><dt>Calls</dt><dd>${count(call.calls)}</dd></div>
        <div><dt>Errors</dt><dd class=${call.errors > 0 ? 'failed' : ''}>${call.errors > 0 ? '! ' : ''}${share(shareOfErrors(call))} (${count(call.errors)})</dd></div>
        <div><dt>p50</dt><dd>${duration(call.p50_ms * 1e6)}</dd></div>
        <div><dt>p95</dt><dd>${p95}</dd></div>
        <div><dt>Mean</dt><dd>${duration(call.avg_ms * 1e6)}</dd></div>
      </dl>
      <p class="links">
        <a class="button" href=${tracesHref(callee, coverage)}>Traces of ${named(call.callee)}</a>
        <a class="button" href=${tracesHref(callee, coverage, {hasErrors: true})}>with errors</a>
        <a class="button" href=${tracesHref(callee, coverage, {atLeastMs: call.p95_ms})}>that took ${p95} or more</a>
        <a class="button" href=${compareHref(callee, coverage, {hasErrors: call.errors > 0})}
          >${call.errors > 0 ? 'What is special about those with errors?' : 'Compare them'}</a>
      </p>
      <p class="soft">Traces are found by their services, not by their calls: these are all traces of ${named(call.callee)}, whoever called it; durations are of whole traces.</p>
    </section>`;
}

function serviceLink(name, hrefOf) {
  return html`<a class="service series-${seriesOf(name)}" href=${hrefOf(name)} title=${name}><span class="clip">${named(name)}</span></a>`;
}
