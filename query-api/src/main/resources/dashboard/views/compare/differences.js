import {changed} from '../../state/route.js';

/**
 * What /compare found, grouped and in words.
 *
 * @typedef {{scope: string, service: string | null, key: string, value: string, selected: {traces: number, share: number},
 *     rest: {traces: number, share: number}, difference: number}} Difference
 * @typedef {{kind: string, title: string, joint: string, service: string | null, isMixed: boolean, rows: Difference[]}} Group
 */

/**
 * The differences by what they are of, in the order of the first of each, but that of the {@link foremost} before all; what the selection has more of comes before what it lacks. Of one
 * key some values may be of one service and some of another: the group then has none, and `isMixed`.
 *
 * @param {Difference[]} differences those that tell most first
 * @returns {Group[]}
 */
export function groupsOf(differences) {
  const groups = new Map();
  const first = foremost(differences);
  for (const row of first ? [first, ...differences.filter(row => row !== first)] : []) {
    const key = JSON.stringify([row.scope, row.key]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map(rows => {
    const isMixed = rows.some(({service}) => service !== rows[0].service);
    return {
      ...nameOf(rows[0]),
      ...(isMixed ? {service: null} : {}),
      isMixed,
      rows: [...rows.filter(isMore), ...rows.filter(row => !isMore(row))],
    };
  });
}

/**
 * Those that as many of the selected and as many of the rest have are of the same traces, as a rule: all that a service is and does, for
 * example, of those that went through it. The first stands for all of them, which it has as `alike`.
 *
 * @param {Difference[]} differences those that tell most first
 * @returns {(Difference & {alike: Difference[]})[]}
 */
export function folded(differences) {
  const heads = new Map();
  for (const row of differences) {
    const key = JSON.stringify([row.selected, row.rest]);
    const head = heads.get(key);
    if (head) {
      head.alike.push(row);
    } else {
      heads.set(key, {...row, alike: []});
    }
  }
  return [...heads.values()];
}

/** The one to say first: what the selection has more of is understood at once. */
export function foremost(differences) {
  return differences.find(isMore) ?? differences[0];
}

function isMore({difference}) {
  return difference > 0;
}

/**
 * What a row is of, in the words of a heading: `tag` card.brand `on` payment, `operation of` checkout, `resource` cloud.region.
 *
 * @returns {{kind: string, title: string, joint: string, service: string | null}} `service`: on whose spans it is, if that is known
 */
export function nameOf({scope, service, key}) {
  switch (scope) {
    case 'service': return {kind: 'service', title: '', joint: '', service: null};
    case 'operation': return {kind: 'operation', title: '', joint: 'of', service: key};
    case 'status': return {kind: 'status', title: '', joint: 'of', service};
    case 'kind': return {kind: 'kind of span', title: '', joint: 'of', service};
    case 'resource': return {kind: 'resource', title: key, joint: 'of', service};
    default: return {kind: 'tag', title: key, joint: 'on', service};
  }
}

/**
 * Whether a row only says again what was selected: traces that were chosen for their errors have spans with errors.
 *
 * @param {Difference} row
 * @param {[string, string][]} selection pairs of a condition and its value
 */
export function isGiven({scope, key, value}, selection) {
  return selection.some(([name, wanted]) =>
    name === 'status' ? scope === 'status'
      : name === 'service' ? scope === 'service' && value === wanted
        : name === 'operation' ? scope === 'operation' && value === wanted
          : name === 'tag' && (scope === 'span' || scope === 'resource') && wanted.startsWith(`${key}:`));
}

/** A row as `card.brand = amex`, `payment`, `POST /pay`. */
export function sayingOf({scope, key, value}) {
  return scope === 'span' || scope === 'resource' ? `${key} = ${value}` : scope === 'status' || scope === 'kind' ? `${scope} ${value}` : value;
}

/**
 * The conditions of a filter that find the traces of a row; null where no filter can say it.
 *
 * @returns {Record<string, string> | null}
 */
export function conditionOf({scope, service, key, value}) {
  switch (scope) {
    case 'service': return {service: value};
    case 'operation': return {service: key, operation: value};
    case 'status': return service === null ? {status: value} : {service, status: value};
    case 'span':
    case 'resource': return key === '' || key.includes(':') ? null : {tag: `${key}:${value}`};
    default: return null;
  }
}

/**
 * The page's parameters with a condition more, of the whole page or (`prefix` selected_) of the selection. A tag joins the others, of the rest there is one each.
 *
 * @param {URLSearchParams} params
 */
export function withCondition(params, condition, prefix = '') {
  const changes = {};
  for (const [name, value] of Object.entries(condition)) {
    changes[prefix + name] = name === 'tag' ? [...new Set([...params.getAll(prefix + name), value])] : value;
  }
  if ('service' in condition && !('operation' in condition) && params.get(prefix + 'service') !== condition.service) {
    changes[prefix + 'operation'] = null;
  }
  return changed(params, changes);
}

/** Which conditions of the page a condition would take the place of: a filter has one service and one operation. */
export function replaced(params, condition) {
  return ['service', 'operation', 'status'].filter(name => name in condition && params.has(name) && params.get(name) !== condition[name]);
}
