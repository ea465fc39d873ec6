import {html, nothing} from 'lit';
import {TracedElement} from '../../../ui/element.js';
import {copyButton} from '../../../ui/copy.js';
import {count, dateTime, duration, exactTime, plural, share} from '../../../model/format.js';
import {seriesOf} from '../../../model/service-series.js';
import {href} from '../../../state/route.js';
import {KINDS} from '../model/otlp-spans.js';
import {linkWith, select, showRange} from '../trace-place.js';
import {startsEarlyBy} from '../model/span-tree.js';
import {criticalTime} from '../model/operation-totals.js';
import {around} from '../model/time-range.js';
import {attributeList, valueText} from './attribute-list.js';
import {eventList} from './span-events.js';
import '../logs/trace-logs.js';

/** What of a resource says where the program ran rather than what it is. */
const OF_PROCESS = /^(process|host|os|telemetry|container|k8s)\./;
const STATUSES = ['unset', 'ok', 'error'];

/** All that is known of a span, or of one that is not there. `params` are those of the URL, which its links keep: with others it has other links. */
class SpanPanel extends TracedElement {
  static properties = {trace: {attribute: false}, node: {attribute: false}, traceId: {attribute: false}, params: {attribute: false}};

  render() {
    const {node} = this;
    return html`
      <header>
        <div class="panel-title">
          <span class="service ${node.span ? `series-${seriesOf(node.service)}` : 'is-gap'}"><bdi class="clip" title=${node.service}>${node.span ? node.service : 'not here'}</bdi></span>
          <h2 title=${node.operation}>${node.isError ? html`<b class="error-mark" title="Error">!</b> ` : nothing}<bdi>${node.span ? node.operation || '(no name)' : `Missing span`}</bdi></h2>
        </div>
        <button class="button spread" title="Show the time of the span (z)" @click=${() => showRange(around(node), this.trace)}>Zoom</button>
        <button class="button plain" aria-label="Close the details" title="Close (Esc)" @click=${() => select(null)}>✕</button>
      </header>
      <div class="panel-content">${node.span ? this.#span(node) : this.#gap(node)}</div>`;
  }

  #gap(node) {
    return html`
      <dl class="span-facts">${this.#id('Span id', node.id)}</dl>
      <p>${plural(node.children.length, 'span names', 'spans name')} this span as parent, and it is not here: it may still be on its way, its service may have been killed before it
        was sent, or head sampling left it out. What is drawn is the time of the spans below it.</p>
      ${this.#children(node)}`;
  }

  #span(node) {
    const {span} = node;
    const length = node.to - node.from;
    const own = this.trace.own[node.index];
    const onPath = criticalTime(this.trace, node);
    const process = span.resource.filter(({key}) => OF_PROCESS.test(key));
    const resource = span.resource.filter(({key}) => !OF_PROCESS.test(key));
    return html`
      <dl class="span-facts">
        <div><dt>Duration</dt><dd><b title="${count(span.end - span.start)} ns">${duration(length)}</b> <span class="soft">${share(length / Math.max(1, this.trace.duration))} of the trace</span>${span.end < span.start ? html` <span class="noted">ends before it starts</span>` : nothing}</dd></div>
        <div><dt>Self time</dt><dd><span title="${count(own)} ns">${duration(own)}</span> <span class="soft">${share(own / Math.max(1, length))} of the span</span></dd></div>
        ${onPath > 0 ? html`<div><dt>Critical path</dt><dd><span title="${count(onPath)} ns">${duration(onPath)}</span> <span class="soft">${share(onPath / Math.max(1, this.trace.main.to - this.trace.main.from))} of it</span></dd></div>` : nothing}
        <div><dt>Start</dt><dd>+${duration(node.from)} <span class="soft">${dateTime(span.start)}</span></dd></div>
        ${startsEarlyBy(node) > 0 ? html`<div><dt></dt><dd class="noted">△ ${duration(startsEarlyBy(node))} before its parent: their clocks differ</dd></div>` : nothing}
        <div><dt></dt><dd><code class="soft">${exactTime(span.start)}</code>${copyButton(exactTime(span.start), 'start')}</dd></div>
        <div><dt>Status</dt><dd>${span.isError ? html`<span class="failed">error</span>` : STATUSES[span.code] ?? String(span.code)}${span.message ? html` <span class="status-message">${valueText(span.message)}</span>` : nothing}</dd></div>
        <div><dt>Kind</dt><dd>${KINDS[span.kind] ?? String(span.kind)}</dd></div>
        ${this.#id('Span id', span.id)}
        ${node.parent ? html`<div><dt>Parent</dt><dd><a href=${linkWith({span: node.parent.id})}><bdi>${node.parent.span ? `${node.parent.service} ${node.parent.operation}` : `missing span ${node.parent.id}`}</bdi></a></dd></div>` : nothing}
        ${span.traceState ? html`<div><dt>Trace state</dt><dd>${valueText(span.traceState)}</dd></div>` : nothing}
      </dl>
      ${section('Attributes', span.attributes.length, () => attributeList(span.attributes, {isSearched: true}), {dropped: span.dropped.attributes})}
      ${section('Events', span.events.length, () => eventList(span), {dropped: span.dropped.events})}
      ${section('Links', span.links.length, () => links(span.links), {dropped: span.dropped.links})}
      <section class="panel-section"><traced-trace-logs .trace=${this.trace} .traceId=${this.traceId} .spanId=${span.id} .since=${span.start}></traced-trace-logs></section>
      ${this.#children(node)}
      ${section('Resource', resource.length, () => attributeList(resource, {isSearched: true}))}
      ${section('Process', process.length, () => attributeList(process, {isSearched: true}))}
      ${span.scope.name ? section('Scope', 1, () => html`<p class="scope"><bdi>${span.scope.name}</bdi> <span class="soft">${span.scope.version}</span></p>${span.scope.attributes ? attributeList(span.scope.attributes) : nothing}`, {isCounted: false}) : nothing}`;
  }

  #id(name, id) {
    return html`<div><dt>${name}</dt><dd><code>${id}</code>${copyButton(id, 'span id')}</dd></div>`;
  }

  #children(node) {
    return section('Children', node.children.length, () => html`<ul class="children">${node.children.slice(0, CHILDREN).map(child => html`
      <li><a href=${linkWith({span: child.id})}><span class="service series-${seriesOf(child.service)}"><bdi class="clip">${child.service}</bdi></span> <bdi class="clip">${child.operation}</bdi></a>${child.isError ? html` <b class="error-mark">!</b>` : nothing}<span class="number soft">${duration(child.to - child.from)}</span></li>`)}
      ${node.children.length > CHILDREN ? html`<li class="soft">and ${count(node.children.length - CHILDREN)} more</li>` : nothing}</ul>`, {isOpen: node.span === null});
  }
}

const CHILDREN = 50;

function section(title, total, content, {isOpen = true, isCounted = true, dropped = 0} = {}) {
  return total + dropped === 0 ? nothing : html`
    <details class="panel-section" ?open=${isOpen}>
      <summary><h3>${title}</h3>${isCounted ? html` <span class="soft">${count(total)}</span>` : nothing}${dropped > 0 ? html` <span class="noted">and ${count(dropped)} that the SDK dropped</span>` : nothing}</summary>
      ${content()}
    </details>`;
}

function links(all) {
  return html`<ul class="links">${all.map(link => html`
    <li>${link.traceId
      ? html`<a class="mono" href=${href(['trace', link.traceId], {span: link.spanId ?? null})} title="The linked span">${link.traceId}${link.spanId ? html` <span class="soft">span ${link.spanId}</span>` : nothing}</a>`
      : html`<span class="soft">a link without a trace id</span>`}
      ${link.attributes ? attributeList(link.attributes) : nothing}</li>`)}</ul>`;
}

customElements.define('traced-span-panel', SpanPanel);
