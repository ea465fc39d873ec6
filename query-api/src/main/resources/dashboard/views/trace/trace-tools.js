import {html, nothing} from 'lit';
import {count, duration} from '../../model/format.js';
import {change} from '../../state/route.js';
import {VIEWS, linkWith, showRange} from './trace-place.js';
import {wholeRange} from './model/time-range.js';

/** The line between head and views: which view, the search, and what a view has to be set. */
export function traceTools({params, view, range, trace, matches, match, search, go, waterfall}) {
  const isPart = range.from > 0 || range.to < wholeRange(trace.duration).to;
  return html`
    <div class="trace-tools">
      <nav class="choice" aria-label="Views of the trace">${Object.entries(VIEWS).map(([name, title]) => html`
        <a class="button" href=${linkWith({view: name === 'waterfall' ? null : name})} aria-current=${name === view ? 'page' : nothing}>${title}</a>`)}</nav>
      ${view === 'logs' ? nothing : searchField({text: params.get('q') ?? '', matches, match, search, go})}
      ${view === 'waterfall' ? html`
        <button class="button" aria-pressed=${params.get('critical') !== 'off'} title="The critical path: what would have to be faster for the trace to be (c)"
          @click=${() => change({critical: params.get('critical') === 'off' ? null : 'off'}, {replace: true})}>Critical path</button>
        <span class="choice" role="group" aria-label="Levels">
          <button class="button" title="Collapse all ([)" aria-label="Collapse all" @click=${() => waterfall().collapseAll()}>⊟</button>
          <button class="button" title="One level less (o)" aria-label="One level less" @click=${() => waterfall().showLevels(-1)}>−</button>
          <button class="button" title="One level more (p)" aria-label="One level more" @click=${() => waterfall().showLevels(1)}>+</button>
          <button class="button" title="Expand all (])" aria-label="Expand all" @click=${() => waterfall().expandAll()}>⊞</button>
        </span>` : nothing}
      ${isPart && view === 'waterfall' ? html`<span class="chip">${duration(range.to - range.from)} of ${duration(trace.duration)}<button aria-label="Show the whole trace" title="The whole trace (0)" @click=${() => showRange(wholeRange(trace.duration), trace)}>✕</button></span>` : nothing}
      ${params.has('service') && view !== 'logs' ? html`<span class="chip"><bdi class="clip">only ${params.get('service')}${params.has('operation') ? html` · ${params.get('operation')}` : nothing}</bdi><button aria-label="Mark no operation" @click=${() => change({service: null, operation: null})}>✕</button></span>` : nothing}
    </div>`;
}

function searchField({text, matches, match, search, go}) {
  return html`
    <span class="trace-search" role="search" aria-label="Spans of this trace">
      <input class="field" data-search type="search" placeholder="Search spans: name, attribute, id" aria-label="Search the spans of this trace" spellcheck="false" autocomplete="off"
        .value=${text} @input=${event => search(event.target.value)}
        @keydown=${event => {
          if (event.key === 'Enter') {
            event.preventDefault();
            go(event.shiftKey ? -1 : 1);
          } else if (event.key === 'Escape') {
            event.stopPropagation();
            event.target.blur();
          }
        }}>
      <span class="found" role="status">${matches ? (matches.length === 0 ? 'none' : `${match < 0 ? '–' : count(match + 1)} of ${count(matches.length)}`) : nothing}</span>
    </span>`;
}
