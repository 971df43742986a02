/**
 * The life of a build as a table: which state may follow which. Stores build the guards of their statements from it.
 *
 * `(attempt, state)` only ever grows: within one attempt the states go forward (one may be skipped, none is taken back), and
 * the one way back, to `queued`, raises the attempt.
 */
import type { BuildState } from '../schemas/build.ts';

/** Within one attempt. Writing progress without leaving a state is no transition and stands for itself. */
const followers = {
  queued: ['building', 'cancelled'],
  building: ['probing', 'passed', 'failed', 'errored', 'cancelled'],
  probing: ['passed', 'failed', 'errored', 'cancelled'],
  passed: [],
  failed: [],
  errored: [],
  cancelled: [],
} as const satisfies Record<BuildState, readonly BuildState[]>;

/** Every state, in the order of a life. */
// Object.keys forgets the key type; the keys are those of the literal above.
const states = Object.keys(followers) as BuildState[];

/** The states in which a worker owns the build. From these, and only these, it may go back to `queued` as its next attempt. */
export const runningStates = ['building', 'probing'] as const satisfies readonly BuildState[];

/** True when a build in state `from` may come into state `to` without a new attempt. */
export function mayFollow(from: BuildState, to: BuildState): boolean {
  const next: readonly BuildState[] = followers[from];
  return next.includes(to);
}

/** The states that `to` may follow within one attempt. */
export function statesBefore(to: BuildState): readonly BuildState[] {
  return states.filter((from) => mayFollow(from, to));
}

/** True when nothing follows any more: the build keeps this state for ever. */
export function isEnded(state: BuildState): boolean {
  return followers[state].length === 0;
}

/** True while a worker owns the build. */
export function isRunning(state: BuildState): boolean {
  const running: readonly BuildState[] = runningStates;
  return running.includes(state);
}
