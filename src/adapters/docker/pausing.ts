/** Pauses a companion and asks the health endpoint whether it tells of it. Then the companion goes on, whatever came of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PausedBox } from '../../core/probes/box.ts';
import type { Companion } from '../../use-cases/engine-port.ts';
import { askUntilAnswer } from './answer.ts';
import { nothing } from './call.ts';
import type { Client } from './client.ts';
import { knock } from './knock.ts';
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
  const { hostname: host, port: digits, pathname, search } = new URL(url);
  const door = { host, port: Number(digits || 80), path: `${pathname}${search}` };
  const other = docker.getContainer(companion.id);
  await ask({ to: 'pause a container', reads: nothing, signal }, (abortSignal) => other.pause({ abortSignal }));
  const begun = clock.elapsed();
  const spent = (): number => clock.elapsed() - begun;
  let heard = await knock(door, REQUEST_MS, signal);
  try {
    while (heard.heard === 'status' && heard.status === 200 && spent() < NOTICES_WITHIN_MS) {
      await sleep(ASK_EVERY_MS, undefined, { signal });
      heard = await knock(door, REQUEST_MS, signal);
    }
  } finally {
    await ask({ to: 'let a container go on', reads: nothing, signal: undefined }, (abortSignal) =>
      other.unpause({ abortSignal }),
    );
  }
  const afterMs = spent();
  const { State: state } = await inspect(client, containerId, signal);
  if (state.Running) {
    const again = { ...door, paths: [door.path], guessed: false, timeoutMs: RECOVERS_WITHIN_MS };
    await askUntilAnswer({ ...again, startedAt: clock.elapsed(), clock }, signal);
  }
  return {
    seen: 'paused',
    companion: companion.name,
    url,
    status: heard.heard === 'status' ? heard.status : undefined,
    afterMs,
    stayedUp: state.Running,
  };
}
