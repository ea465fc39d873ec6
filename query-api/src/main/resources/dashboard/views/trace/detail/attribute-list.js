import {html, nothing} from 'lit';
import {copyButton} from '../../../ui/copy.js';
import {FILTER} from '../../../ui/icons.js';
import {href} from '../../../state/route.js';
import {count} from '../../../model/format.js';
import {attributeTexts} from '../model/attribute-text.js';

/** A longer value is shown by its beginning until somebody opens it. */
const LONG = 160;

/** A tag that is asked for may have so many characters. */
const LONGEST_TAG = 2_048;

/**
 * Attributes by name: each can be copied and, where the backend searches by it, be looked for in all traces.
 *
 * @param {import('../model/otlp-spans.js').KeyValue[]} attributes
 * @param {{isSearched?: boolean}} options
 */
export function attributeList(attributes, {isSearched = false} = {}) {
  return html`<dl class="attributes">${attributeTexts(attributes).map(({key, text}) => html`
    <div>
      <dt title=${key}><bdi>${key}</bdi></dt>
      <dd>${valueText(text)}<span class="attribute-actions">${isSearched && canBeAsked(key, text) ? filterLink(key, text) : nothing}${copyButton(text, `the value of ${key}`)}</span></dd>
    </div>`)}</dl>`;
}

/** A tag is asked for as `key:value`: with a colon in its key it would be another one. */
function canBeAsked(key, text) {
  return key !== '' && !key.includes(':') && key.length + 1 + text.length <= LONGEST_TAG;
}

function filterLink(key, text) {
  const params = key === 'service.name' ? {service: text} : {tag: `${key}:${text}`};
  return html`<a class="button plain filter" href=${href(['traces'], params)} title="Traces with this value" aria-label="Traces with this value of ${key}">${FILTER}</a>`;
}

/** A value as text, whatever it is; what is longer than `long` by its beginning. */
export function valueText(text, long = LONG) {
  if (text === '') {
    return html`<span class="soft">empty</span>`;
  }
  if (text.length <= long) {
    return html`<bdi>${text}</bdi>`;
  }
  return html`<details class="long"><summary><bdi>${text.slice(0, long)}</bdi><span class="soft"> … all ${count(text.length)} characters</span></summary><bdi>${text}</bdi></details>`;
}
