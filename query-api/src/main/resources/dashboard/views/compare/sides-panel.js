import {html, nothing} from 'lit';
import {change, href} from '../../state/route.js';
import {SELECTED, TIMES, describe} from '../../model/trace-filter.js';
import {count, duration, plural, share} from '../../model/format.js';
import {isSelection, selectionFilter, selectionOf} from './sides.js';
import './condition-form.js';

/**
 * Both sides in words, with how many they are, and what can be chosen as the selection.
 *
 * @param {URLSearchParams} params of the page
 * @param {URLSearchParams} asked of /compare
 * @param {{selected: {total: number, sampled: number}, rest: {total: number, sampled: number}} | undefined} found
 * @param {{total: number, errors: number, p95_ns: number | null} | undefined} overview of all
 */
export function sidesPanel(params, asked, found, overview) {
  const own = selectionFilter(asked);
  return html`
    <div class="sides">
      <section class="side selected" aria-label="The selection">
        <h2><span class="mark" aria-hidden="true"></span>Selected ${found ? total(found.selected, own && href(['traces'], own)) : nothing}</h2>
        <div class="conditions">${selectionOf(params).length === 0 ? html`<span class="soft">Nothing is selected yet.</span>` : chips(describe(params, SELECTED))}</div>
        <traced-condition-form prefix=${SELECTED} label="Condition of the selection"></traced-condition-form>
      </section>
      <section class="side rest" aria-label="The rest">
        <h2><span class="mark" aria-hidden="true"></span>The rest ${found ? total(found.rest) : nothing}</h2>
        <div class="conditions"><span class="soft">${restWords(params, overview)}</span>${chips(populationWords(params))}</div>
        <traced-condition-form prefix="" label="Condition of all"></traced-condition-form>
      </section>
    </div>`;
}

function restWords(params, overview) {
  const all = overview ? plural(overview.total, 'trace') : 'all traces';
  return populationWords(params).length === 0 ? `of ${all}` : `of ${overview ? all : 'all'} with`;
}

/** The time is shown by its own control. */
function populationWords(params) {
  return describe(params).filter(({name}) => !TIMES.includes(name));
}

function chips(conditions) {
  return conditions.map(({text, without}) => html`
    <span class="chip"><span class="clip" title=${text}>${text}</span><button aria-label="Take away ${text}" title="Take away" @click=${() => change(without)}>×</button></span>`);
}

/** The exact number, and how many of them were looked into. */
function total({total: all, sampled}, link) {
  const text = plural(all, 'trace');
  return html`
    <span class="total">${link && all > 0 ? html`<a href=${link} title="List them">${text}</a>` : text}</span>
    ${all === 0 ? nothing : html`<span class="soft sampled" title=${sampled < all ? 'A sample, drawn by the ids of the traces: the same each time' : 'Shares are exact'}>${
      sampled < all ? `${count(sampled)} of them looked into` : 'all looked into'}</span>`}`;
}

/** Buttons for what is asked most. */
export function choices(params, overview) {
  const p95 = overview?.p95_ns?.toString();
  const errors = isSelection(params, 'status', 'error');
  const slow = p95 !== undefined && isSelection(params, 'min_duration_ns', p95);
  return html`
    <div class="choice" role="group" aria-label="What to compare with the rest">
      <button class="button" aria-pressed=${errors} ?disabled=${!errors && !(overview?.errors > 0)} @click=${() => select({status: 'error'})}
        >Errors${overview ? ` (${share(overview.errors / Math.max(1, overview.total))})` : nothing}</button>
      <button class="button" aria-pressed=${slow} ?disabled=${p95 === undefined} @click=${() => select({min_duration_ns: p95})}
        title="The slowest twentieth of all, by their roots">Slower than p95${p95 === undefined ? nothing : ` (${duration(overview.p95_ns)})`}</button>
    </div>`;

  function select(condition) {
    const before = Object.fromEntries(selectionOf(params).map(([name]) => [SELECTED + name, null]));
    change({...before, ...Object.fromEntries(Object.entries(condition).map(([name, value]) => [SELECTED + name, value]))});
  }
}
