import {html} from 'lit';
import {guard} from 'lit/directives/guard.js';
import {repeat} from 'lit/directives/repeat.js';
import {TracedElement} from '../../../ui/element.js';
import {styled} from '../../../ui/styled.js';
import {select, showRange} from '../trace-place.js';
import {panned, zoomed} from '../model/time-range.js';
import {collapsedBelow, placesOf, revealing, shownAt, shownLevel, visibleRows} from '../model/visible-rows.js';
import {axisLines, axisRow} from './time-axis.js';
import {INDENT, LABEL, spanRow} from './span-row.js';
import {rememberedWidth, splitter} from './splitter.js';
import {waterfallKeys} from './waterfall-keys.js';

const ROW = 24;
const AXIS = 28;

/** A turn of the wheel that counts for no more, in pixels. */
const WHEEL = 100;

/** Rows above and below what is seen, so that a quick turn of the wheel finds them there. */
const SPARE = 8;

/** Of the column of names, how much the tree may take. */
const INDENTED_SHARE = 0.4;

/**
 * The spans of a trace, one below the other as they called each other, over the time. Only the rows that are seen are in the page;
 * they are all the same height. What is collapsed is known here only; what is selected and the time that is shown are in the URL.
 */
class Waterfall extends TracedElement {
  static properties = {
    trace: {attribute: false},
    range: {attribute: false},
    selected: {attribute: false},
    matches: {attribute: false},
    current: {attribute: false},
    isMarked: {attribute: false},
    isCriticalShown: {attribute: false},
    collapsed: {state: true},
    active: {state: true},
    names: {state: true},
    first: {state: true},
    height: {state: true},
    width: {state: true},
  };

  #rows = [];
  #places = new Int32Array(0);
  #scroller;
  #revealed;
  #isFocusWanted = false;
  #sizes = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.collapsed = new Set();
    this.names = rememberedWidth();
    this.first = 0;
    this.height = 600;
    this.width = 800;
    waterfallKeys(this);
  }

  get rows() {
    return this.#rows;
  }

  willUpdate(changes) {
    if (changes.has('trace')) {
      this.#carryOver();
    }
    for (const name of ['selected', 'current']) {
      if (changes.has(name) && this[name] && changes.get(name)?.id !== this[name].id) {
        this.active = this[name];
        this.collapsed = revealing(this.collapsed, this.active);
        this.#revealed = this.active;
      }
    }
    if (changes.has('isMarked') && this.isMarked && !this.selected) {
      this.#revealed = this.matches?.values().next().value;
    }
    if (changes.has('trace') || changes.has('collapsed') || this.#rows.length === 0) {
      this.#rows = visibleRows(this.trace.nodes, this.collapsed);
      this.#places = placesOf(this.#rows, this.trace.nodes.length);
    }
    this.active = shownAt(this.#places, this.active ?? this.#rows[0]);
    // Who closes the details from within goes on at the row that they were of.
    this.#isFocusWanted ||= Boolean(changes.get('selected')) && !this.selected && document.activeElement === document.body;
    // The row with the focus may be one that is no longer shown: the focus goes up with `active`.
    this.#isFocusWanted ||= changes.has('collapsed') && (this.#scroller?.contains(document.activeElement) ?? false);
  }

  /** A trace that is read again has new nodes: what was collapsed stays so. */
  #carryOver() {
    const {byId} = this.trace;
    this.collapsed = new Set([...this.collapsed].map(node => byId.get(node.id)).filter(Boolean));
    this.active = this.active && byId.get(this.active.id);
    this.first = Math.min(this.first, this.trace.nodes.length);
  }

  /** A row that leaves at one end comes back at the other as another one: to make rows anew took most of a frame. */
  render() {
    const seen = Math.ceil(this.height / ROW) + 2 * SPARE;
    const first = Math.max(0, Math.min(this.first - SPARE, this.#rows.length - seen));
    const rows = this.#rows.slice(first, first + seen);
    const {base, most} = this.#indents();
    const axis = {range: this.range, width: this.width, hiddenLevels: base};
    return html`
      <div class="scroller" role="treegrid" aria-label="Spans" aria-rowcount=${this.#rows.length + 1} aria-colcount="2" tabindex=${rows.includes(this.active) ? -1 : 0}
        @scroll=${this.#scrolled} @wheel=${this.#wheel} @click=${this.#clicked} @dblclick=${this.#doubleClicked} @focusin=${this.#focused} ${styled({'--names': `${this.names}px`, '--label': `${LABEL}px`})}>
        ${axisRow(axis)}
        <div class="span-rows" role="rowgroup" ${styled({height: `${this.#rows.length * ROW}px`})}>
          ${axisLines(axis)}
          ${repeat(rows, (_, index) => (first + index) % seen, (node, index) => this.#row(node, first + index, Math.min(most, Math.max(0, node.level - 1 - base))))}
        </div>
      </div>
      ${splitter(this)}`;
  }

  /** A row of which nothing changed is not looked at again: most scrolling brings few new ones. */
  #row(node, place, indent) {
    const shown = {
      place,
      indent,
      roots: this.trace.roots.length,
      top: place * ROW,
      range: this.range,
      critical: this.isCriticalShown ? this.trace.critical.get(node) : undefined,
      isCollapsed: this.collapsed.has(node),
      isActive: node === this.active,
      isSelected: node === this.selected,
      isMatch: this.matches?.has(node) ?? false,
      isCurrent: node === this.current,
      isDimmed: this.isMarked && !this.matches?.has(node),
    };
    return guard([node, ...Object.values(shown)], () => spanRow(node, shown));
  }

  /** In a deep trace the rows are indented from the outermost one that is seen. */
  #indents() {
    const most = Math.floor((this.names * INDENTED_SHARE) / INDENT);
    if (this.trace.depth - 1 <= most) {
      return {base: 0, most};
    }
    const seen = this.#rows.slice(this.first, this.first + Math.ceil(this.height / ROW));
    return {base: seen.reduce((least, node) => Math.min(least, node.level), Infinity) - 1, most};
  }

  firstUpdated() {
    this.#scroller = this.querySelector('.scroller');
    this.#sizes.observe(this.#scroller);
    this.#measure();
  }

  updated() {
    if (this.#revealed) {
      const node = shownAt(this.#places, this.#revealed);
      this.#revealed = undefined;
      this.#scrollTo(node);
    }
    // After a jump the row comes with the next update only.
    const row = this.#isFocusWanted && this.querySelector('.span-row[tabindex="0"]');
    if (row) {
      this.#isFocusWanted = false;
      row.focus({preventScroll: true});
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#sizes.disconnect();
  }

  #measure() {
    const wasSeen = this.selected && !this.#isGone(this.selected, 1);
    this.height = this.#scroller.clientHeight - AXIS;
    this.width = Math.max(1, this.#scroller.clientWidth - this.names - LABEL);
    if (wasSeen && this.#isGone(this.selected, 0)) {
      this.#scrollTo(this.selected); // its details, which have opened below, took the room
    }
  }

  #scrolled() {
    this.first = Math.floor(this.#scroller.scrollTop / ROW);
    // The row with the focus may have gone: the table keeps it, and the next key brings the row back.
    if (this.contains(document.activeElement) && document.activeElement.matches('.span-row') && this.#isGone(this.active, SPARE)) {
      this.#scroller.focus({preventScroll: true});
    }
  }

  /** With Ctrl the wheel goes nearer to what is below the pointer; sideways it moves along. */
  #wheel(event) {
    const {left} = this.#scroller.getBoundingClientRect();
    const share = (event.clientX - left - this.names) / this.width;
    const {from, to} = this.range;
    if (event.ctrlKey && share > 0) {
      event.preventDefault();
      showRange(zoomed(this.range, Math.exp(Math.max(-WHEEL, Math.min(WHEEL, event.deltaY)) / (2 * WHEEL)), from + share * (to - from)), this.trace);
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      showRange(panned(this.range, event.deltaX / this.width), this.trace);
    }
  }

  #isGone(node, spare) {
    const place = this.#places[node.index];
    return place < this.first - spare || place >= this.first + Math.floor(this.height / ROW) + spare;
  }

  #scrollTo(node) {
    const place = this.#places[node.index];
    const top = place * ROW;
    const {scrollTop} = this.#scroller;
    if (top < scrollTop || top + ROW > scrollTop + this.height) {
      const isNear = Math.abs(top - scrollTop) < this.height + 2 * ROW;
      const aim = isNear ? (top < scrollTop ? top : top + ROW - this.height) : top - this.height / 3;
      this.#scroller.scrollTop = Math.max(0, Math.round(aim / ROW) * ROW);
      this.first = Math.floor(this.#scroller.scrollTop / ROW);
    }
  }

  #nodeOf(event) {
    const row = event.target.closest?.('.span-row');
    return row ? this.#rows[Number(row.dataset.place)] : undefined;
  }

  #clicked(event) {
    const node = this.#nodeOf(event);
    if (node && event.target.closest('[data-twist]')) {
      this.toggle(node);
    } else if (node && getSelection().isCollapsed) {
      this.active = node;
      select(node);
    }
  }

  #doubleClicked(event) {
    const node = this.#nodeOf(event);
    if (node && !event.target.closest('[data-twist]')) {
      this.toggle(node);
    }
  }

  #focused(event) {
    this.active = this.#nodeOf(event) ?? this.active;
  }

  /** Makes a row the one that keys are about; the details, where they are open, follow. */
  goTo(node) {
    if (!node) {
      return;
    }
    this.collapsed = revealing(this.collapsed, node);
    this.active = node;
    this.#revealed = node;
    this.#isFocusWanted = true;
    this.requestUpdate(); // it may be the active one already, which only lacks the focus
    if (this.selected) {
      select(node);
    }
  }

  /** The row so many rows further down, or the first or last one. */
  rowAt(steps) {
    const place = this.#places[this.active.index] + steps;
    return this.#rows[Math.min(this.#rows.length - 1, Math.max(0, place))];
  }

  pageOfRows() {
    return Math.max(1, Math.floor(this.height / ROW) - 1);
  }

  toggle(node, isCollapsed = !this.collapsed.has(node)) {
    if (node.children.length === 0 || isCollapsed === this.collapsed.has(node)) {
      return;
    }
    const next = new Set(this.collapsed);
    isCollapsed ? next.add(node) : next.delete(node);
    this.collapsed = next;
  }

  collapseAll() {
    this.collapsed = collapsedBelow(this.trace.nodes, 1);
    this.#revealed = this.active;
  }

  expandAll() {
    this.collapsed = new Set();
  }

  /** One level more, or one less. */
  showLevels(step) {
    this.collapsed = collapsedBelow(this.trace.nodes, Math.max(1, shownLevel(this.#rows) + step));
  }

  resize(names) {
    this.names = names;
    this.#measure();
  }
}

customElements.define('traced-waterfall', Waterfall);
