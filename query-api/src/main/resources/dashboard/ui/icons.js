import {svg, html} from 'lit';

/** Small pictures as lines, of the colour of the text around: fonts do not have them everywhere. Hidden from screen readers. */
const icon = lines => html`<svg class="icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">${lines}</svg>`;

export const COPY = icon(svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"/>`);
export const DONE = icon(svg`<path d="M3 8.5l3.5 3.5L13 4.5"/>`);
export const FAILED = icon(svg`<path d="M4 4l8 8M12 4l-8 8"/>`);
export const RELOAD = icon(svg`<path d="M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3"/>`);
export const SUN = icon(svg`<circle cx="8" cy="8" r="3"/><path d="M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7"/>`);
export const MOON = icon(svg`<path d="M13.5 9.5A5.8 5.8 0 0 1 6.5 2.5a5.8 5.8 0 1 0 7 7z"/>`);
export const HALF = icon(svg`<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5v11a5.5 5.5 0 0 0 0-11z" fill="currentColor"/>`);
export const TARGET = icon(svg`<circle cx="8" cy="8" r="5.5"/><circle cx="8" cy="8" r="1.5" fill="currentColor"/>`);
export const FILTER = icon(svg`<path d="M2.5 3.5h11l-4 5v4l-3 1v-5z"/>`);
