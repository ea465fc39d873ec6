import {ONCE, SELECTED, apiParams, selectionParams} from '../../model/trace-filter.js';

/**
 * The two sides of a comparison: of the traces that the page's conditions have, those that the `selected_` ones have too, and the rest.
 */

/**
 * The selection as a filter of its own. /compare takes a condition twice, once for all and once for the selection; a list of traces takes
 * most of them once.
 *
 * @param {URLSearchParams} asked the parameters of /compare
 * @returns {URLSearchParams | null} null where one filter cannot say it: two services, say
 */
export function selectionFilter(asked) {
  const isContrary = ONCE.some(name => asked.has(name) && asked.has(SELECTED + name) && asked.get(name) !== asked.get(SELECTED + name));
  return isContrary || isMixed(asked) ? null : selectionParams(asked);
}

/** An operation is one of the service that is named beside it. */
function isMixed(asked) {
  const pair = prefix => [asked.get(prefix + 'service'), asked.get(prefix + 'operation')];
  const [service, operation] = pair('');
  const [selectedService, selectedOperation] = pair(SELECTED);
  return (operation !== null && service === null && selectedService !== null)
    || (selectedOperation !== null && selectedService === null && service !== null);
}

/** The parameters of the rest's whole: the page's conditions without those of the selection. */
export function populationFilter(asked) {
  return new URLSearchParams([...asked].filter(([name]) => !name.startsWith(SELECTED)));
}

/** The selection that the page has, as pairs without the prefix. @param {URLSearchParams} params of the page */
export function selectionOf(params) {
  return [...params].filter(([name]) => name.startsWith(SELECTED)).map(([name, value]) => [name.slice(SELECTED.length), value]);
}

/** Whether the selection is this one condition and no other. */
export function isSelection(params, name, value) {
  const pairs = selectionOf(params);
  return pairs.length === 1 && pairs[0][0] === name && pairs[0][1] === value;
}

/** What /compare is asked. @param {URLSearchParams} params of the page */
export function comparisonParams(params) {
  return apiParams(params, {selected: true});
}
