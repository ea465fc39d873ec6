import {html, nothing} from 'lit';
import {sayingOf} from '../api/client.js';
import './state.js';

/**
 * What a Loader has: its value by `show`, with a notice above where a newer one could not be loaded; what is the matter where it
 * has none.
 */
export function loaded(loader, show) {
  const retry = () => loader.again();
  if (loader.value === undefined || loader.error?.kind === 'refused' || loader.error?.kind === 'missing') {
    return html`<traced-state .error=${loader.error} .isLoading=${loader.isLoading} @retry=${retry}></traced-state>`;
  }
  return html`
    ${loader.error ? html`<p class="notice" role="status">What is shown is of before: ${sayingOf(loader.error)}. <button class="button" @click=${retry}>Try again</button></p>` : nothing}
    ${show(loader.value)}`;
}
