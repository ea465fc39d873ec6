import {change, go} from '../../state/route.js';
import {CONDITIONS, ONCE, SELECTED, TIMES, rangeOf, selectionParams, withoutSelection} from '../../model/trace-filter.js';

/** How the view changes its place: other conditions begin at the first page again. */

export const PAGING = ['cursor', 'page'];
export const FIRST_PAGE = Object.fromEntries(PAGING.map(name => [name, null]));

/**
 * A condition that can be asked for once only takes the place of the one that picked something out: a list has but one of them.
 *
 * @param {Record<string, string | string[] | null>} changes
 */
export function changeFilter(changes) {
  const once = ONCE.filter(name => changes[name] != null);
  change({...Object.fromEntries(once.map(name => [SELECTED + name, null])), ...changes, ...FIRST_PAGE});
}

/** Whether anything is asked for at all, a time included. */
export function hasConditions(params) {
  return [...CONDITIONS, ...TIMES, 'range'].some(name => params.has(name));
}

/** What is picked out becomes the filter. */
export function zoomIn(params) {
  const zoomed = selectionParams(params);
  if (params.has('live')) {
    zoomed.set('live', params.get('live'));
  }
  if (rangeOf(params) && !params.has('after') && !params.has('selected_after')) {
    zoomed.delete('after');
    zoomed.set('range', params.get('range'));
  }
  go(['traces'], zoomed);
}

export function clearSelection() {
  changeFilter(withoutSelection());
}
