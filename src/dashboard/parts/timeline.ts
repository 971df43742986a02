/** The steps of a build on a common scale: where each stands in the Dockerfile, what it did, whether it came from the cache, how long it took. */
import type { VNode } from 'preact';
import { html } from '../html.ts';
import { duration } from './amounts.ts';
import { Mark } from './status.ts';
import type { TimelineStep } from './timeline-step.ts';

const LOOKS = { running: 'running', done: 'pass', cached: 'waived', error: 'fail', told: 'not-applicable' };
const WORDS = { running: 'running', done: 'done', cached: 'cached', error: 'failed', told: 'not ended' };

/**
 * The steps as a table with bars. Roles are written out because a browser forgets them where lines are laid out as cards.
 * @param lineLink  where a line of the Dockerfile is shown; left out: nowhere
 */
export function Timeline({
  steps,
  lineLink,
}: {
  readonly steps: readonly TimelineStep[];
  readonly lineLink?: (line: number) => string;
}): VNode {
  const ends = steps.map(({ startMs, durationMs }) => (startMs ?? 0) + (durationMs ?? 0));
  const whole = Math.max(1, ...ends);
  const hasLines = steps.some(({ line }) => line !== null);
  return html`<table class="timeline" role="table">
    <thead role="rowgroup">
      <tr role="row">
        ${hasLines && html`<th scope="col" role="columnheader" class="timeline-line">Line</th>`}
        <th scope="col" role="columnheader" class="timeline-what">Step</th>
        <th scope="col" role="columnheader" class="timeline-took">Took</th>
        <th scope="col" role="columnheader" class="timeline-bars">
          ${whole > 1 && html`<span class="timeline-scale">0 s<span>${duration(whole)}</span></span>`}
        </th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${steps.map(
        ({ key, line, text, state, startMs, durationMs }) =>
          html`<tr role="row" key=${key} class=${`timeline-${state}`}>
            ${hasLines && html`<td role="cell" class="timeline-line">${line !== null && (lineLink === undefined ? line : html`<a href=${lineLink(line)} aria-label=${`Line ${line}`}>${line}</a>`)}</td>`}
            <td role="cell" class="timeline-what">
              <${Mark} name=${LOOKS[state]} /><code title=${text}>${text}</code>
            </td>
            <td role="cell" class="timeline-took">${took(state, durationMs)}</td>
            <td role="cell" class="timeline-bars" aria-hidden="true">
              ${
                (durationMs !== null || state === 'running') &&
                html`<span
                  class="timeline-bar"
                  style=${{
                    left: `${((startMs ?? 0) / whole) * 100}%`,
                    width: `${((durationMs ?? (state === 'running' ? whole : 0)) / whole) * 100}%`,
                  }}
                ></span>`
              }
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function took(state: TimelineStep['state'], durationMs: number | null): string {
  if (state === 'done' && durationMs !== null) return duration(durationMs);
  return durationMs !== null && state === 'error' ? `failed, ${duration(durationMs)}` : WORDS[state];
}
