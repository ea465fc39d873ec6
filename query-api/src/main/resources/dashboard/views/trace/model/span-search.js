import {attributeText} from './attribute-text.js';

/**
 * Which spans of a trace have a text somewhere: service, operation, ids, status message, attributes (name, value, or both as in
 * `key=value`), resource, events. Upper and lower case are the same.
 *
 * @param {import('./span-tree.js').Node[]} nodes
 * @param {string} text
 * @returns {import('./span-tree.js').Node[] | null} in the same order; null where nothing is searched for
 */
export function findSpans(nodes, text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) {
    return null;
  }
  const known = new Map();
  return nodes.filter(node => node.id.includes(wanted) || (node.span !== null && has(node.span, wanted, known)));
}

/** The spans of a service, and of one of its operations where that is not null; null where there is no service. */
export function marksOf(nodes, service, operation) {
  return service === null ? null : nodes.filter(node => node.span !== null && node.service === service && (operation === null || node.operation === operation));
}

function has(span, wanted, known) {
  return (
    contains(span.service, wanted) || contains(span.operation, wanted) || contains(span.message, wanted) || contains(span.scope.name ?? '', wanted) ||
    span.attributes.some(attribute => pairHas(attribute, wanted)) ||
    span.events.some(event => contains(event.name ?? '', wanted) || (event.attributes ?? []).some(attribute => pairHas(attribute, wanted))) ||
    resourceHas(span.resource, wanted, known)
  );
}

/** The spans of a service share the resource: it is looked through once. */
function resourceHas(resource, wanted, known) {
  let found = known.get(resource);
  if (found === undefined) {
    found = resource.some(attribute => pairHas(attribute, wanted));
    known.set(resource, found);
  }
  return found;
}

function pairHas({key = '', value}, wanted) {
  return contains(`${key}=${attributeText(value)}`, wanted);
}

function contains(text, wanted) {
  return text.toLowerCase().includes(wanted);
}
