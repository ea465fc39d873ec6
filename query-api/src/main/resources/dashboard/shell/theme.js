/** Light or dark: what the system prefers, unless the viewer said otherwise in this browser. */
const KEY = 'traced.theme';

export const THEMES = ['system', 'light', 'dark'];

export function theme() {
  const kept = read();
  return THEMES.includes(kept) ? kept : 'system';
}

/** Sets the theme, and tells charts, which have colours of their own, by event `themechange` on the window. */
export function setTheme(name) {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // Without storage it holds for this page.
  }
  apply(name);
}

export function applyTheme() {
  apply(theme());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => window.dispatchEvent(new Event('themechange')));
}

function apply(name) {
  if (name === 'system') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = name;
  }
  window.dispatchEvent(new Event('themechange'));
}

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
