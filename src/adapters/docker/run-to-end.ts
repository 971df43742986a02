/**
 * Watches a container that is meant to end by itself: a job, or a command. Nothing knocks at it. Its processes are listed again and
 * again while it runs, because nobody knows how long that is; one that was too quick is told by the user it began with.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessesSeen } from '../../core/probes/box.ts';
import type { Client } from './client.ts';
import { seeFirstUser } from './first-user.ts';
import type { Observed, Seen } from './observed.ts';
import { stateOf } from './observed.ts';
import { seeProcesses } from './processes.ts';
import { watchContainer } from './watch.ts';
import type { Watch } from './watch.ts';
import { seeWritten } from './written.ts';

const LOOK_EVERY_MS = 500;

/** Waits until it has ended or the start timeout is over. Throws the signal's reason, and like `Ask`. */
export async function observeToEnd(client: Client, what: Observed, signal: AbortSignal): Promise<Seen> {
  const { request, image, containerId, startedAt } = what;
  const watch = await watchContainer(client, containerId, signal);
  const limit = AbortSignal.timeout(request.startTimeoutMs);
  try {
    const listed = seeWhileItRuns(client, watch, containerId, AbortSignal.any([watch.over, limit]), signal);
    const seen = await Promise.race([listed, watch.failed]);
    signal.throwIfAborted();
    const state = await stateOf(client, containerId, startedAt, signal);
    const processes = seen ?? (await seeFirstUser(client, { containerId, user: image.user }, signal));
    const written = await seeWritten(client, { containerId, volumes: image.volumes }, signal);
    const unasked = { seen: 'unseen', reason: 'it is run to its end and asked nothing' } as const;
    return {
      purpose: request.purpose ?? 'service',
      state,
      processes,
      answer: unasked,
      health: unasked,
      sockets: unasked,
      written,
      memory: unasked,
      patience: image.healthcheck,
    };
  } finally {
    watch.end();
  }
}

/** The latest list; of a program that gives up root it is the one that counts. `undefined`: it was over before one came. */
async function seeWhileItRuns(
  client: Client,
  watch: Watch,
  containerId: string,
  over: AbortSignal,
  signal: AbortSignal,
): Promise<ProcessesSeen | undefined> {
  let latest: ProcessesSeen | undefined;
  while (!over.aborted) {
    const pid = watch.now().State.Pid;
    const seen = pid === 0 ? undefined : await seeProcesses(client, containerId, pid, signal);
    if (seen?.seen === 'processes') latest = seen;
    await sleep(LOOK_EVERY_MS, undefined, { signal: over }).catch(() => undefined);
    // A container that ended in this moment has no list any more; one that goes on has none for another reason.
    if (!watch.died.aborted) latest ??= seen;
  }
  return latest;
}
