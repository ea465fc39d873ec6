import {html, nothing} from 'lit';
import {describe, rangeOf, withoutConditions} from '../../model/trace-filter.js';
import {changeFilter} from './place.js';

/** All that the traces are asked for, each with the way to ask for less. */
export function conditions(params) {
  const range = rangeOf(params);
  return [
    ...describe(params),
    ...(range ? [{name: 'range', text: `last ${range}`, without: {range: null}}] : []),
  ];
}

export function conditionChips(params) {
  const all = conditions(params);
  if (all.length === 0) {
    return nothing;
  }
  return html`
    <div class="chips" role="group" aria-label="Conditions">
      ${all.map(({text, without}) => html`
        <span class="chip"><span class="clip" title=${text}>${text}</span><button type="button" aria-label="Without ${text}" title="Take it away" @click=${() => changeFilter(without)}>×</button></span>`)}
      <button type="button" class="button plain" @click=${clearAll}>Clear all</button>
    </div>`;
}

export function clearAll() {
  changeFilter({...withoutConditions(), after: null, before: null, range: null});
}
