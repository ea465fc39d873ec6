import {isOfThePage} from './client.js';

const AGAIN_MS = 3_000;

/**
 * A Lit controller that holds the answer to a question. A new question takes the place of one that is still under way; until
 * its answer is here the old one stays, so that nothing flickers. Where the backend is away or restoring it asks again by
 * itself.
 *
 *     #traces = new Loader(this, (signal, params) => getJson('traces', params, {signal}));
 *     willUpdate() { this.#traces.ask(params); }
 *     render() { return this.#traces.value ? ... : stateOf(this.#traces) }
 */
export class Loader {
  /** The newest answer; undefined before the first. */
  value;
  /** @type {Error | undefined} why there is none to the newest question */
  error;
  isLoading = false;
  /** Whether `value` answers the newest question, and not one before it. */
  isAnswered = false;

  #host;
  #load;
  #question;
  #abort = new AbortController();
  #timer;

  /** @param load (signal, ...what was asked) => a promise of the answer */
  constructor(host, load) {
    this.#host = host;
    this.#load = load;
    host.addController(this);
  }

  /** Asks, unless this is what was asked last. */
  ask(...question) {
    const key = JSON.stringify(question, (_name, value) => plain(value));
    if (key !== this.#question?.key) {
      this.#question = {key, question};
      this.isAnswered = false;
      this.again();
    }
  }

  /** Asks the same once more. */
  async again() {
    this.#stop();
    if (!this.#question) {
      return;
    }
    const abort = new AbortController();
    this.#abort = abort;
    this.isLoading = true;
    this.#host.requestUpdate();
    try {
      const value = await this.#load(abort.signal, ...this.#question.question);
      if (!abort.signal.aborted) {
        this.value = value;
        this.error = undefined;
        this.isAnswered = true;
      }
    } catch (error) {
      if (abort.signal.aborted) {
        return;
      }
      this.error = error;
      if (isOfThePage(error)) {
        console.error(error); // where it came about, for whoever mends it
      }
      if (error.kind === 'restoring' || error.kind === 'disconnected') {
        this.#timer = setTimeout(() => this.again(), Math.max(AGAIN_MS, error.retryAfterMs));
      }
    }
    if (!abort.signal.aborted) {
      this.isLoading = false;
      this.#host.requestUpdate();
    }
  }

  /** Forgets question and answer. */
  clear() {
    this.#stop();
    this.#question = undefined;
    this.value = undefined;
    this.error = undefined;
    this.isLoading = false;
    this.isAnswered = false;
  }

  hostDisconnected() {
    this.#stop();
    this.#question = undefined;
  }

  #stop() {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }
}

function plain(value) {
  if (typeof value === 'bigint') {
    return value.toString();
  }
  return value instanceof URLSearchParams ? value.toString() : value;
}
