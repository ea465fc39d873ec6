import {html} from 'lit';
import {styled} from '../../../ui/styled.js';

const KEY = 'traced.trace.names';
const LEAST = 120;
const STEP = 16;

/** How wide the column of names is, as this browser last had it. */
export function rememberedWidth() {
  const known = Number(read());
  return known >= LEAST ? fitting(known) : fitting(Math.max(180, Math.min(460, innerWidth * 0.34)));
}

/** The line between names and times: drag it, or move it with the arrows. @param waterfall with `names` in pixels and `resize(names)` */
export function splitter(waterfall) {
  const set = names => {
    const width = fitting(names);
    keep(width);
    waterfall.resize(width);
  };
  return html`
    <div class="splitter" role="separator" aria-orientation="vertical" aria-label="Width of the names" tabindex="0" aria-valuemin=${LEAST} aria-valuenow=${Math.round(waterfall.names)}
      ${styled({left: `${waterfall.names}px`})}
      @pointerdown=${event => event.currentTarget.setPointerCapture(event.pointerId)}
      @pointermove=${event => event.currentTarget.hasPointerCapture(event.pointerId) && set(event.clientX - waterfall.getBoundingClientRect().left)}
      @keydown=${event => {
        const by = {ArrowLeft: -STEP, ArrowRight: STEP}[event.key];
        if (by) {
          event.preventDefault();
          set(waterfall.names + by);
        }
      }}></div>`;
}

function fitting(names) {
  return Math.round(Math.max(LEAST, Math.min(names, innerWidth * 0.7)));
}

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(width) {
  try {
    localStorage.setItem(KEY, String(width));
  } catch {
    // Without storage it holds for this page.
  }
}
