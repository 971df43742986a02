/** Pauses a companion and asks the health endpoint whether it tells of it. Then the companion goes on, whatever came of it. */
import { EngineRefusal } from '../../use-cases/errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PausedBox } from '../../core/probes/box.ts';
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
): Promise<PausedBox> {
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
  const gone = { seen: 'unseen', reason: `the service ${companion.name} had ended by itself` } as const;
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
  if (last?.heard === 'unreachable') return { seen: 'unseen', reason: `it was not reachable: ${last.reason}` };
  const { State: state } = await inspect(client, containerId, signal);
  if (state.Running) {
    const again = { ...door, paths: [door.path], guessed: false, timeoutMs: RECOVERS_WITHIN_MS };
    await askUntilAnswer({ ...again, startedAt: clock.elapsed(), clock }, signal);
  }
  return {
    seen: 'paused',
    companion: companion.name,
    url,
    status: last?.heard === 'status' ? last.status : undefined,
    afterMs,
    stayedUp: state.Running,
  };
}

/** The endpoint says that something is wrong, or says nothing at all, and says it again. */
function isNoticed(heard: readonly Knock[]): boolean {
  const tells = (one: Knock): boolean => (one.heard === 'status' ? one.status >= 500 : one.heard !== 'unreachable');
  return heard.length === 2 && heard.every(tells);
}
