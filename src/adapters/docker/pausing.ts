/** Pauses a companion and asks the health endpoint whether it tells of it. Then the companion goes on, whatever came of it. */
import { EngineRefusal } from '../../use-cases/errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PausedSeen } from '../../core/probes/paused-box.ts';
import type { Companion } from '../../use-cases/engine-port.ts';
import { askUntilAnswer } from './answer.ts';
import { nothing } from './call.ts';
import type { Client } from './client.ts';
import { knock } from './knock.ts';
import type { Knock } from './knock.ts';
import { inspect } from './watch.ts';

/** An endpoint may look at its database only every few seconds, and may wait for it a while. */
const NOTICES_WITHIN_MS = 10_000;
const REQUEST_MS = 5000;
const ASK_EVERY_MS = 500;
/** How long it may take to be well again, so that it is not stopped while it still struggles. */
const RECOVERS_WITHIN_MS = 10_000;

/** Asks. `url` has answered 200 before. Throws the signal's reason, and like `Ask`. */
export async function askWhilePaused(
  client: Client,
  about: { readonly containerId: string; readonly url: string; readonly companion: Companion },
  signal: AbortSignal,
): Promise<PausedSeen> {
  const { containerId, url, companion } = about;
  const { clock, docker, ask } = client;
  /** `false`: the container is not in a state for it. */
  const told = async (
    to: string,
    send: (signal: AbortSignal) => Promise<unknown>,
    until: AbortSignal | undefined,
  ): Promise<boolean> => {
    try {
      await ask({ to, reads: nothing, signal: until }, send);
      return true;
    } catch (error) {
      if (error instanceof EngineRefusal && [404, 409, 500].includes(error.status)) return false;
      throw error;
    }
  };
  const { hostname: host, port: digits, pathname, search } = new URL(url);
  const door = { host, port: Number(digits || 80), path: `${pathname}${search}` };
  const other = docker.getContainer(companion.id);
  const unseen = (reason: string): PausedSeen => ({ seen: 'unseen', companion: companion.name, reason });
  const gone = unseen(`the service ${companion.name} had ended by itself`);
  // What has ended before cannot be laid at the door of the pause.
  if (!(await inspect(client, containerId, signal)).State.Running) return unseen('it had ended by itself before');
  if (!(await told('pause a container', (abortSignal) => other.pause({ abortSignal }), signal))) return gone;
  const begun = clock.elapsed();
  const spent = (): number => clock.elapsed() - begun;
  let heard: readonly Knock[] = [];
  let wasPaused: boolean;
  try {
    // Twice in a row: one connection that was lost, or one request too many, tells nothing of a database.
    while (!isNoticed(heard) && spent() < NOTICES_WITHIN_MS) {
      if (heard.length > 0) await sleep(ASK_EVERY_MS, undefined, { signal });
      heard = [...heard, await knock(door, REQUEST_MS, signal)].slice(-2);
    }
  } finally {
    wasPaused = await told('let a container go on', (abortSignal) => other.unpause({ abortSignal }), undefined);
  }
  if (!wasPaused) return gone;
  const afterMs = spent();
  const last = heard.at(-1);
  const isUp = async (): Promise<boolean> => (await inspect(client, containerId, signal)).State.Running;
  const again = { ...door, paths: [door.path], guessed: false, timeoutMs: RECOVERS_WITHIN_MS };
  const answer = (await isUp())
    ? await askUntilAnswer({ ...again, startedAt: clock.elapsed(), clock }, signal)
    : undefined;
  // Also when it had the time to recover: what it dies of late, it still dies of.
  const stayedUp = await isUp();
  // Nobody reaches the address of a container that has ended.
  if (stayedUp && last?.heard === 'unreachable') return unseen(`it was not reachable: ${last.reason}`);
  return {
    seen: 'paused',
    companion: companion.name,
    url,
    status: last?.heard === 'status' ? last.status : undefined,
    afterMs,
    stayedUp,
    recovered: answer?.seen === 'answer' && answer.status === 200,
  };
}

/** The endpoint says that something is wrong, or says nothing at all, and says it again. */
function isNoticed(heard: readonly Knock[]): boolean {
  const tells = (one: Knock): boolean => (one.heard === 'status' ? one.status >= 500 : one.heard !== 'unreachable');
  return heard.length === 2 && heard.every(tells);
}
