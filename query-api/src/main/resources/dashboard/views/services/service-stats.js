import {getJson} from '../../api/client.js';
import {nowNanos} from '../../model/time.js';
import {coverageOf, slotsOf} from './coverage.js';

/**
 * What the API has counted of services, each answer with the time it is exact for as `coverage`.
 *
 * @typedef {{traces: number, spans: number, errors: number, duration_ms: {avg: number, p50: number, p95: number, p99: number}}} Counts
 */

/** @returns {Promise<{coverage: Coverage, complete: boolean, rows: (Counts & {name: string})[]}>} */
export async function services(signal, times) {
  return rows(await getJson('services', times, {signal}), 'services', 'service');
}

/** The same of the operations of a service. */
export async function operations(signal, service, times) {
  return rows(await getJson(`services/${encodeURIComponent(service)}/operations`, times, {signal}), 'operations', 'operation');
}

/** @returns {Promise<Counts & {coverage: Coverage, complete: boolean, step_seconds: number, slots: Slot[]}>} */
export async function series(signal, {service, operation}, times) {
  const params = new URLSearchParams(times);
  params.set('service', service);
  if (operation !== undefined) {
    params.set('operation', operation);
  }
  const answer = await getJson('stats', params, {signal});
  const now = nowNanos();
  return {...answer, coverage: coverageOf(answer, now), slots: slotsOf(answer, now)};
}

/** What 95 of 100 traces of it took at most, from their root's start to its end, in nanoseconds; null where there are none. */
export async function slowTraces(signal, subject, times) {
  const params = new URLSearchParams({...Object.fromEntries(new URLSearchParams(times)), ...subject, steps: '2'});
  return (await getJson('traces/overview', params, {signal})).p95_ns;
}

/** @returns {Promise<{coverage: Coverage, complete: boolean, calls: Call[]}>} see {@link Call} of map-graph.js */
export async function calls(signal, times) {
  const answer = await getJson('dependencies', times, {signal});
  return {coverage: coverageOf(answer, nowNanos()), complete: answer.complete, calls: answer.dependencies};
}

function rows(answer, list, name) {
  return {
    coverage: coverageOf(answer, nowNanos()),
    complete: answer.complete,
    rows: answer[list].map(line => ({...line, name: line[name]})),
  };
}
