/** What a verification does one after the other, and where it is. */
import type { VNode } from 'preact';
import type { Build } from '../../../schemas/build.ts';
import { html } from '../../html.ts';
import { Mark } from '../../parts/status.ts';

/** Where one phase stands. */
export type Standing = 'waiting' | 'running' | 'done';

/** The phases in their order; `id` as `progress.phase` of the API has it. */
const PHASES = [
  { id: 'queued', title: 'Queue' },
  { id: 'build', title: 'Build' },
  { id: 'run', title: 'Run' },
  { id: 'stop', title: 'Stop' },
  { id: 'image', title: 'Image, rebuild' },
  { id: 'report', title: 'Report' },
] as const;

/** How a phase stands, of the phase that the build is in. Pure. */
export function standingOf(id: string, now: string): Standing {
  const at = PHASES.findIndex((phase) => phase.id === now);
  const own = PHASES.findIndex((phase) => phase.id === id);
  return own < at ? 'done' : own === at ? 'running' : 'waiting';
}

/** The phase that a build is in. Pure. */
export function phaseOf({ state, progress }: Build): string {
  if (state === 'queued') return 'queued';
  if (state === 'building') return 'build';
  return state === 'probing' ? (progress?.phase ?? 'run') : 'report';
}

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
