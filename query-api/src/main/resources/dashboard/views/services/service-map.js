import {html, nothing, svg} from 'lit';
import {TracedElement} from '../../ui/element.js';
import {changed, href} from '../../state/route.js';
import {duration, named, plural, rate, share} from '../../model/format.js';
import {seriesOf} from '../../model/service-series.js';
import {errorShare, rateOf} from './coverage.js';
import {callsTable, shareOfErrors} from './calls-table.js';
import {callDetail} from './call-detail.js';
import {graphOf} from './map-graph.js';
import {NODE, layoutOf} from './map-layout.js';
import {labelSpots, pathOf} from './map-paths.js';

/** Beyond so many services a map is no longer read; the busiest are shown. */
const MOST = 60;
const CHARACTER = 5.3;

/**
 * Who calls whom, as a map and as a table. Services are links to their pages, calls to their numbers; which call is chosen is in the URL
 * (`caller`, `callee`).
 */
class ServiceMap extends TracedElement {
  static properties = {
    place: {attribute: false},
    services: {attribute: false},
    calls: {attribute: false},
    hrefOf: {attribute: false},
    near: {state: true},
  };

  #drawn;
  #scrolledTo;

  render() {
    const {params} = this.place;
    const drawing = this.#drawing();
    const chosen = params.has('callee')
      ? this.calls.calls.find(({caller, callee}) => caller === params.get('caller') && callee === params.get('callee'))
      : undefined;
    const isAbsent = !chosen && (params.has('caller') || params.has('callee'));
    const text = (params.get('q') ?? '').trim().toLowerCase();
    const listed = this.calls.calls
      .filter(({caller, callee}) => `${caller}\n${callee}`.toLowerCase().includes(text))
      .sort((a, b) => b.calls - a.calls);
    return html`
      ${drawing.hidden > 0 ? html`<p class="notice">The map shows the ${MOST} busiest of ${plural(MOST + drawing.hidden, 'service')}; the table below has all calls.</p>` : nothing}
      ${drawing.nodes.length === 0 ? nothing : html`<div class="map" tabindex="-1" role="group" aria-label="Map of services; the same as a table follows">${this.#svg(drawing, chosen, text)}</div>`}
      <div aria-live="polite">${chosen ? callDetail(chosen, this.calls.coverage, {hrefOf: this.hrefOf, closeHref: this.#callHref(null)}) : isAbsent ? this.#absence(params.get('caller'), params.get('callee')) : nothing}</div>
      ${this.calls.calls.length === 0
        ? html`<p class="none soft">No service has called another in this time.</p>`
        : callsTable(listed, this.calls.coverage, {caption: 'Calls between services', hrefOf: this.hrefOf, chosen, callHref: call => this.#callHref(call)})}`;
  }

  /** A link may be of another time, or of a service that has gone. */
  #absence(caller, callee) {
    const known = new Set([...this.services.rows.map(({name}) => name), ...this.calls.calls.flatMap(call => [call.caller, call.callee])]);
    const gone = [caller, callee].filter(name => name !== null && !known.has(name));
    const why = gone.length > 0
      ? `There is no service ${gone.map(quoted).join(', and none ')} in this time`
      : caller === null || callee === null ? 'The address names only one side of a call' : `${quoted(caller)} has not called ${quoted(callee)} in this time`;
    return html`<p class="notice">${why}. <a class="button" href=${this.#callHref(null)}>Close</a></p>`;
  }

  updated() {
    this.#showChosen();
  }

  /** A call that was chosen in the table, or came with the URL, may be beside what the box shows. */
  #showChosen() {
    const line = this.querySelector('.map .call[aria-current]');
    const key = line?.getAttribute('href');
    if (key !== this.#scrolledTo) {
      this.#scrolledTo = key;
      line?.scrollIntoView({block: 'nearest', inline: 'center'});
    }
  }

  /** The layout is computed anew only for new answers. */
  #drawing() {
    if (this.#drawn?.services !== this.services || this.#drawn?.calls !== this.calls) {
      const graph = graphOf(this.services.rows, this.calls.calls, MOST);
      const layout = layoutOf(graph);
      const known = new Map(graph.nodes.map(node => [node.name, node]));
      const edges = layout.edges.map(edge => ({...edge, text: labelOf(edge.call, this.calls.coverage)}));
      const busiest = Math.max(...graph.calls.map(({calls}) => calls), 1);
      const spots = labelSpots(edges.map(({points, text}) => ({points, width: text.length * CHARACTER + 4})),
        layout.nodes.map(({x, y}) => ({left: x, right: x + NODE.width, top: y, bottom: y + NODE.height})));
      this.#drawn = {
        services: this.services,
        calls: this.calls,
        hidden: graph.hidden,
        width: layout.width,
        height: layout.height,
        nodes: layout.nodes.map(place => ({...place, service: known.get(place.name)})),
        edges: edges.map((edge, i) => ({...edge, path: pathOf(edge.points), spot: spots[i], thickness: thickness(edge.call.calls, busiest)})),
      };
    }
    return this.#drawn;
  }

  #svg({width, height, nodes, edges}, chosen, text) {
    const marked = this.near ? ({caller, callee}) => caller === this.near || callee === this.near : chosen ? call => call === chosen : null;
    const beside = this.near || chosen
      ? new Set(edges.filter(({call}) => marked(call)).flatMap(({call}) => [call.caller, call.callee]).concat(this.near ?? []))
      : text ? new Set(nodes.map(({name}) => name).filter(name => name.toLowerCase().includes(text))) : null;
    const drawn = edges.map(edge => ({...edge, isMarked: marked?.(edge.call) ?? false}));
    const isDim = edge => marked ? !edge.isMarked : beside ? !beside.has(edge.call.caller) && !beside.has(edge.call.callee) : false;
    return html`<svg width=${width} height=${height} viewBox="0 0 ${width} ${height}">
      ${drawn.map(edge => this.#edge(edge, isDim(edge), chosen))}
      ${drawn.map(edge => (edge.isMarked || (edge.spot && !isDim(edge)) ? edgeLabel(edge) : nothing))}
      ${nodes.map(node => this.#node(node, beside !== null && !beside.has(node.name)))}
    </svg>`;
  }

  #edge({call, path, points, thickness, isMarked}, isDim, chosen) {
    const {x, y} = points.at(-1);
    const way = Math.sign(x - points.at(-2).x);
    const {coverage} = this.calls;
    const words = `${named(call.caller)} calls ${named(call.callee)}: ${rate(rateOf(call.calls, coverage.seconds))}, ${share(shareOfErrors(call))} errors, p95 ${duration(call.p95_ms * 1e6)}`;
    return svg`
      <a class="call ${errorClass(shareOfErrors(call))} ${isDim ? 'dim' : ''} ${isMarked ? 'marked' : ''}" href=${this.#callHref(call)} aria-label=${words}
        aria-current=${call === chosen ? 'true' : nothing}>
        <title>${words}</title>
        <path class="target" d=${path}></path>
        <path class="line" d=${path} stroke-width=${thickness}></path>
        <path class="head" d="M${x},${y} l${-8 * way},${-3 - thickness / 2} v${6 + thickness}z"></path>
      </a>`;
  }

  #node({name, x, y, service}, isDim) {
    const {coverage} = this.services;
    const wrong = errorShare(service);
    return svg`
      <foreignObject x=${x} y=${y} width=${NODE.width} height=${NODE.height}>
        ${html`<a class="node series-${seriesOf(name)} ${isDim ? 'dim' : ''} ${errorClass(wrong)}" href=${this.hrefOf(name)} title=${name}
          @mouseenter=${() => (this.near = name)} @mouseleave=${() => (this.near = undefined)}
          @focus=${() => (this.near = name)} @blur=${() => (this.near = undefined)}>
          <span class="service series-${seriesOf(name)}"><span class="clip">${named(name)}</span></span>
          <span class="numbers">${rate(rateOf(service.spans, coverage.seconds))}${wrong > 0 ? html`<span class="failed" title="Spans with errors">! ${share(wrong)}</span>` : nothing}</span>
        </a>`}
      </foreignObject>`;
  }

  #callHref(call) {
    const {path, params} = this.place;
    return href(path, changed(params, {caller: call?.caller ?? null, callee: call?.callee ?? null}));
  }
}

function edgeLabel({text, spot, points, call, isMarked}) {
  const {x, y} = spot ?? {x: (points[0].x + points[1].x) / 2, y: (points[0].y + points[1].y) / 2};
  return svg`<text class="call-label ${isMarked ? 'marked' : ''} ${call.errors > 0 ? 'wrong' : ''}" x=${x} y=${y + 3.5} aria-hidden="true">${text}</text>`;
}

function labelOf(call, coverage) {
  const wrong = shareOfErrors(call);
  return `${rate(rateOf(call.calls, coverage.seconds))} · ${duration(call.p95_ms * 1e6)}${wrong > 0 ? ` · !${share(wrong)}` : ''}`;
}

function quoted(name) {
  return `“${named(name)}”`;
}

function errorClass(wrong) {
  return wrong >= 0.05 ? 'many-errors' : wrong >= 0.01 ? 'some-errors' : '';
}

/** From 1 to 5 pixels by the root of the calls, so that a hundredth is still seen. */
function thickness(calls, busiest) {
  return Math.round((1 + 4 * Math.sqrt(calls / busiest)) * 10) / 10;
}

customElements.define('traced-service-map', ServiceMap);
