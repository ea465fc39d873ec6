import {ApiError, getJson} from '../../api/client.js';
import {nanos} from '../../model/time.js';
import {traceOf} from './model/trace-model.js';
import {traceIdHex, uuidOf} from './model/trace-id.js';

const AGAIN_MS = 1_000;

/** For how long a trace that is unknown may still be on its way. */
export const PATIENCE_MS = 12_000;

/**
 * A trace that was dropped by tail sampling.
 *
 * @property {string} rule which said so
 * @property {bigint} droppedAt Unix nanoseconds
 */
export class DroppedError extends ApiError {
  constructor(error) {
    super('missing', error.message, error);
    this.rule = error.body?.rule ?? '';
    this.droppedAt = error.body?.dropped_at === undefined ? undefined : nanos(error.body.dropped_at);
  }
}

/**
 * Reads a trace. One that is not known is asked for again for some seconds: a link may be faster than what it leads to.
 *
 * @param {string} id as in the URL: 1..32 digits or a UUID
 * @param {AbortSignal} signal
 * @param {() => void} onWait called each time it was not there
 * @returns {Promise<import('./model/trace-model.js').Trace>}
 * @throws {ApiError | DroppedError}
 */
export async function loadTrace(id, signal, onWait) {
  const hex = traceIdHex(id);
  if (!hex) {
    throw new ApiError('refused', 'A trace id is a UUID, or up to 32 hexadecimal digits.');
  }
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      // 64-bit integers are text in OTLP's JSON, so it is read as it is.
      const {result} = await getJson(`api/v3/traces/${hex}`, {}, {signal, parse: JSON.parse});
      return traceOf(result);
    } catch (error) {
      if (error.status === 410) {
        throw await dropped(hex, signal, error);
      }
      if (error.status !== 404 || performance.now() > until) {
        throw error;
      }
      onWait();
      await pause(AGAIN_MS, signal);
    }
  }
}

/** Rule and time are in the answer of traced's own API only. */
async function dropped(hex, signal, known) {
  try {
    await getJson(`traces/${uuidOf(hex)}`, {}, {signal});
    return known;
  } catch (error) {
    return error.status === 410 ? new DroppedError(error) : known;
  }
}

function pause(millis, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, millis);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, {once: true});
  });
}
