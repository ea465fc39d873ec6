import {html, nothing} from 'lit';
import {TracedElement} from '../../ui/element.js';
import {styled} from '../../ui/styled.js';
import '../../ui/chart.js';
import {plusMillis} from '../../model/time.js';
import {go, href} from '../../state/route.js';
import {BOTTOM, TOP, heatmap, scatter, tableOf} from './latency-drawing.js';
import {LatencyPlane, heatCells} from './latency-plane.js';
import {SIDES} from './overview-charts.js';
import {selectedBounds} from './selection.js';
import {spansOfSteps} from './time-axis.js';

/** So far a pointer moves before it draws a box: less is a click. */
const DRAG_PIXELS = 5;

/**
 * Every trace by when it started and how long it took: a dot each while they are few, otherwise how many there are in each
 * cell. A box that is drawn picks out what is in it: event `picked` has its bounds in the detail, see LatencyPlane.boundsOf.
 */
class LatencyChart extends TracedElement {
  static properties = {
    shown: {attribute: false},
    params: {attribute: false},
  };

  #drawn;
  #plane;
  #option;
  #table;
  #cells = [];
  #hasDrawn = false;
  #handlers = {click: event => this.#click(event)};
  #start;

  willUpdate() {
    if (this.shown && this.shown !== this.#drawn) {
      this.#drawn = this.shown;
      const {overview, traces} = this.shown;
      this.#plane = LatencyPlane.of(overview);
      const steps = spansOfSteps(overview);
      const cells = heatCells(steps, this.#plane);
      const plane = this.#plane;
      this.#option = traces ? () => scatter(overview, traces, plane) : () => heatmap(overview, cells, plane);
      this.#cells = traces ? [] : cells;
      this.#table = tableOf(cells);
    }
  }

  render() {
    return html`
      <header><h2>Durations</h2>${this.#legend()}</header>
      <div class="plot" @pointerdown=${this.#down} @pointermove=${this.#move} @pointerup=${this.#up} @pointercancel=${this.#cancel}>
        <traced-chart label="Durations over time" .option=${this.#option} .table=${this.#table} .handlers=${this.#handlers}></traced-chart>
        <div class="picks" ${styled({inset: `${TOP}px ${SIDES.right}px ${BOTTOM}px ${SIDES.left}px`})}><div class="box" hidden></div></div>
      </div>`;
  }

  #legend() {
    if (!this.shown) {
      return nothing;
    }
    return this.shown.traces
      ? html`<p class="legend soft"><span class="dot"></span> a trace, coloured as its root service <span class="dot-failed"></span> with an error</p>`
      : html`<p class="legend soft">few <span class="scale"></span> many traces <span class="errors-in-cell"></span> some with errors</p>`;
  }

  updated() {
    this.#placeBox();
  }

  /** Shows what is picked out, as long as no other box is being drawn. */
  #placeBox() {
    if (this.#plane && this.params && !this.#start?.isDrawing) {
      const bounds = selectedBounds(this.params);
      this.#show(Object.values(bounds).some(each => each !== null) ? this.#plane.boxOf(bounds) : null);
    }
  }

  #show(box) {
    const element = this.querySelector('.box');
    element.hidden = !box;
    if (box) {
      element.style.inset = [box.top, 1 - box.right, 1 - box.bottom, box.left].map(part => `${100 * part}%`).join(' ');
    }
  }

  #down(event) {
    this.#hasDrawn = false;
    if (event.button === 0 && this.#plane) {
      this.#start = {...this.#partOf(event), pixelX: event.clientX, pixelY: event.clientY, isDrawing: false};
    }
  }

  #move(event) {
    if (!this.#start) {
      return;
    }
    if (!this.#start.isDrawing) {
      if (Math.hypot(event.clientX - this.#start.pixelX, event.clientY - this.#start.pixelY) < DRAG_PIXELS) {
        return;
      }
      this.#start.isDrawing = true;
      event.currentTarget.setPointerCapture(event.pointerId);
    }
    event.preventDefault();
    this.#show(this.#boxTo(event));
  }

  #up(event) {
    const start = this.#start;
    if (start?.isDrawing) {
      const box = this.#boxTo(event);
      this.#hasDrawn = true;
      this.#pick(this.#plane.boundsOf(box));
    }
    this.#start = undefined;
  }

  /** A click on a dot opens the trace, one on a cell picks it out. */
  #click({data, dataIndex, event}) {
    const id = data?.trace?.trace_id;
    const cell = this.#cells[dataIndex];
    if (this.#hasDrawn) {
      return;
    }
    if (cell) {
      const {after} = this.#drawn.overview;
      this.#pick({
        after: plusMillis(after, cell.from),
        before: plusMillis(after, cell.to),
        shortest: BigInt(cell.bucket[0]),
        longest: BigInt(cell.bucket[1]) - 1n,
      });
    } else if (id && (event?.event?.ctrlKey || event?.event?.metaKey)) {
      window.open(href(['trace', id]), '_blank', 'noopener');
    } else if (id) {
      go(['trace', id]);
    }
  }

  #pick(bounds) {
    this.dispatchEvent(new CustomEvent('picked', {detail: bounds}));
  }

  #cancel() {
    this.#start = undefined;
    this.#placeBox();
  }

  #boxTo(event) {
    const {x, y} = this.#partOf(event);
    return {
      left: Math.min(this.#start.x, x),
      right: Math.max(this.#start.x, x),
      top: Math.min(this.#start.y, y),
      bottom: Math.max(this.#start.y, y),
    };
  }

  /** Where in the plot a pointer is, 0..1. */
  #partOf(event) {
    const {left, top, width, height} = this.querySelector('.picks').getBoundingClientRect();
    const within = part => Math.min(1, Math.max(0, part));
    return {x: within((event.clientX - left) / width), y: within((event.clientY - top) / height)};
  }
}

customElements.define('traced-latency-chart', LatencyChart);
