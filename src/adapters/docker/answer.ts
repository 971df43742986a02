/** Knocks at the container from outside until it answers 200, the start timeout is over, or knocking has become pointless. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerSeen } from '../../core/probes/box.ts';
import type { Clock } from '../../use-cases/ports.ts';
import { knock } from './knock.ts';
import type { Knock } from './knock.ts';

/** Where and for how long. */
export interface Door {
  readonly host: string;
  readonly port: number;
  /** Asked in turn; the first 200 counts. */
  readonly paths: readonly string[];
  readonly guessed: boolean;
  readonly timeoutMs: number;
  /** `clock.elapsed()` when the container was started. */
  readonly startedAt: number;
  readonly clock: Clock;
}

/** A single request; health endpoints that need longer would fail in production as well. */
const REQUEST_MS = 5000;
/** Guessed paths that answer, but not 200: a starting service may still change its mind, so it is asked a little longer. */
const SETTLE_MS = 2000;
const SETTLE_AFTER_5XX_MS = 10_000;
/** Without one packet back for so long, the network is not reachable from here. */
const UNREACHABLE_MS = 10_000;

/** Asks until it is known. Never throws: when the signal aborts (the container died), what came so far is told. */
export async function askUntilAnswer(door: Door, signal: AbortSignal): Promise<AnswerSeen> {
  const { clock, guessed, startedAt } = door;
  const spent = (): number => clock.elapsed() - startedAt;
  let best: AnswerSeen | undefined;
  let firstStatusAt: number | undefined;
  let isReachable = false;
  let round: readonly Heard[] = [];
  for (;;) {
    round = await askAll(door, signal);
    const answers = round.flatMap(({ path, knocked }) =>
      knocked.heard === 'status' ? [{ url: urlOf(door, path), status: knocked.status }] : [],
    );
    isReachable ||= round.some(({ knocked }) => knocked.heard !== 'unreachable');
    const chosen =
      answers.find(({ status }) => status === 200) ?? answers.find(({ status }) => status >= 500) ?? answers[0];
    if (chosen !== undefined) {
      const failsEverywhere = answers.length > 0 && answers.every(({ status }) => status >= 500);
      best = { seen: 'answer', ...chosen, failsEverywhere, afterMs: Math.max(0, spent()), guessed };
      if (chosen.status === 200) return best;
      firstStatusAt ??= spent();
      const settle = chosen.status >= 500 ? SETTLE_AFTER_5XX_MS : SETTLE_MS;
      if (guessed && spent() - firstStatusAt >= settle) return best;
    }
    const isHopeless = !isReachable && spent() >= Math.min(UNREACHABLE_MS, door.timeoutMs);
    if (signal.aborted || isHopeless || spent() >= door.timeoutMs) break;
    // Often at first, when milliseconds are measured; later with restraint, because each request is a line in its log.
    await sleep(spent() < 5000 ? 100 : 500, undefined, { signal }).catch(() => undefined);
  }
  return best ?? withoutAnswer(door, round.at(-1), isReachable, spent(), signal.aborted);
}

interface Heard {
  readonly path: string;
  readonly knocked: Knock;
}

async function askAll(door: Door, signal: AbortSignal): Promise<readonly Heard[]> {
  const heard: Heard[] = [];
  for (const path of door.paths) {
    const left = door.timeoutMs - (door.clock.elapsed() - door.startedAt);
    const knocked = await knock({ ...door, path }, Math.min(REQUEST_MS, Math.max(250, left)), signal);
    heard.push({ path, knocked });
    // The other paths would hear the same.
    if (knocked.heard !== 'status' || knocked.status === 200) break;
  }
  return heard;
}

function withoutAnswer(
  door: Door,
  last: Heard | undefined,
  isReachable: boolean,
  waitedMs: number,
  hasDied: boolean,
): AnswerSeen {
  if (hasDied) return { seen: 'unseen', reason: 'the container ended before it answered' };
  if (last === undefined) return { seen: 'unseen', reason: 'no path to ask was named' };
  const { path, knocked } = last;
  const reason = knocked.heard === 'status' ? `HTTP ${knocked.status}` : knocked.reason;
  if (!isReachable) {
    return { seen: 'unseen', reason: `port ${door.port} of the container is not reachable from here: ${reason}` };
  }
  // Nobody said that HTTP is spoken here; a database or a mail server is not at fault.
  if (door.guessed && knocked.heard === 'nothing' && !knocked.isHttp) {
    return { seen: 'unseen', reason: `something listens on port ${door.port}, but it does not speak HTTP: ${reason}` };
  }
  const isRefused = knocked.heard === 'refused';
  return { seen: 'silence', url: urlOf(door, path), reason, isRefused, waitedMs, guessed: door.guessed };
}

function urlOf(door: Door, path: string): string {
  return `http://${door.host}:${door.port}${path}`;
}
