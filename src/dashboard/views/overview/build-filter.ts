/** Which builds are looked at: what the address asks of the service, and what the search picks out of what has come. */
import type { Build, BuildState } from '../../../schemas/build.ts';
import type { Verdict } from '../../../schemas/report.ts';

/** As it stands in the address; an empty word asks nothing. */
export interface BuildFilter {
  readonly state: BuildState | '';
  readonly project: string;
  readonly verdict: Verdict | '';
  /** Searched for here, in what is loaded. */
  readonly text: string;
}

/** The states, in the order of a build's life. */
export const STATES = ['queued', 'building', 'probing', 'passed', 'failed', 'errored', 'cancelled'] as const;
/** The verdicts. */
export const VERDICTS = ['ready', 'not-ready'] as const;

/** Reads the address; words that nobody knows ask nothing. */
export function readFilter(query: URLSearchParams): BuildFilter {
  const word = (name: string): string => query.get(name) ?? '';
  return {
    state: STATES.find((state) => state === word('state')) ?? '',
    project: word('project'),
    verdict: VERDICTS.find((verdict) => verdict === word('verdict')) ?? '',
    text: word('q'),
  };
}

/** The filter as the query of an address. */
export function filterQuery({ state, project, verdict, text }: BuildFilter): Readonly<Record<string, string>> {
  return { state, project, verdict, q: text };
}

/** What the service is asked. */
export function buildsPath({ state, project, verdict }: BuildFilter, limit: number): string {
  const given = Object.entries({ state, project, verdict }).filter(([, value]) => value !== '');
  return `/build-verify?${new URLSearchParams([...given, ['limit', String(limit)]])}`;
}

/** Whether every word of the search stands somewhere in what the list shows of a build. */
export function isSought(build: Build, text: string): boolean {
  const { id, state, project, verdict, progress, error } = build;
  const shown = [
    id,
    state,
    project ?? 'without a project',
    verdict?.replace('-', ' '),
    progress?.phase,
    progress?.step,
    error,
  ]
    .filter((part) => part !== undefined && part !== null)
    .join(' ')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => shown.includes(word));
}
