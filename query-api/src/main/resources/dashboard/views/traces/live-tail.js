import {url} from '../../api/client.js';
import {parseExact} from '../../api/exact-json.js';
import {CONDITIONS, apiParams} from '../../model/trace-filter.js';
import {nanos} from '../../model/time.js';
import {NewestTraces} from './newest-traces.js';
import {startOf} from './trace-row.js';

const MOST_KEPT = 300;
const AGAIN_MS = 3_000;

/** Rows are rendered no more often than this, however many come. */
const RENDER_MS = 200;

/**
 * A Lit controller that follows the traces as they close, by GET /traces/live, and renders its host a few times a second at most, in a
 * frame. What comes while it is paused waits, as much of it as would be kept anyway.
 *
 * `state` is `off`, `connecting`, `open`, `lost` (it tries again by itself) or `refused`, with the reason in `reason`.
 */
export class LiveTail {
  state = 'off';
  reason = '';
  isPaused = false;
  /** Since it was begun: how many came, and how many of the server's records had expired before they could be sent. */
  received = 0;
  missed = 0;
  /** @type {Date | undefined} */
  since;

  #host;
  #opened;
  #key;
  #params;
  #source;
  #lastId;
  #timer;
  #soon;
  #frame;
  #shownAt = 0;
  #shown = new NewestTraces(MOST_KEPT);
  #waiting = new NewestTraces(MOST_KEPT);
  #arrived = [];
  /** How many of those that arrived since rows were last rendered are not kept any more. */
  #passed = 0;
  #waited = 0;

  /** @param opened called when it begins at now: what is from before can be asked for without a hole in between */
  constructor(host, opened) {
    this.#host = host;
    this.#opened = opened;
    host.addController(this);
  }

  /** Newest first. */
  get traces() {
    return this.#shown.traces;
  }

  /** How many came since it was paused; of more than are kept the newest wait. */
  get waited() {
    return this.#waited;
  }

  get mostKept() {
    return MOST_KEPT;
  }

  /** Follows what these parameters ask for, unless it does already; null ends it. @param {URLSearchParams | null} params */
  follow(params) {
    const key = params && `${apiParams(params, {only: CONDITIONS})} ${params.get('after')} ${params.get('before')}`;
    if (key === this.#key) {
      return;
    }
    this.#stop();
    this.#key = key;
    if (params) {
      this.#params = new URLSearchParams(params);
      this.#connect();
    }
  }

  pause() {
    this.isPaused = true;
    this.#host.requestUpdate();
  }

  resume() {
    this.isPaused = false;
    this.#shown.add([...this.#waiting.traces].reverse());
    this.#waiting.clear();
    this.#waited = 0;
    this.#host.requestUpdate();
  }

  hostDisconnected() {
    this.#stop();
    this.#key = undefined;
  }

  #connect() {
    this.state = 'connecting';
    this.#host.requestUpdate();
    // When the browser comes back by itself it goes on where it was; a source of ours does so only by an id.
    let isFromNow = !this.#lastId;
    const source = new EventSource(this.#address());
    this.#source = source;
    source.onopen = () => {
      this.since ??= new Date();
      this.state = 'open';
      this.#host.requestUpdate();
      if (isFromNow) {
        isFromNow = false;
        this.#opened();
      }
    };
    source.addEventListener('trace_complete', this.#take);
    source.addEventListener('update_trace', this.#take);
    source.addEventListener('gap', event => {
      this.#lastId = event.lastEventId;
      for (const {first, last} of parseExact(event.data).missing) {
        this.missed += Number(last) - Number(first) + 1;
      }
      this.#host.requestUpdate();
    });
    source.onerror = () => {
      if (source.readyState === EventSource.CONNECTING) {
        this.state = 'lost';
        this.#host.requestUpdate();
      } else {
        this.#refused();
      }
    };
  }

  #address() {
    const asked = apiParams(this.#params, {only: CONDITIONS});
    if (this.#lastId) {
      asked.set('last_event_id', this.#lastId);
    }
    return url('traces/live', asked);
  }

  /** The browser has given up, and does not say why: that is in the answer, which is asked for once more. */
  async #refused() {
    this.#source.close();
    const source = this.#source;
    this.state = 'lost';
    this.#host.requestUpdate();
    const refusal = await refusalOf(this.#address());
    if (this.#source !== source) {
      return;
    }
    if (refusal?.status === 400 && this.#lastId) {
      // The topic was made anew, and the id is none of it: it would be refused for ever.
      this.#lastId = undefined;
    } else if (refusal) {
      this.state = 'refused';
      this.reason = refusal.reason;
    }
    this.#timer = setTimeout(() => this.#connect(), AGAIN_MS);
    this.#host.requestUpdate();
  }

  #take = event => {
    this.#lastId = event.lastEventId;
    const trace = parseExact(event.data);
    if (!this.#isInTime(trace)) {
      return;
    }
    this.#arrived.push(trace);
    this.received++;
    if (this.#arrived.length > 2 * MOST_KEPT) {
      // A page that is not shown has no frames.
      this.#arrived.splice(0, MOST_KEPT);
      this.#passed += MOST_KEPT;
    }
    this.#soon ??= setTimeout(() => (this.#frame = requestAnimationFrame(() => this.#show())), this.#shownAt + RENDER_MS - performance.now());
  };

  #show() {
    this.#soon = undefined;
    this.#shownAt = performance.now();
    if (this.isPaused) {
      this.#waited += this.#arrived.length + this.#passed;
    }
    (this.isPaused ? this.#waiting : this.#shown).add(this.#arrived);
    this.#arrived = [];
    this.#passed = 0;
    this.#host.requestUpdate();
  }

  /** The tail knows conditions but no times. */
  #isInTime(trace) {
    const [after, before] = ['after', 'before'].map(name => this.#params.get(name)).map(text => (/^\d{1,19}$/.test(text ?? '') ? nanos(text) : null));
    const start = startOf(trace);
    return (after === null && before === null) || (start !== null && (after === null || start >= after) && (before === null || start < before));
  }

  #stop() {
    this.#source?.close();
    this.#source = undefined;
    clearTimeout(this.#timer);
    clearTimeout(this.#soon);
    cancelAnimationFrame(this.#frame);
    this.#soon = undefined;
    this.#lastId = undefined;
    this.#arrived = [];
    this.#passed = 0;
    this.#shown.clear();
    this.#waiting.clear();
    this.#waited = 0;
    this.isPaused = false;
    this.received = 0;
    this.missed = 0;
    this.since = undefined;
    this.state = 'off';
  }
}

/** Why an address answers with an error; null if it does not, or if nobody is there. @returns {Promise<{status: number, reason: string} | null>} */
async function refusalOf(address) {
  const abort = new AbortController();
  try {
    const response = await fetch(address, {signal: abort.signal});
    if (response.ok) {
      return null;
    }
    const body = await response.json().catch(() => ({}));
    return {status: response.status, reason: body.error ?? `${response.status} ${response.statusText}`};
  } catch {
    return null;
  } finally {
    abort.abort(); // of a stream that was opened after all
  }
}
