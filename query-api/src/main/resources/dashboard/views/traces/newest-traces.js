/**
 * The newest of the traces that a live tail has told of, at most so many: a trace that closes again takes the place of what was
 * known of it, and comes on top.
 */
export class NewestTraces {
  /** @type {object[]} newest first */
  traces = [];

  constructor(most) {
    this.most = most;
  }

  /** @param {object[]} arrived in the order in which they came */
  add(arrived) {
    // Of a trace that came twice the newer stays, whatever the order: revisions grow.
    const byId = new Map();
    for (const trace of [...arrived].reverse().concat(this.traces)) {
      const known = byId.get(trace.trace_id);
      if (!known || trace.revision > known.revision) {
        byId.set(trace.trace_id, trace);
      }
    }
    this.traces = [...byId.values()].slice(0, this.most);
  }

  clear() {
    this.traces = [];
  }
}
