import {html, nothing} from 'lit';
import {TracedElement} from '../../../ui/element.js';
import {styled} from '../../../ui/styled.js';
import {count, duration, plural, share} from '../../../model/format.js';
import {seriesOf} from '../../../model/service-series.js';
import {change} from '../../../state/route.js';
import {linkWith, select} from '../trace-place.js';
import {spanIdHex} from '../model/trace-id.js';
import {MEASURES, flameFrames, frameAt, frameOfNode} from '../model/flame-frames.js';
import {ROW, drawFlame, nameOf} from './flame-drawing.js';

/** The table beside the picture has the widest; a longer one nobody reads. */
const LISTED = 200;
const SAYS = {
  latency: 'Width: time on the critical path, which is what the trace waited for. Spans with the same path are one; what ran beside it is left out.',
  work: 'Width: self time, added up also where spans ran side by side. Spans with the same path are one.',
};

/** Where the time of a trace went, from the root downwards. A click opens the longest span of a frame, a double click shows the frame alone. */
class Flame extends TracedElement {
  static properties = {
    trace: {attribute: false},
    params: {attribute: false},
    selected: {attribute: false},
    matches: {attribute: false},
    hovered: {state: true},
    size: {state: true},
    top: {state: true},
  };

  #layout = {};
  #canvas;
  #scroller;
  #sizes = new ResizeObserver(() => this.#measure());
  #themeChanged = () => this.#draw();

  constructor() {
    super();
    this.size = {width: 0, height: 0};
    this.top = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('themechange', this.#themeChanged);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('themechange', this.#themeChanged);
    this.#sizes.disconnect();
  }

  get #measureName() {
    return MEASURES.includes(this.params.get('measure')) ? this.params.get('measure') : MEASURES[0];
  }

  willUpdate(changes) {
    const measure = this.#measureName;
    if (this.#layout.trace !== this.trace || this.#layout.measure !== measure) {
      const flame = flameFrames(this.trace, measure);
      this.#layout = {trace: this.trace, measure, ...flame, widest: flame.frames.toSorted((a, b) => b.own - a.own).slice(0, LISTED)};
      this.hovered = undefined;
    }
    this.frame = changes.has('selected') || changes.has('params') || changes.has('trace') ? this.selected && frameOfNode(this.#layout, this.selected) : this.frame;
    const alone = this.trace.byId.get(spanIdHex(this.params.get('frame') ?? '') ?? '');
    this.alone = alone && frameOfNode(this.#layout, alone);
  }

  render() {
    const {frames, widest, depth, total} = this.#layout;
    const told = this.hovered ?? this.frame ?? frames[0];
    return html`
      <div class="flame-tools">
        <span class="choice" role="group" aria-label="What the width says">${MEASURES.map(name => html`
          <button class="button" aria-pressed=${name === this.#measureName} @click=${() => change({measure: name === MEASURES[0] ? null : name}, {replace: true})}>${name === 'latency' ? 'Latency' : 'Work'}</button>`)}</span>
        <span class="soft flame-says">${SAYS[this.#measureName]}</span>
        ${this.alone ? html`<span class="chip"><bdi class="clip">${nameOf(this.alone)}</bdi><button aria-label="Show the whole trace" @click=${() => change({frame: null})}>✕</button></span>` : nothing}
      </div>
      <p class="flame-told" role="status">${told ? this.#tell(told, total) : 'Nothing took any time.'}</p>
      <div class="flame-scroller" @scroll=${this.#scrolled}>
        <div ${styled({height: `${depth * ROW}px`})} class="flame-height">
          <canvas aria-hidden="true" @pointermove=${event => (this.hovered = this.#frameAt(event))} @pointerleave=${() => (this.hovered = undefined)}
            @click=${this.#clicked} @dblclick=${this.#doubleClicked}></canvas>
        </div>
      </div>
      ${this.#table(frames, widest, total)}`;
  }

  #tell(frame, total) {
    return html`<span class="service series-${seriesOf(frame.service)}"><bdi class="clip">${frame.isGap ? 'missing span' : frame.service}</bdi></span> <bdi class="clip">${frame.isGap ? frame.longest.id : frame.operation}</bdi>
      <span class="told-numbers"><b>${duration(frame.value)}</b> ${share(frame.value / Math.max(1, total))} · self ${duration(frame.own)} · ${plural(frame.spans, 'span')}${frame.errors > 0 ? html` · <span class="failed">! ${plural(frame.errors, 'error')}</span>` : nothing}</span>`;
  }

  #table(frames, widest, total) {
    return html`
      <details class="flame-table">
        <summary>As a table${frames.length > LISTED ? html` <span class="soft">the ${LISTED} frames with most self time of ${count(frames.length)}</span>` : nothing}</summary>
        <table class="rows">
          <thead><tr><th scope="col">Service</th><th scope="col">Operation</th><th scope="col" class="number">Level</th><th scope="col" class="number">Spans</th><th scope="col" class="number">Self</th><th scope="col" class="number">With all below</th><th scope="col" class="number">Share</th></tr></thead>
          <tbody>${widest.map(frame => html`
            <tr aria-selected=${frame === this.frame}>
              <td><span class="service series-${seriesOf(frame.service)}"><bdi class="clip">${frame.isGap ? 'not here' : frame.service}</bdi></span></td>
              <td><a href=${linkWith({span: frame.longest.id})}><bdi class="clip">${frame.isGap ? `missing span ${frame.longest.id}` : frame.operation || '(no name)'}</bdi></a>${frame.errors > 0 ? html` <b class="error-mark" title=${plural(frame.errors, 'error')}>!</b>` : nothing}</td>
              <td class="number">${frame.depth + 1}</td><td class="number">${count(frame.spans)}</td>
              <td class="number">${duration(frame.own)}</td><td class="number">${duration(frame.value)}</td><td class="number">${share(frame.value / Math.max(1, total))}</td>
            </tr>`)}</tbody>
        </table>
      </details>`;
  }

  firstUpdated() {
    this.#canvas = this.querySelector('canvas');
    this.#scroller = this.querySelector('.flame-scroller');
    this.#sizes.observe(this.#scroller);
    this.#measure();
  }

  updated() {
    this.#draw();
  }

  #measure() {
    this.size = {width: this.#scroller.clientWidth, height: this.#scroller.clientHeight};
  }

  #scrolled() {
    this.top = this.#scroller.scrollTop;
  }

  get #range() {
    return this.alone ? {from: this.alone.at, to: this.alone.at + this.alone.value} : {from: 0, to: this.#layout.total};
  }

  #draw() {
    const {width, height} = this.size;
    if (width === 0 || height === 0) {
      return;
    }
    const ratio = devicePixelRatio;
    if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
      this.#canvas.style.width = `${width}px`;
      this.#canvas.style.height = `${height}px`;
    }
    const context = this.#canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const found = this.matches && new Set([...this.matches].map(node => JSON.stringify([node.service, node.operation])));
    drawFlame(context, this.#layout.frames, {
      ...this.#range,
      top: this.top,
      width,
      height,
      hovered: this.hovered,
      selected: this.frame,
      isMatch: frame => found?.has(JSON.stringify([frame.service, frame.operation])),
    });
  }

  #frameAt(event) {
    const {left, top} = this.#canvas.getBoundingClientRect();
    const {from, to} = this.#range;
    const at = from + ((event.clientX - left) / this.size.width) * (to - from);
    const depth = Math.floor((event.clientY - top + this.top) / ROW);
    return frameAt(this.#layout, at, depth);
  }

  #clicked(event) {
    const frame = this.#frameAt(event);
    if (frame) {
      select(frame.longest);
    }
  }

  #doubleClicked(event) {
    const frame = this.#frameAt(event);
    if (frame) {
      change({frame: frame === this.alone || frame.depth === 0 ? null : frame.longest.id});
    }
  }
}

customElements.define('traced-flame', Flame);
