import {html, nothing} from 'lit';
import {href} from '../../state/route.js';
import {SELECTED, withoutSelection} from '../../model/trace-filter.js';
import {count, share} from '../../model/format.js';
import {seriesOf} from '../../model/service-series.js';
import {conditionOf, folded, foremost, groupsOf, isGiven, nameOf, replaced, sayingOf, withCondition} from './differences.js';
import {selectionOf} from './sides.js';

/** As many rows has an answer at most. */
const MOST = 500;

/** So many characters are read in a sentence. */
const LONG = 100;

/**
 * The differences, grouped by key: value, both shares as bars and numbers, and what can be done with it.
 *
 * @param {{selected: object, rest: object, differences: import('./differences.js').Difference[], traits_left_out?: true}} answer what /compare answers
 * @param {URLSearchParams} params of the page
 */
export function differenceList(answer, params) {
  return html`${leftOut(answer)}${found(answer, params)}`;
}

/** Said only where it is so. */
function leftOut(answer) {
  return answer.traits_left_out ? html`<p class="notice" role="status">These traces have more than was counted: rare values may be missing here, and shares may be too low. Compare
    fewer traces, such as those of one service or of a shorter time, to have more of it counted.</p>` : nothing;
}

function found(answer, params) {
  const {selected, rest, differences} = answer;
  if (selected.total === 0 || rest.total === 0) {
    return message(selected.total === 0 ? 'No trace is selected' : 'Nothing is left to compare with',
      selected.total === 0 ? 'No trace has all that the selection asks for. Take a condition away, or choose a longer time.' : 'Every trace is selected. Ask for more in the selection, or for less of all.');
  }
  if (differences.length === 0) {
    return message('Nothing differs beyond chance', `Of the ${count(selected.sampled)} selected traces and the ${count(rest.sampled)} others that were looked into, no service, operation, tag or status is on one side more often than chance would have it.`);
  }
  const selection = selectionOf(params);
  const given = folded(differences.filter(row => isGiven(row, selection)));
  const others = folded(differences.filter(row => !isGiven(row, selection)));
  const first = foremost(others);
  return html`
    ${first ? html`<p class="foremost"><strong title=${sayingOf(first)}>${shortened(sayingOf(first))}</strong>${where(first)}: <strong>${share(first.selected.share)}</strong> of the selected traces,
      <strong>${share(first.rest.share)}</strong> of the rest</p>` : nothing}
    ${groupsOf(others).map(group => section(group, answer, params))}
    ${given.length > 0 ? html`<p class="given soft">These follow from what was selected.</p>${groupsOf(given).map(group => section(group, answer, params))}` : nothing}
    ${differences.length >= MOST ? html`<p class="given soft">These are the ${MOST} that tell them apart best.</p>` : nothing}`;
}

function section(group, answer, params) {
  const {kind, title, joint, service, isMixed, rows} = group;
  return html`
    <section class="group" aria-label=${[kind, title, service].filter(Boolean).join(' ')}>
      <h3><span class="kind">${kind}</span>${title ? html`<span class="clip" title=${title}>${title}</span>` : nothing}${service === null ? nothing : html`
        <span class="kind">${joint}</span><span class="service series-${seriesOf(service)}"><span class="clip" title=${service}>${service}</span></span>`}</h3>
      <ul>${rows.map(row => line(row, answer, params, isMixed))}</ul>
    </section>`;
}

/** The numbers after a text are not to be looked for at the end of a page of it. */
function shortened(text) {
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}

function message(title, text) {
  return html`<div class="state"><h2>${title}</h2><p class="soft">${text}</p></div>`;
}

function where(row) {
  const {joint, service} = nameOf(row);
  return service === null ? nothing : html`<span class="soft"> ${joint} ${shortened(service)}</span>`;
}

function line(row, {selected, rest}, params, isMixed) {
  const points = Math.round(row.difference * 100);
  return html`
    <li class=${row.difference > 0 ? 'more' : 'less'}>
      <span class="value"><span class="clip mono" title=${row.value}>${row.value === '' ? '(empty)' : row.value}</span>${isMixed
        ? html`<span class="soft clip">${where(row)}</span>` : nothing}</span>
      <span class="bars">
        ${bar('selected', row.selected, selected.sampled, 'of the selected')}
        ${bar('rest', row.rest, rest.sampled, 'of the rest')}
      </span>
      <span class="difference number" title="Difference of the shares, in percentage points">${row.difference > 0 ? '+' : '−'}${Math.abs(points) || '<1'} pp</span>
      ${actions(row, params)}
      ${row.alike.length > 0 ? alike(row.alike, params) : nothing}
    </li>`;
}

function alike(rows, params) {
  return html`
    <details class="alike">
      <summary title="What as many of the selected and as many of the rest have is of the same traces, as a rule">${rows.length === 1 ? 'one more that' : `${count(rows.length)} more that`} as many have</summary>
      <ul>${rows.map(row => html`<li><span class="soft">${nameOf(row).kind}</span> ${saying(row, params)}${where(row)}</li>`)}</ul>
    </details>`;
}

function saying(row, params) {
  const condition = conditionOf(row);
  const text = html`<span class="mono" title=${sayingOf(row)}>${shortened(sayingOf(row)) || '(empty)'}</span>`;
  return condition ? html`<a href=${href(['compare'], withCondition(params, condition, SELECTED))}>${text}</a>` : text;
}

function bar(side, {traces, share: part}, sampled, words) {
  return html`
    <span class="bar-line ${side}" title="${count(traces)} of ${count(sampled)} traces that were looked into">
      <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width=${Math.max(part * 100, part > 0 ? 0.5 : 0)} height="1"></rect></svg>
      <span><b>${share(part)}</b> ${words}</span>
    </span>`;
}

function actions(row, params) {
  const condition = conditionOf(row);
  if (!condition) {
    return html`<span class="actions"></span>`;
  }
  const list = new URLSearchParams(params);
  Object.keys(withoutSelection()).forEach(name => list.delete(name));
  const lost = replaced(list, condition);
  const {scope, service} = row;
  const note = [
    scope === 'span' && service !== null ? 'on a span of any service' : '',
    scope === 'status' ? 'with any span of this status' : '',
    lost.length > 0 ? `instead of ${lost.map(name => `${name} ${list.get(name)}`).join(', ')}` : '',
  ].filter(Boolean).join(', ');
  return html`
    <span class="actions">
      <a class="button" href=${href(['traces'], withCondition(list, condition))} title="Traces with ${sayingOf(row)}${note ? `, ${note}` : ''}">Traces</a>
      <a class="button" href=${href(['compare'], withCondition(params, condition, SELECTED))} title="Select only those of the selected that have ${sayingOf(row)}">Select</a>
    </span>`;
}
