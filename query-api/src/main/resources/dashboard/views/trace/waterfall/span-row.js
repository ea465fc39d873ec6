import {html, nothing} from 'lit';
import {styled} from '../../../ui/styled.js';
import {duration, count} from '../../../model/format.js';
import {seriesOf} from '../../../model/service-series.js';
import {startsEarlyBy} from '../model/span-tree.js';

/** Of a level, in pixels. */
export const INDENT = 12;

/** A bar that leaves the part that is shown is cut: numbers of millions of percent are drawn wrongly. To the left it goes on a little. */
const START = -2;
const END = 100;

/** More marks than these on a bar nobody tells apart. */
const EVENTS = 30;

/** The room that a duration takes, in pixels: so much is left beside the times for those of what ends last. */
export const LABEL = 62;

/**
 * A row of the waterfall.
 *
 * @param {import('../model/span-tree.js').Node} node
 * @param {{
 *   place: number, roots: number, top: number, indent: number, range: import('../model/time-range.js').Range, critical: [number, number][] | undefined,
 *   isCollapsed: boolean, isActive: boolean, isSelected: boolean, isMatch: boolean, isCurrent: boolean, isDimmed: boolean
 * }} shown `place` among the rows, `top` in pixels, `indent` in levels
 */
export function spanRow(node, shown) {
  const {span} = node;
  return html`
    <div role="row" class="span-row ${classes(node, shown)}" tabindex=${shown.isActive ? 0 : -1} data-place=${shown.place}
      aria-rowindex=${shown.place + 2} aria-level=${node.level} aria-setsize=${node.parent?.children.length ?? shown.roots} aria-posinset=${node.position}
      aria-expanded=${node.children.length > 0 ? !shown.isCollapsed : nothing} aria-selected=${shown.isSelected} ${styled({transform: `translateY(${shown.top}px)`})}>
      <div role="gridcell" class="span-name">
        <span class="indent" ${styled({width: `${shown.indent * INDENT}px`})}></span>
        ${node.children.length > 0
          ? html`<span class="twist" data-twist title=${shown.isCollapsed ? 'Expand' : 'Collapse'} aria-hidden="true">${shown.isCollapsed ? '▸' : '▾'}</span>`
          : html`<span class="twist"></span>`}
        ${span
          ? html`<span class="swatch series-${seriesOf(node.service)}"></span><span class="span-title" title="${node.service}  ${node.operation}"><bdi class="span-service">${node.service}</bdi><bdi class="span-operation">${node.operation}</bdi></span>`
          : html`<span class="swatch gap"></span><span class="span-title"><span class="span-operation">missing span <span class="mono">${node.id}</span></span></span>`}
        ${node.isError ? html`<span class="error-mark" title="Error">!<span class="only-read-aloud">error</span></span>` : nothing}
        ${shown.isCollapsed ? html`<span class="hidden-count" title=${`${count(node.size - 1)} spans below, ${count(node.errors - (node.isError ? 1 : 0))} errors`}>+${count(node.size - 1)}${node.errors > (node.isError ? 1 : 0) ? html`<b class="failed"> !</b>` : nothing}</span>` : nothing}
      </div>
      <div role="gridcell" class="span-time">${bar(node, shown)}</div>
    </div>`;
}

function classes(node, shown) {
  return [
    node.span ? `series-${seriesOf(node.service)}` : 'is-gap',
    node.isError && 'is-error',
    shown.isSelected && 'is-selected',
    shown.isMatch && 'is-match',
    shown.isCurrent && 'is-current',
    shown.isDimmed && 'is-dimmed',
  ].filter(Boolean).join(' ');
}

function bar(node, {range, critical}) {
  const scale = 100 / (range.to - range.from);
  const text = node.span ? `${startsEarlyBy(node) > 0 ? '△ ' : ''}${duration(node.to - node.from)}` : 'not here';
  if (node.to < range.from || node.from > range.to) {
    return node.to < range.from ? length(`◂ ${text}`, 0, 'is-elsewhere') : length(`${text} ▸`, END, 'is-elsewhere');
  }
  const left = bounded((node.from - range.from) * scale);
  const right = bounded((node.to - range.from) * scale);
  return html`
    <span class="bar" ${styled({left: `${left}%`, width: `${right - left}%`})}></span>
    ${critical?.map(([from, to]) => part('on-path', bounded((from - range.from) * scale), bounded((to - range.from) * scale)))}
    ${node.span?.events.slice(0, EVENTS).map(event => eventTick(event, node, range, scale))}
    ${length(node.to > range.to ? `${text} ▸` : text, right)}`;
}

function eventTick(event, node, range, scale) {
  const at = node.from + Number(BigInt(event.timeUnixNano ?? 0) - node.span.start);
  return at < range.from || at > range.to ? nothing : html`<span class="event-tick ${event.name === 'exception' ? 'is-exception' : ''}" title=${event.name ?? ''} ${styled({left: `${(at - range.from) * scale}%`})}></span>`;
}

function part(name, left, right) {
  return right < 0 || left >= END ? nothing : html`<span class=${name} ${styled({left: `${left}%`, width: `${right - left}%`})}></span>`;
}

/** How long it took, beside the bar, or where that would be. */
function length(text, right, name = '') {
  return html`<span class="length ${name}" ${styled({left: `${Math.max(0, right)}%`})}>${text}</span>`;
}

function bounded(percent) {
  return Math.min(END, Math.max(START, percent));
}
