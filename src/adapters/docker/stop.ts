/** Stops the container as a platform would: its stop signal, a grace, and then the end. Measures what it does. */
import { EngineRefusal } from '../../use-cases/errors.ts';
import { z } from 'zod';
import type { InFlightSeen, StoppedBox } from '../../core/probes/box.ts';
import { nothing } from './call.ts';
import type { Client } from './client.ts';
import { holdRequest } from './in-flight.ts';
import { stateOf } from './observed.ts';
import { inspect } from './watch.ts';

/** What is stopped, and how. */
export interface StopOrder {
  readonly containerId: string;
  /** `clock.elapsed()` when it had been started. */
  readonly startedAt: number;
  readonly signalName: string;
  readonly graceMs: number;
  /** Command line of PID 1, from before. */
  readonly pid1: string | undefined;
  /** Asked just before the signal; `url` is where the service has answered, `undefined` where it has not. */
  readonly slow: { readonly path: string; readonly url: string | undefined } | undefined;
}

const KILL_MS = 20_000;

/** Sends the signal and waits; what had ended before is told as that. Throws like `Ask`. */
export async function stopContainer(client: Client, order: StopOrder, signal: AbortSignal): Promise<StoppedBox> {
  const { clock } = client;
  const { State: before } = await inspect(client, order.containerId, signal);
  if (!before.Running) return await gone(client, order, signal);

  const watch = new AbortController();
  const inFlight = await sendSlow(order, AbortSignal.any([signal, watch.signal]));
  const begun = clock.elapsed();
  let ended: number | undefined;
  // Asked before the signal goes out, so that the end cannot be missed.
  const end = untilEnd(
    client,
    order.containerId,
    order.graceMs + KILL_MS,
    AbortSignal.any([signal, watch.signal]),
  ).then(() => {
    ended = clock.elapsed();
  });
  end.catch(() => undefined);
  try {
    if (!(await kill(client, order.containerId, order.signalName, signal))) {
      return await gone(client, order, signal);
    }
    await Promise.race([end, pause(begun + order.graceMs - clock.elapsed(), watch.signal)]);
    // `false`: it ended by itself in this very moment, after the grace but before the kill.
    const killed = ended === undefined && (await kill(client, order.containerId, 'SIGKILL', signal));
    await end;
    const answered = await inFlight?.();
    const { State: after } = await inspect(client, order.containerId, signal);
    return {
      seen: 'stop',
      signal: order.signalName,
      graceSeconds: order.graceMs / 1000,
      secondsUp: Math.round((begun - order.startedAt) / 100) / 10,
      seconds: Math.round((ended ?? clock.elapsed()) - begun) / 1000,
      exitCode: after.ExitCode,
      killed,
      pid1: order.pid1,
      inFlight: answered,
    };
  } finally {
    watch.abort();
  }
}

/** Sends the slow request, if there is one; what it answers tells what became of it. */
async function sendSlow(
  { slow, graceMs }: StopOrder,
  signal: AbortSignal,
): Promise<(() => Promise<InFlightSeen>) | undefined> {
  if (slow === undefined) return undefined;
  const { path, url } = slow;
  if (url === undefined) {
    return async () => ({ seen: 'unseen', path, reason: 'the health endpoint did not answer 200 before' });
  }
  const { hostname: host, port } = new URL(url);
  const held = await holdRequest({ host, port: Number(port || 80), path }, graceMs + KILL_MS, signal);
  return async () => await held.end();
}

/** Resolves when the container is not running. A silent engine and one that lost it both end as AppError. */
async function untilEnd(client: Client, containerId: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
  await client.ask(
    { to: 'wait for a container', reads: z.object({ StatusCode: z.number() }), signal, timeoutMs },
    (abortSignal) => client.docker.getContainer(containerId).wait({ condition: 'not-running', abortSignal }),
  );
}

/** `false` when it was not running any more. */
async function kill(client: Client, containerId: string, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.ask({ to: 'send a signal', reads: nothing, signal }, (abortSignal) =>
      client.docker.getContainer(containerId).kill({ signal: name, abortSignal }),
    );
    return true;
  } catch (error) {
    if (error instanceof EngineRefusal && error.status === 409) return false;
    throw error;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function gone(
  client: Client,
  { containerId, startedAt }: StopOrder,
  signal: AbortSignal,
): Promise<Extract<StoppedBox, { seen: 'gone' }>> {
  const state = await stateOf(client, containerId, startedAt, signal);
  return { seen: 'gone', reason: `it had already ended by itself, with exit code ${state.exitCode}`, state };
}
