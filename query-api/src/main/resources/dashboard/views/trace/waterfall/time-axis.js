import {html, nothing} from 'lit';
import {styled} from '../../../ui/styled.js';
import {tickText, ticks} from '../model/time-range.js';

/** A mark needs so much room, in pixels. */
const MARK_WIDTH = 96;

/** The head of the waterfall: what is left and what is right, and the times. */
export function axisRow({range, width, hiddenLevels}) {
  const {step, at} = ticks(range, width / MARK_WIDTH);
  return html`
    <div role="row" class="axis" aria-rowindex="1">
      <div role="columnheader" class="axis-name">Service and operation${hiddenLevels > 0 ? html`<span class="soft levels" title="What is further out is not indented for">from level ${hiddenLevels + 1}</span>` : nothing}</div>
      <div role="columnheader" class="axis-time" aria-label="Time">${at.map(each => html`<span class="tick-text" ${styled({left: place(each, range)})}>${tickText(each, step)}</span>`)}</div>
    </div>`;
}

/** The lines of the marks through all rows. */
export function axisLines({range, width}) {
  return html`<div class="axis-lines" aria-hidden="true">${ticks(range, width / MARK_WIDTH).at.map(each => html`<i ${styled({left: place(each, range)})}></i>`)}</div>`;
}

function place(at, range) {
  return `${((at - range.from) / (range.to - range.from)) * 100}%`;
}
