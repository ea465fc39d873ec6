import {html, nothing} from 'lit';
import {duration, exactTime} from '../../../model/format.js';
import {attributeText} from '../model/attribute-text.js';
import {attributeList, valueText} from './attribute-list.js';

const OF_EXCEPTIONS = ['exception.type', 'exception.message', 'exception.stacktrace'];

/** The events of a span, oldest first, by when they were after it began. @param {import('../model/otlp-spans.js').Span} span */
export function eventList(span) {
  const events = span.events.map(event => ({event, time: BigInt(event.timeUnixNano ?? 0)})).sort((a, b) => (a.time < b.time ? -1 : 1));
  return html`<ol class="events">${events.map(({event, time}) => html`
    <li class=${isException(event) ? 'is-exception' : ''}>
      <span class="event-time mono" title=${exactTime(time)}>${offset(time - span.start)}</span>
      <div>
        ${isException(event) ? exception(event) : html`<b><bdi>${event.name}</bdi></b>`}
        ${others(event).length > 0 ? attributeList(others(event)) : nothing}
      </div>
    </li>`)}</ol>`;
}

function isException(event) {
  return event.name === 'exception';
}

function exception(event) {
  const text = name => attributeText(event.attributes?.find(attribute => attribute.key === name)?.value);
  const stack = text('exception.stacktrace');
  return html`
    <b class="failed"><bdi>${text('exception.type') || 'exception'}</bdi></b>
    ${text('exception.message') ? html`<div>${valueText(text('exception.message'))}</div>` : nothing}
    ${stack ? html`<pre class="stack" tabindex="0">${stack}</pre>` : nothing}`;
}

function others(event) {
  const attributes = event.attributes ?? [];
  return isException(event) ? attributes.filter(({key}) => !OF_EXCEPTIONS.includes(key)) : attributes;
}

/** An event that a clock dates before its span is at a negative time. */
function offset(nanos) {
  return `${nanos < 0n ? '−' : '+'}${duration(nanos < 0n ? -nanos : nanos)}`;
}
