import {html, nothing} from 'lit';
import {lastList} from '../../state/last-list.js';
import {dateTime, exactTime} from '../../model/format.js';
import {DroppedError, PATIENCE_MS} from './trace-source.js';

/**
 * Why there is no trace to be shown, and what may be the reason; undefined where that is not so, or where any view would say the same.
 *
 * @param {import('../../api/loader.js').Loader} loader
 * @param {boolean} isAwaited whether it was asked for and is not there yet
 */
export function absence(loader, isAwaited) {
  const {error, isLoading, value} = loader;
  if (isLoading && isAwaited && value === undefined) {
    return page('Not here yet', html`<p>traced does not know this trace. It may have just been sent: the page asks again for ${PATIENCE_MS / 1000} seconds.</p>
      <div class="loading-line is-busy"></div>`);
  }
  if (isLoading || !error) {
    return undefined;
  }
  if (error instanceof DroppedError) {
    return page('Dropped by tail sampling', html`<p>Rule <b>${error.rule}</b> said not to keep this trace${error.droppedAt === undefined ? nothing : html`, at
      <span title=${exactTime(error.droppedAt)}>${dateTime(error.droppedAt)}</span>`}.</p>
      <p class="soft">Its spans still count in the statistics of the services. If a late span brings it under another rule, it comes back with all of its spans.</p>`);
  }
  if (error.status === 404) {
    return page('There is no such trace', html`<p>${error.message}.</p>
      <ul class="soft">
        <li>It was older than the window that traced keeps, and has gone.</li>
        <li>Its spans have not been sent: exporters send every few seconds, and a service that was killed may have kept them.</li>
        <li>Head sampling left it out, by <code>SAMPLING_RATE</code> or at the service.</li>
        <li>The id is not whole. It was asked for with zeros in front where it is short.</li>
      </ul>
      <p><button class="button" @click=${() => loader.again()}>Ask again</button></p>`);
  }
  if (error.status === 413) {
    return page('Too large to be shown', html`<p>${error.message}</p>
      <p class="soft">It is counted exactly, and is in the list with its number of spans.</p>`);
  }
  return undefined;
}

function page(title, content) {
  return html`<div class="state" role="status"><h1>${title}</h1>${content}<p><a href=${lastList()}>← Back to the list</a></p></div>`;
}
