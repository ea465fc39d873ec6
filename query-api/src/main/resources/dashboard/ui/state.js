import {html, nothing} from 'lit';
import {TracedElement} from './element.js';
import {isOfThePage} from '../api/client.js';

/**
 * What is the matter where nothing can be shown, and what to do: for the error of a {@link Loader}.
 *
 *     <traced-state .error=${loader.error} .isLoading=${loader.isLoading} @retry=${() => loader.again()}></traced-state>
 */
class State extends TracedElement {
  static properties = {error: {attribute: false}, isLoading: {attribute: false}};

  render() {
    if (!this.error) {
      return this.isLoading ? html`<div class="state" role="status"><p class="soft">Loading …</p></div>` : nothing;
    }
    const {title, advice, isRetried} = isOfThePage(this.error) ? OF_THE_PAGE : ADVICE[this.error.kind];
    return html`
      <div class="state" role="alert">
        <h2>${title}</h2>
        <p>${this.error.message}</p>
        <p class="soft">${advice}</p>
        ${isRetried === undefined ? nothing : html`<button class="button" @click=${() => this.dispatchEvent(new Event('retry'))}>Try again</button>`}
      </div>`;
  }
}

const ADVICE = {
  disconnected: {
    title: 'Disconnected',
    advice: 'The page asks again by itself every few seconds. Is the query service running, and can this browser reach it?',
    isRetried: true,
  },
  restoring: {
    title: 'Not ready yet',
    advice: 'After a start or a change of assemblers traced first reads its stores again, and shows no part of an answer as if it were all. The page asks again by itself.',
    isRetried: true,
  },
  missing: {title: 'Not found', advice: 'It may have left the window that traced keeps, or it has not arrived yet.', isRetried: false},
  refused: {title: 'This cannot be asked', advice: 'Change or take away the condition that is named.'},
  broken: {title: 'Something broke', advice: 'What happened is in the log of the query service.', isRetried: false},
};

const OF_THE_PAGE = {
  title: 'The page itself failed',
  advice: 'This is a fault of the dashboard, not of what traced answered. The console of the browser says where it came about.',
  isRetried: false,
};

customElements.define('traced-state', State);
