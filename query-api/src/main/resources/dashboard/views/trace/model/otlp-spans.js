/**
 * The spans of an OTLP document (`{resourceSpans: [...]}`, 64-bit integers as text), flat, with times as BigInt. What is only shown
 * once somebody asks for it (attributes, events, links) stays as it came.
 *
 * @typedef {{key: string, value: object}} KeyValue as in OTLP's JSON
 * @typedef {{
 *   id: string, parentId: string, service: string, operation: string, kind: number, start: bigint, end: bigint,
 *   isError: boolean, message: string, code: number, traceState: string, attributes: KeyValue[], resource: KeyValue[],
 *   scope: {name?: string, version?: string, attributes?: KeyValue[]}, events: object[], links: object[],
 *   dropped: {attributes: number, events: number, links: number}
 * }} Span ids in lower-case digits, '' for no parent; times in Unix nanoseconds; `dropped` is what the SDK left out
 */
const NONE = Object.freeze([]);
const NO_SCOPE = Object.freeze({});
const ERROR = 2;

/** @returns {Span[]} in the order of the document */
export function readSpans(document) {
  const spans = [];
  for (const {resource, scopeSpans = NONE} of document.resourceSpans ?? NONE) {
    const attributes = keyed(resource?.attributes);
    const service = serviceOf(attributes);
    for (const {scope = NO_SCOPE, spans: raw = NONE} of scopeSpans) {
      raw.forEach(each => spans.push(spanOf(each, service, attributes, scope)));
    }
  }
  return spans;
}

/** JSON of protobuf leaves out a key that is empty. @returns {KeyValue[]} */
function keyed(attributes = NONE) {
  return attributes.every(({key}) => key !== undefined) ? attributes : attributes.map(each => ({...each, key: each.key ?? ''}));
}

function serviceOf(attributes) {
  return attributes.find(attribute => attribute.key === 'service.name')?.value?.stringValue || 'unknown_service';
}

function spanOf(raw, service, resource, scope) {
  const code = raw.status?.code ?? 0;
  return {
    id: (raw.spanId ?? '').toLowerCase(),
    parentId: (raw.parentSpanId ?? '').toLowerCase(),
    service,
    operation: raw.name ?? '',
    kind: raw.kind ?? 0,
    start: BigInt(raw.startTimeUnixNano ?? 0),
    end: BigInt(raw.endTimeUnixNano ?? 0),
    isError: code === ERROR,
    message: raw.status?.message ?? '',
    code,
    traceState: raw.traceState ?? '',
    attributes: keyed(raw.attributes),
    resource,
    scope,
    events: raw.events ?? NONE,
    links: raw.links ?? NONE,
    dropped: {attributes: raw.droppedAttributesCount ?? 0, events: raw.droppedEventsCount ?? 0, links: raw.droppedLinksCount ?? 0},
  };
}

export const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
