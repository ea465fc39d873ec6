/** So many sparklines have a table at most, so many questions are under way at once. */
const MOST = 40;
const AT_ONCE = 3;

/**
 * A Lit controller that loads a series for each of many names, one after the other, in the order in which they are shown: what is not on
 * the screen may never be needed. What is loaded stays until the next question, and of those that are asked for again until the answer.
 */
export class SeriesQueue {
  /** @type {Map<string, any>} what is loaded, by name */
  #values = new Map();
  /** What was loaded to the question before. */
  #before = new Map();
  #host;
  #load;
  #question;
  #waiting = new Set();
  #loading = new Set();
  #asked = new Set();
  #abort = new AbortController();

  /** @param load (signal, name, question) => a promise of its series */
  constructor(host, load) {
    this.#host = host;
    this.#load = load;
    host.addController(this);
  }

  /** The series of a name; the old one while the new one is asked for, and then no more, whether there is one or not. */
  get(name) {
    return this.#values.get(name) ?? (this.#waiting.has(name) || this.#loading.has(name) ? this.#before.get(name) : undefined);
  }

  /** From now on it is this that is asked of each name. */
  ask(question) {
    if (question === this.#question) {
      return;
    }
    this.#stop();
    this.#question = question;
    this.#before = this.#values;
    this.#values = new Map();
  }

  /** This name is shown. */
  want(name) {
    if (!this.#asked.has(name) && this.#asked.size < MOST) {
      this.#asked.add(name);
      this.#waiting.add(name);
      this.#next();
    }
  }

  hostDisconnected() {
    this.#stop();
    this.#question = undefined;
  }

  #stop() {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#waiting.clear();
    this.#loading.clear();
    this.#asked.clear();
  }

  async #next() {
    const [name] = this.#waiting;
    if (name === undefined || this.#loading.size >= AT_ONCE || this.#question === undefined) {
      return;
    }
    this.#waiting.delete(name);
    this.#loading.add(name);
    const {signal} = this.#abort;
    try {
      const value = await this.#load(signal, name, this.#question);
      if (!signal.aborted) {
        this.#values.set(name, value);
      }
    } catch {
      // A row without a sparkline has its numbers still; what is the matter is said by the table's own question.
    }
    if (!signal.aborted) {
      this.#loading.delete(name);
      this.#host.requestUpdate();
      this.#next();
    }
  }
}
