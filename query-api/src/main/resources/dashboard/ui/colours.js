/** Colours of the style sheet for what is drawn on a canvas, which knows neither variables nor light-dark(). */
const kept = new Map();
let canvas;

window.addEventListener('themechange', () => kept.clear());

/** The colour that a variable such as `--accent` has in the theme that is shown, as `rgba(...)`. */
export function colour(variable, alpha = 1) {
  const key = `${variable} ${alpha}`;
  if (!kept.has(key)) {
    kept.set(key, resolve(variable, alpha));
  }
  return kept.get(key);
}

function resolve(variable, alpha) {
  const probe = document.createElement('span');
  probe.style.color = `var(${variable})`;
  document.body.append(probe);
  const shown = getComputedStyle(probe).color;
  probe.remove();
  canvas ??= new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = shown;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}

/** Whether the viewer asked for less motion. */
export function isCalm() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
