/**
 * The lines of the map's calls, and where on them their labels have room.
 *
 * @typedef {{x: number, y: number}} Point
 */
const LABEL_HEIGHT = 15;
/** From a line to the middle of its label, which no dash shines through there. */
const ABOVE = 9;
/** Where on a curve a label may be, best first. */
const SPOTS = [0.5, 0.62, 0.38, 0.72, 0.28];

/** An SVG path: curves between layers, straight lines through them. @param {Point[]} points */
export function pathOf(points) {
  let path = `M${text(points[0])}`;
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1], points[i]];
    const bend = (to.x - from.x) / 2;
    path += i % 2 === 1
      ? `C${text({x: from.x + bend, y: from.y})} ${text({x: to.x - bend, y: to.y})} ${text(to)}`
      : `L${text(to)}`;
  }
  return path;
}

/**
 * The middle of each label, in the order of the edges; null where all spots are taken, by a node or by a label before it.
 *
 * @param {{points: Point[], width: number}[]} edges `width` of the label
 * @param {{left: number, right: number, top: number, bottom: number}[]} nodes
 * @returns {(Point | null)[]}
 */
export function labelSpots(edges, nodes) {
  const taken = [...nodes];
  return edges.map(({points, width}) => {
    for (const spot of spotsOf(points)) {
      const box = {left: spot.x - width / 2, right: spot.x + width / 2, top: spot.y - LABEL_HEIGHT / 2, bottom: spot.y + LABEL_HEIGHT / 2};
      if (!taken.some(other => overlap(box, other))) {
        taken.push(box);
        return spot;
      }
    }
    return null;
  });
}

/** The spots above each curve, that next to the callee first. */
function spotsOf(points) {
  const curves = [];
  for (let i = points.length - 1; i > 0; i -= 2) {
    curves.push([points[i - 1], points[i]]);
  }
  return curves.flatMap(([from, to]) => SPOTS.map(at => ({x: from.x + (to.x - from.x) * bezier(at, 0.5, 0.5), y: from.y + (to.y - from.y) * bezier(at, 0, 1) - ABOVE})));
}

/** A coordinate of a cubic curve from 0 to 1 by its two middle points. */
function bezier(at, first, second) {
  const rest = 1 - at;
  return 3 * rest * rest * at * first + 3 * rest * at * at * second + at * at * at;
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function text({x, y}) {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}
