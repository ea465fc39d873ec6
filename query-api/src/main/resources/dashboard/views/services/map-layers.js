/**
 * The layers of a layered drawing (Sugiyama): each service stands as far to the right as the longest way to it, a call that spans several
 * layers bends at a place of its own in each, and barycentre sweeps find an order in the layers with few crossings.
 *
 * @typedef {{from: string, to: string}} Edge of a graph without cycles
 * @typedef {{key: string, name: string | null}} Place `name` is null where a long edge passes
 * @typedef {{layers: Place[][], chains: string[][]}} Layers `chains`: for each edge the keys of its places, from left to right
 */
const SWEEPS = 12;

/** @param {string[]} names @param {Edge[]} edges @returns {Layers} */
export function layersOf(names, edges) {
  const ranks = ranksOf(names, edges);
  const layers = Array.from({length: Math.max(...ranks.values()) + 1}, () => []);
  names.forEach(name => layers[ranks.get(name)].push({key: `s${name}`, name}));
  const chains = edges.map(({from, to}, index) => {
    const chain = [`s${from}`];
    for (let rank = ranks.get(from) + 1; rank < ranks.get(to); rank++) {
      const key = `e${index}.${rank}`;
      layers[rank].push({key, name: null});
      chain.push(key);
    }
    return [...chain, `s${to}`];
  });
  return {layers: ordered(layers, chains), chains};
}

/** The longest way from a service that nobody calls; such a one stands right before what it calls. */
export function ranksOf(names, edges) {
  const before = new Map(names.map(name => [name, []]));
  const after = new Map(names.map(name => [name, []]));
  edges.forEach(({from, to}) => {
    before.get(to).push(from);
    after.get(from).push(to);
  });
  const ranks = new Map();
  const rank = name => {
    if (!ranks.has(name)) {
      ranks.set(name, Math.max(-1, ...before.get(name).map(rank)) + 1);
    }
    return ranks.get(name);
  };
  names.forEach(rank);
  for (const name of names) {
    if (before.get(name).length === 0 && after.get(name).length > 0) {
      ranks.set(name, Math.min(...after.get(name).map(next => ranks.get(next))) - 1);
    }
  }
  return ranks;
}

function ordered(layers, chains) {
  const left = new Map();
  const right = new Map();
  for (const chain of chains) {
    for (let i = 1; i < chain.length; i++) {
      push(left, chain[i], chain[i - 1]);
      push(right, chain[i - 1], chain[i]);
    }
  }
  let best = layers;
  let fewest = crossings(layers, right);
  let current = layers;
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    current = swept(current, sweep % 2 === 0 ? left : right, sweep % 2 === 0);
    const found = crossings(current, right);
    if (found < fewest) {
      best = current;
      fewest = found;
    }
  }
  return best;
}

/** Each layer in the order of the means of its neighbours' positions in the layer before; what has no neighbour stays where it is. */
function swept(layers, neighbours, isForward) {
  const next = layers.map(layer => [...layer]);
  const indexes = next.map((_, i) => (isForward ? i : next.length - 1 - i));
  const position = new Map();
  for (const index of indexes) {
    const means = new Map(next[index].map((place, i) => {
      const around = (neighbours.get(place.key) ?? []).map(key => position.get(key));
      return [place, around.length > 0 ? around.reduce((a, b) => a + b, 0) / around.length : i];
    }));
    next[index].sort((a, b) => means.get(a) - means.get(b));
    next[index].forEach((place, i) => position.set(place.key, i));
  }
  return next;
}

/** How many pairs of lines cross. */
export function crossings(layers, right) {
  let found = 0;
  for (let i = 0; i + 1 < layers.length; i++) {
    const position = new Map(layers[i + 1].map((place, at) => [place.key, at]));
    const ends = layers[i].flatMap(place => (right.get(place.key) ?? []).map(key => position.get(key)).sort((a, b) => a - b));
    for (let a = 0; a < ends.length; a++) {
      for (let b = a + 1; b < ends.length; b++) {
        found += ends[b] < ends[a] ? 1 : 0;
      }
    }
  }
  return found;
}

function push(map, key, value) {
  map.set(key, [...(map.get(key) ?? []), value]);
}
