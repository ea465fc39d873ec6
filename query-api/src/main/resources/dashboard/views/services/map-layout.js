import {partsOf, withoutCycles} from './map-graph.js';
import {layersOf} from './map-layers.js';

/** Sizes in pixels. */
export const NODE = {width: 150, height: 42};
const BETWEEN_LAYERS = 152;
const BETWEEN_NODES = 18;
const PASS_HEIGHT = 12;
const BETWEEN_PARTS = 28;
const MARGIN = 8;
const PORT_GAP = 9;
const ROUNDS = 6;

/**
 * Where everything of the map stands, callers to the left of what they call. The same graph gives the same drawing.
 *
 * @typedef {{x: number, y: number}} Point
 * @typedef {{width: number, height: number, nodes: {name: string, x: number, y: number}[],
 *     edges: {call: object, points: Point[]}[]}} Layout `points`: from the caller to the callee, straight through each second pair
 * @param {import('./map-graph.js').Graph} graph
 * @returns {Layout}
 */
export function layoutOf(graph) {
  const edges = withoutCycles(graph);
  const parts = partsOf(graph);
  const laid = parts.filter(names => names.length > 1).map(names => {
    const own = new Set(names);
    return layPart(names, edges.filter(({from}) => own.has(from)));
  });
  const singles = parts.filter(names => names.length === 1).flat();
  const layout = {width: 0, height: MARGIN, nodes: [], edges: []};
  for (const part of laid) {
    put(layout, part);
  }
  if (singles.length > 0) {
    put(layout, layGrid(singles, layout.width));
  }
  layout.width += 2 * MARGIN;
  layout.height += MARGIN - (parts.length > 0 ? BETWEEN_PARTS : 0);
  return layout;
}

function put(layout, part) {
  const moved = ({x, y, ...more}) => ({...more, x: x + MARGIN, y: y + layout.height});
  layout.nodes.push(...part.nodes.map(moved));
  layout.edges.push(...part.edges.map(edge => ({...edge, points: edge.points.map(moved)})));
  layout.width = Math.max(layout.width, part.width);
  layout.height += part.height + BETWEEN_PARTS;
}

/** Services without calls, in rows as wide as the rest. */
function layGrid(names, width) {
  const step = NODE.width + BETWEEN_NODES;
  const columns = Math.max(2, Math.min(names.length, Math.floor((width + BETWEEN_NODES) / step) || 4));
  const rows = Math.ceil(names.length / columns);
  return {
    width: Math.min(columns, names.length) * step - BETWEEN_NODES,
    height: rows * (NODE.height + BETWEEN_NODES) - BETWEEN_NODES,
    nodes: names.map((name, i) => ({name, x: (i % columns) * step, y: Math.floor(i / columns) * (NODE.height + BETWEEN_NODES)})),
    edges: [],
  };
}

function layPart(names, edges) {
  const {layers, chains} = layersOf(names, edges);
  const places = new Map();
  layers.forEach((layer, rank) => layer.forEach(place => places.set(place.key, {
    name: place.name,
    x: rank * (NODE.width + BETWEEN_LAYERS),
    height: place.name === null ? PASS_HEIGHT : NODE.height,
    middle: 0,
  })));
  settle(layers.map(layer => layer.map(({key}) => places.get(key))), neighboursOf(chains, places));
  const all = [...places.values()];
  const top = Math.min(...all.map(place => place.middle - place.height / 2));
  all.forEach(place => (place.middle -= top));
  return {
    width: layers.length * (NODE.width + BETWEEN_LAYERS) - BETWEEN_LAYERS,
    height: Math.max(...all.map(place => place.middle + place.height / 2)),
    nodes: all.filter(({name}) => name !== null).map(({name, x, middle}) => ({name, x, y: middle - NODE.height / 2})),
    edges: routes(edges, chains.map(chain => chain.map(key => places.get(key)))),
  };
}

function neighboursOf(chains, places) {
  const around = new Map([...places.values()].map(place => [place, {left: [], right: []}]));
  for (const chain of chains) {
    for (let i = 1; i < chain.length; i++) {
      around.get(places.get(chain[i])).left.push(places.get(chain[i - 1]));
      around.get(places.get(chain[i - 1])).right.push(places.get(chain[i]));
    }
  }
  return around;
}

/** Moves each place towards the middle of its neighbours, to the right and back, as far as the order of its layer lets it. */
function settle(layers, around) {
  layers.forEach(layer => stack(layer, layer.map((_, i) => i)));
  for (let round = 0; round < ROUNDS; round++) {
    const isForward = round % 2 === 0;
    for (const layer of isForward ? layers : [...layers].reverse()) {
      stack(layer, layer.map(place => {
        const near = around.get(place)[isForward ? 'left' : 'right'];
        return near.length > 0 ? near.reduce((sum, {middle}) => sum + middle, 0) / near.length : place.middle;
      }));
    }
  }
}

/**
 * As near to the wanted places as the distances allow, by least squares: those that would overlap stand together around the mean of what they
 * want (pool adjacent violators).
 */
function stack(layer, wanted) {
  let offset = 0;
  const offsets = layer.map((place, i) => {
    offset += i === 0 ? 0 : (layer[i - 1].height + place.height) / 2 + BETWEEN_NODES;
    return offset;
  });
  const groups = [];
  wanted.forEach((want, i) => {
    let group = {sum: want - offsets[i], size: 1};
    while (groups.length > 0 && groups.at(-1).sum / groups.at(-1).size > group.sum / group.size) {
      const {sum, size} = groups.pop();
      group = {sum: group.sum + sum, size: group.size + size};
    }
    groups.push(group);
  });
  let i = 0;
  for (const {sum, size} of groups) {
    for (let k = 0; k < size; k++, i++) {
      layer[i].middle = sum / size + offsets[i];
    }
  }
}

/** The points of each edge; those that share a side of a node arrive one below the other, in the order of where they come from. */
function routes(edges, chains) {
  const ports = new Map();
  const port = (place, side, edge, toward) => {
    const key = `${side} ${place.name}`;
    ports.set(key, [...(ports.get(key) ?? []), {edge, toward: toward.middle, place}]);
  };
  chains.forEach((chain, edge) => {
    port(chain[0], 'right', edge, chain[1]);
    port(chain.at(-1), 'left', edge, chain.at(-2));
  });
  const starts = new Map();
  const ends = new Map();
  for (const [key, list] of ports) {
    list.sort((a, b) => a.toward - b.toward || a.edge - b.edge);
    const gap = Math.min(PORT_GAP, (NODE.height - 14) / Math.max(1, list.length - 1));
    list.forEach(({edge, place}, i) =>
      (key.startsWith('right') ? starts : ends).set(edge, place.middle + (i - (list.length - 1) / 2) * gap));
  }
  return edges.map(({call, isBack}, edge) => {
    const chain = chains[edge];
    const points = [{x: chain[0].x + NODE.width, y: starts.get(edge)}];
    for (const {x, middle} of chain.slice(1, -1)) {
      points.push({x, y: middle}, {x: x + NODE.width, y: middle});
    }
    points.push({x: chain.at(-1).x, y: ends.get(edge)});
    return {call, points: isBack ? points.reverse() : points};
  });
}
