import {getJson} from '../../api/client.js';
import {nanos, nowNanos} from '../../model/time.js';

const STEPS = '80';

/** So many traces are shown as a dot each; of more, how many there are. */
export const MOST_DOTS = 1_000;

/**
 * What the charts show: when the traces started and how long they took, and the traces themselves while they are few.
 *
 * Where nothing is said about the start, the window of the backend may be mostly empty; then the time is looked at that the
 * traces are in, in finer steps. They are the same traces: none is earlier.
 *
 * @param {AbortSignal} signal
 * @param {URLSearchParams} params of GET /traces
 * @returns {Promise<{overview: object, traces: object[] | null, now: bigint}>} times of the overview as BigInt
 */
export async function requestOverview(signal, params) {
  let overview = await ask(params, {}, signal);
  for (let closer = 0; closer < 2 && !params.has('after') && isMostlyBefore(overview); closer++) {
    const after = overview.steps.find(step => step.traces > 0).time;
    overview = await ask(params, {after: after.toString()}, signal);
  }
  const now = nowNanos(); // which the answer has told
  const traces = overview.total <= MOST_DOTS ? (await getJson('traces', withMore(params, {limit: String(MOST_DOTS)}), {signal})).traces : null;
  return {overview, traces, now};
}

async function ask(params, more, signal) {
  const overview = await getJson('traces/overview', withMore(params, {steps: STEPS, ...more}), {signal});
  return {
    ...overview,
    after: nanos(overview.after),
    before: nanos(overview.before),
    step_ns: Number(overview.step_ns),
    steps: overview.steps.map(step => ({...step, time: nanos(step.time)})),
  };
}

function withMore(params, more) {
  const asked = new URLSearchParams(params);
  Object.entries(more).forEach(([name, value]) => asked.set(name, value));
  return asked;
}

/** Whether a tenth of the steps or more is before the first trace. */
function isMostlyBefore({steps}) {
  return steps.findIndex(step => step.traces > 0) >= steps.length / 10;
}
