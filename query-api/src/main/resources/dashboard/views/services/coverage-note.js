import {html, nothing} from 'lit';
import {clock, dateTime} from '../../model/format.js';

/**
 * In words, which time an answer is exact for and what it counts.
 *
 * @param {import('./coverage.js').Coverage} coverage
 */
export function coverageNote({after, before, until, seconds}) {
  const short = time => clock(time).replace(/\.\d+$/, '');
  return html`
    <details class="coverage">
      <summary title="What is counted, and how">Traces of <time>${dateTime(after).replace(/\.\d+$/, '')}</time> – <time>${short(until)}</time>${before === null || until !== before ? ' (now)' : nothing}, ${long(seconds)}</summary>
      <p>Counted are the traces that have closed, by the time their root started; one that is still open, or closed a moment ago, is not in yet. Slots of time
        are counted as a whole, so that what was asked is rounded to them: the times above are what the numbers are exact for. A rate is spans over exactly these
        ${long(seconds)}. The list behind a number has the traces with a root, open ones too.</p>
    </details>`;
}

/** Said only where it is so. */
export function otherNotice(answer) {
  return answer.complete ? nothing : html`<p class="notice">There were more names than are kept: what is said of a single one may lack what is in “(other)”. Totals are exact.</p>`;
}

function long(seconds) {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return [hours && `${hours} h`, minutes && `${minutes} min`, (rest || whole === 0) && `${rest} s`].filter(Boolean).join(' ');
}
