import {html, nothing} from 'lit';
import {changed, href} from '../../state/route.js';
import {count, plural} from '../../model/format.js';

export const PAGE_SIZE = 100;

/** Which of the pages of the list is shown: the API gives a cursor for the next one; the ways back are those that one came. */
export function pageNumber(params) {
  const number = Number(params.get('page'));
  return params.has('cursor') && Number.isInteger(number) && number > 1 ? number : 1;
}

/** `1–100 of 12,345 traces`. */
export function pageText(params, {traces, total}) {
  const first = (pageNumber(params) - 1) * PAGE_SIZE + 1;
  return traces.length === 0 ? plural(total, 'trace') : `${count(first)}–${count(first + traces.length - 1)} of ${plural(total, 'trace')}`;
}

/**
 * The ways to the other pages.
 *
 * @param {URLSearchParams} params
 * @param {{next_cursor?: string}} answer
 * @param {Map<number, string | null>} cursors of the pages that were shown
 */
export function pageLinks(params, {next_cursor: next}, cursors) {
  const page = pageNumber(params);
  const to = changes => href(['traces'], changed(params, {live: null, ...changes}));
  return html`
    <nav class="pages" aria-label="Pages">
      ${page > 1 ? html`<a class="button" href=${to({cursor: null, page: null})}>Newest</a>
        ${page > 2 && cursors.has(page - 1) ? html`<a class="button" rel="prev" href=${to({cursor: cursors.get(page - 1), page: String(page - 1)})}>Previous ${PAGE_SIZE}</a>` : nothing}` : nothing}
      ${next ? html`<a class="button" rel="next" href=${to({cursor: next, page: String(page + 1)})}>Next ${PAGE_SIZE}</a>` : nothing}
    </nav>`;
}
