/** Builds as the service lists them, for looking at the page without an engine. Held to the contract. */
import { BuildList } from '../../src/schemas/build.ts';
import type { Build } from '../../src/schemas/build.ts';

const NOW = Date.now();

/** One build; ids are ordered as in the service, the higher the later. */
export function buildOf(nth: number, more: Partial<Build> = {}): Build {
  const id = `0199aaaa-0000-7000-8000-${String(nth).padStart(12, '0')}`;
  const createdAt = NOW - (10_000 - nth) * 60_000;
  const self = `/build-verify/${id}`;
  const at = (seconds: number): string => new Date(createdAt + seconds * 1000).toISOString();
  return {
    id,
    state: 'passed',
    attempt: 1,
    project: 'shop/api',
    createdAt: at(0),
    startedAt: at(2),
    finishedAt: at(95),
    progress: null,
    verdict: 'ready',
    links: { self, report: `${self}/report`, events: `${self}/events`, log: `${self}/log` },
    ...more,
  };
}

/** A page of them as the service would answer it; throws where it would not. */
export function listOf(builds: readonly Build[], next: string | null = null): string {
  return JSON.stringify(BuildList.parse({ builds, next }));
}
