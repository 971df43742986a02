/**
 * Use case, inner part of prove-image.ts: the last that is seen of a container, when nothing runs beside it any more. Its companions
 * are paused, it is told to stop, and then it is known how it came through the whole time before.
 *
 * A service is stopped last of all: while image pass, variants and second build go on it stays up, and is watched at no cost. Nothing
 * has to be asked meanwhile, because the engine keeps when and how a container ended.
 */
import type { MemorySeen, Purpose, StateSeen, StoppedBox, WatchedBox } from '../core/probes/box.ts';
import type { PausedBox, PausedSeen } from '../core/probes/paused-box.ts';
import type { Companion, Run } from './engine-port.ts';

/**
 * From its first answer (without one, from its start) a service is watched for at least so long. Pools, caches and licences that break
 * a service often do so a few seconds after it is up, so less would miss many; what is done beside it takes the smallest image nearly as
 * long, so this costs the shortest verification about half a second and the others nothing. More would find more, and everybody would
 * wait for it: how long it was watched stands in the evidence instead.
 */
const WATCHED_MS = 5000;

/** How much longer a service has to be watched. Pure. */
export function stillToWatchMs(about: {
  /** From its start. */
  readonly observedMs: number;
  readonly answeredMs: number | undefined;
}): number {
  return Math.max(0, WATCHED_MS - (about.observedMs - (about.answeredMs ?? 0)));
}

/**
 * Pauses each companion in turn: all of them together would show that one is missed, and not which. Costs a second or two for one that
 * is told of and ten for one that is not; there are five at most. Throws like `Run.pausing`.
 */
export async function pauseEach(run: Pick<Run, 'pausing'>, companions: readonly Companion[]): Promise<PausedBox> {
  if (companions.length === 0) return { seen: 'alone' };
  const each: PausedSeen[] = [];
  for (const companion of companions) {
    const reason = spoilt(each.at(-1));
    each.push(
      reason === undefined ? await run.pausing(companion) : { seen: 'unseen', companion: companion.name, reason },
    );
  }
  return { seen: 'each', each };
}

/** Why nothing more can be read off the health endpoint: what it says now, it may say of the companion before. */
function spoilt(before: PausedSeen | undefined): string | undefined {
  if (before?.seen !== 'paused') return undefined;
  const { companion } = before;
  if (!before.stayedUp) return `it had ended while ${companion} was paused`;
  return before.recovered ? undefined : `it did not answer 200 again after the pause of ${companion}`;
}

/** How it came through. Pure. */
export function watchedBox(about: {
  readonly purpose: Purpose;
  /** At the first look. */
  readonly state: StateSeen;
  readonly memory: MemorySeen;
  readonly paused: PausedBox;
  readonly stop: StoppedBox;
  /** A companion that had ended, too. */
  readonly lost: string | undefined;
}): WatchedBox {
  const { purpose, state, memory, paused, stop, lost } = about;
  const box = { seen: 'watched', purpose, memory } as const;
  // Work is judged by the time that it was given, and that ended with the first look.
  if (purpose !== 'service') return { ...box, state };
  if (stop.seen === 'stop') return { ...box, state: { ...state, secondsObserved: stop.secondsUp } };
  if (stop.seen !== 'gone') return { ...box, state };
  if (lost !== undefined && stop.state.disk === undefined) return { seen: 'unseen', reason: lost };
  const endedIn =
    paused.seen === 'alone' ? undefined : paused.each.find((one) => one.seen === 'paused' && !one.stayedUp);
  return { ...box, state: stop.state, ...(endedIn === undefined ? {} : { pausedThen: endedIn.companion }) };
}
