/** What several parts of a project's page say of one report. */
import type { HistoryEntry } from '../../../schemas/project.ts';
import { linkTo } from '../../route.ts';

/** The address of its report on this page. */
export function reportLink({ id, kind }: Pick<HistoryEntry, 'id' | 'kind'>): string {
  return linkTo([kind === 'analysis' ? 'analyses' : 'builds', id]);
}

/** The two latest of the kind of the latest one; `undefined`: there is only one. */
export function latestTwo(
  reports: readonly HistoryEntry[],
): { readonly base: HistoryEntry; readonly head: HistoryEntry } | undefined {
  const [head] = reports;
  const base = reports.slice(1).find(({ kind }) => kind === head?.kind);
  return head === undefined || base === undefined ? undefined : { base, head };
}

/** By how much the score differs from the report of the same kind before it; `undefined`: there is none. Reports come the latest first. */
export function changeOf(reports: readonly HistoryEntry[], index: number): number | undefined {
  const one = reports[index];
  const before = reports.slice(index + 1).find(({ kind }) => kind === one?.kind);
  return one === undefined || before === undefined ? undefined : one.score - before.score;
}

/** `+4`, `−4`, `±0`. */
export function signed(change: number): string {
  return change === 0 ? '±0' : change > 0 ? `+${change}` : `−${-change}`;
}
