/** What a verification does one after the other, and where it is. */
import type { VNode } from 'preact';
import type { Build } from '../../../schemas/build.ts';
import { html } from '../../html.ts';
import { Mark } from '../../parts/status.ts';
import { phaseOf, PHASES, standingOf } from './phase-order.ts';

/** The phases as a row of marks. */
export function Phases({ build }: { readonly build: Build }): VNode {
  const now = phaseOf(build);
  const words = { waiting: 'to come', running: 'under way', done: 'done' };
  const looks = { waiting: 'waiting', running: 'running', done: 'pass' };
  return html`<ol class="phases" aria-label="Phases">
    ${PHASES.map(({ id, title }) => {
      const standing = standingOf(id, now);
      return html`<li class=${`phase phase-${standing}`} aria-current=${standing === 'running' ? 'step' : undefined}>
        <${Mark} name=${looks[standing]} /><span>${title}<span class="unseen">: ${words[standing]}</span></span>
      </li>`;
    })}
  </ol>`;
}
