import {html, nothing} from 'lit';
import {TracedElement} from '../../../ui/element.js';
import {styled} from '../../../ui/styled.js';
import {duration} from '../../../model/format.js';
import {showRange} from '../trace-place.js';
import {tickText, ticks, wholeRange} from '../model/time-range.js';
import {drawMinimap} from './minimap-drawing.js';

const MARK_WIDTH = 120;

/** Less than this is a click, in pixels. */
const DRAGGED = 4;
const STEP = 0.01;

/**
 * The whole trace, small, with the part that is shown: drag to choose a part, drag its edges, click beside it to move it there, double click
 * for the whole. The edges are sliders for the keyboard.
 */
class Minimap extends TracedElement {
  static properties = {
    trace: {attribute: false},
    range: {attribute: false},
    drag: {state: true},
    width: {state: true},
  };

  #drawn;
  #sizes = new ResizeObserver(() => (this.width = this.clientWidth));
  #themeChanged = () => {
    this.#drawn = undefined;
    this.requestUpdate();
  };

  connectedCallback() {
    super.connectedCallback();
    this.#sizes.observe(this);
    window.addEventListener('themechange', this.#themeChanged);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#sizes.disconnect();
    window.removeEventListener('themechange', this.#themeChanged);
  }

  render() {
    const whole = wholeRange(this.trace.duration);
    const {step, at} = ticks(whole, (this.width ?? 800) / MARK_WIDTH);
    const shown = this.drag?.kind === 'new' ? ordered(this.drag) : this.range;
    const left = this.#share(shown.from);
    const right = this.#share(shown.to);
    const isPart = left > 0 || right < 1;
    return html`
      <canvas role="img" aria-label="All spans of the trace by time and depth"></canvas>
      <div class="minimap-ticks" aria-hidden="true">${at.map(each => html`<span ${styled({left: percent(this.#share(each))})}>${tickText(each, step)}</span>`)}</div>
      <div class="brush" @pointerdown=${this.#begin} @pointermove=${this.#move} @pointerup=${this.#end} @pointercancel=${() => (this.drag = undefined)}
        @dblclick=${() => showRange(whole, this.trace)} title="Drag to choose a part of the time, double click for all of it">
        ${isPart ? html`<div class="out" ${styled({left: '0%', width: percent(left)})}></div><div class="out" ${styled({left: percent(right), width: percent(1 - right)})}></div>` : nothing}
        ${this.#edge('from', left)}
        ${this.#edge('to', right)}
      </div>`;
  }

  #edge(name, share) {
    return html`<div class="edge ${name}" role="slider" tabindex="0" aria-label=${name === 'from' ? 'Begin of the part that is shown' : 'End of the part that is shown'}
      aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(share * 100)} aria-valuetext=${duration(this.range[name])} data-edge=${name}
      ${styled({left: percent(share)})} @keydown=${event => this.#nudge(event, name)}></div>`;
  }

  updated() {
    const canvas = this.querySelector('canvas');
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    const key = `${width} ${height} ${devicePixelRatio}`;
    if (width === 0 || (this.#drawn?.trace === this.trace && this.#drawn.key === key)) {
      return;
    }
    this.#drawn = {trace: this.trace, key};
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    const context = canvas.getContext('2d');
    context.scale(devicePixelRatio, devicePixelRatio);
    drawMinimap(context, this.trace, width, height);
  }

  #share(at) {
    return at / wholeRange(this.trace.duration).to;
  }

  #at(event) {
    const {left, width} = this.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width)) * wholeRange(this.trace.duration).to;
  }

  #begin(event) {
    if (event.button !== 0) {
      return;
    }
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = this.#at(event);
    const {edge} = event.target.dataset;
    this.drag = edge ? {kind: 'edge', other: this.range[edge === 'from' ? 'to' : 'from']} : {kind: 'new', x: event.clientX, from: at, to: at};
  }

  #move(event) {
    if (!this.drag) {
      return;
    }
    const at = this.#at(event);
    if (this.drag.kind === 'new') {
      this.drag = {...this.drag, to: at};
    } else {
      showRange(ordered({from: this.drag.other, to: at}), this.trace);
    }
  }

  #end(event) {
    const {drag} = this;
    this.drag = undefined;
    if (drag?.kind === 'new') {
      if (Math.abs(event.clientX - drag.x) >= DRAGGED) {
        showRange(ordered(drag), this.trace);
      } else {
        this.#centre(drag.from);
      }
    }
  }

  /** Nothing moves where the point is shown already, so that a double click begins with no jump. */
  #centre(at) {
    const {from, to} = this.range;
    if (at < from || at > to) {
      const half = (to - from) / 2;
      showRange({from: at - half, to: at + half}, this.trace);
    }
  }

  #nudge(event, name) {
    const steps = {ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10}[event.key];
    if (steps) {
      event.preventDefault();
      const moved = {...this.range, [name]: this.range[name] + steps * STEP * wholeRange(this.trace.duration).to};
      showRange(ordered(moved), this.trace);
      if (moved.from > moved.to) {
        // The edge that was moved is the other one now: the next key is to move it on.
        this.querySelector(`.edge.${name === 'from' ? 'to' : 'from'}`).focus();
      }
    }
  }
}

function ordered({from, to}) {
  return from <= to ? {from, to} : {from: to, to: from};
}

function percent(share) {
  return `${share * 100}%`;
}

customElements.define('traced-minimap', Minimap);
