/** What a verification does one after the other. Pure. */
import type { Build } from '../../../schemas/build.ts';

/** Where one phase stands. */
export type Standing = 'waiting' | 'running' | 'done';

/** The phases in their order; `id` as `progress.phase` of the API has it. */
export const PHASES = [
  { id: 'queued', title: 'Queue' },
  { id: 'build', title: 'Build' },
  { id: 'run', title: 'Run' },
  { id: 'image', title: 'Image, rebuild' },
  { id: 'stop', title: 'Stop' },
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
