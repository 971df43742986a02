/** Runs an image on a private network and has it observed; later it may be asked with a companion paused, stopped, or discarded. */
import type { Purpose, StateSeen, StoppedBox } from '../../core/probes/box.ts';
import type { Run, RunRequest } from '../../use-cases/engine-port.ts';
import { nothing } from './call.ts';
import type { Client } from './client.ts';
import { startContainer, underTest } from './container.ts';
import { watchDisk } from './disk.ts';
import type { DiskWatch } from './disk.ts';
import { imageFacts } from './image.ts';
import { openNetwork } from './network.ts';
import type { RunNetwork } from './network.ts';
import { observeService, sleepThrough } from './observe.ts';
import { boxOf, stateOf } from './observed.ts';
import type { Observed, Seen } from './observed.ts';
import { askWhilePaused } from './pausing.ts';
import { observeToEnd } from './run-to-end.ts';
import { stopContainer } from './stop.ts';
import type { StopOrder } from './stop.ts';
import { inspect } from './watch.ts';

const DEFAULT_GRACE_MS = 10_000;

/** Starts the image and waits until it answers, gives up or dies. Throws the signal's reason, and like `Ask`. */
export async function runImage(client: Client, request: RunRequest, signal: AbortSignal): Promise<Run> {
  const facts = await imageFacts(client, request.imageId, signal);
  // The check of an image is a program that is started every second: a variant is asked for its answer alone.
  const image = request.variant === undefined ? facts : { ...facts, healthcheck: undefined };
  const { buildId, companions = [], hasEgress = false } = request;
  const network = await openNetwork(client, { buildId, hasEgress }, signal);
  try {
    for (const { id, name } of companions) await network.admit(id, name);
    const container = await startContainer(client, underTest(client, request, image, network.name), signal);
    const { purpose = 'service', variant = {} } = request;
    if (container.startError !== undefined) {
      return leaving(
        network,
        notStarted(container.startError, purpose, () => discardContainer(client, container.id)),
      );
    }
    const startedAt = client.clock.elapsed();
    const what = { request, image, containerId: container.id, network: network.name, startedAt };
    const { handOverAfterMs } = variant;
    const run =
      handOverAfterMs === undefined
        ? await observed(client, what, signal)
        : await handedOver(client, what, handOverAfterMs, signal);
    return leaving(network, run);
  } catch (error) {
    await network.leave();
    throw error;
  }
}

/** Drydock stays on the network of a run until that has been stopped or discarded. */
function leaving(network: RunNetwork, run: Run): Run {
  return {
    ...run,
    stop: async () => {
      try {
        return await run.stop();
      } finally {
        await network.leave();
      }
    },
    discard: async () => {
      await run.discard();
      await network.leave();
    },
  };
}

async function observed(client: Client, what: Observed, signal: AbortSignal): Promise<Run> {
  const { containerId, request } = what;
  const disk = watchDisk(client, containerId, signal);
  const seen = await observeWithin(client, what, disk, signal);
  // Where it answered, and answered well, it can be asked again.
  const url = seen.answer.seen === 'answer' && seen.answer.status === 200 ? seen.answer.url : undefined;
  const order: StopOrder = {
    ...orderOf(what),
    pid1: seen.processes.seen === 'processes' ? seen.processes.processes[0]?.command : undefined,
    slow: request.slowPath === undefined ? undefined : { path: request.slowPath, url },
  };
  const stop = async (): Promise<StoppedBox> => {
    if (isDone(seen)) return { seen: 'done', seconds: seen.state.secondsObserved };
    const end = await stopContainer(client, order, signal);
    const excess = disk.excess();
    if (excess === undefined) return end;
    // What ends in this way says nothing of how it heeds a signal.
    const state = await stateOf(client, containerId, what.startedAt, signal);
    return {
      seen: 'gone',
      reason: 'it was ended because it wrote more than it may',
      state: { ...state, disk: excess },
    };
  };
  let stopped: Promise<StoppedBox> | undefined;
  return {
    running: boxOf(seen),
    pausing: async (companion) =>
      url === undefined
        ? notPaused('the health endpoint did not answer 200 before')(companion)
        : await askWhilePaused(client, { containerId, url, companion }, signal),
    stop: () => (stopped ??= stop().finally(() => disk.end())),
    discard: () => {
      disk.end();
      return discardContainer(client, containerId);
    },
  };
}

/** A run that is not waited for: what could be asked of it is not of interest. */
async function handedOver(client: Client, what: Observed, afterMs: number, signal: AbortSignal): Promise<Run> {
  const { containerId, request } = what;
  const disk = watchDisk(client, containerId, signal);
  await sleepThrough(afterMs, signal);
  signal.throwIfAborted();
  const state: StateSeen = { ...unstarted, startError: undefined };
  const reason = 'it was not looked at';
  return {
    running: unseenBox(request.purpose ?? 'service', state, reason),
    pausing: notPaused(reason),
    stop: () => stopContainer(client, orderOf(what), signal),
    discard: () => {
      disk.end();
      return discardContainer(client, containerId);
    },
  };
}

function notPaused(reason: string): Run['pausing'] {
  return async ({ name }) => ({ seen: 'unseen', companion: name, reason });
}

function orderOf({ containerId, image, request, startedAt }: Observed): StopOrder {
  const graceMs = request.stopTimeoutMs ?? DEFAULT_GRACE_MS;
  return { containerId, startedAt, signalName: image.stopSignal, graceMs, pid1: undefined, slow: undefined };
}

/** Observes it while its disk is watched; the watch goes on, unless this throws. */
async function observeWithin(client: Client, what: Observed, disk: DiskWatch, signal: AbortSignal): Promise<Seen> {
  try {
    const isService = (what.request.purpose ?? 'service') === 'service';
    const seen = await (isService ? observeService(client, what, signal) : observeToEnd(client, what, signal));
    const excess = await disk.look();
    if (excess === undefined) return seen;
    const { State } = await inspect(client, what.containerId, signal);
    const exitCode = State.Running ? undefined : State.ExitCode;
    return { ...seen, state: { ...seen.state, running: State.Running, exitCode, disk: excess } };
  } catch (error) {
    disk.end();
    throw error;
  }
}

/** Work that came to a good end; a service that has ended is not done but gone. */
function isDone({ purpose, state }: Seen): boolean {
  return purpose !== 'service' && state.exitCode === 0;
}

/** What is gone already is as good as removed; whatever is left, the clean-up of the build takes. */
async function discardContainer(client: Client, id: string | undefined): Promise<void> {
  if (id === undefined) return;
  await client
    .ask({ to: 'remove a container', reads: nothing, signal: undefined }, (abortSignal) =>
      client.docker.getContainer(id).remove({ force: true, v: true, abortSignal }),
    )
    .catch((err: unknown) => client.log.warn({ err }, 'container of a variant not removed'));
}

const unstarted = { running: false, exitCode: undefined, outOfMemory: false, secondsObserved: 0, logTail: '' } as const;

/** The image could not even be started: one fact, and questions that nobody can answer. */
function notStarted(startError: string, purpose: Purpose, discard: Run['discard']): Run {
  const reason = 'the container could not be started';
  return {
    running: unseenBox(purpose, { ...unstarted, startError }, reason),
    pausing: notPaused(reason),
    stop: async () => ({ seen: 'unseen', reason }),
    discard,
  };
}

function unseenBox(purpose: Purpose, state: StateSeen, reason: string): Run['running'] {
  const unseen = { seen: 'unseen', reason } as const;
  return boxOf({
    purpose,
    state,
    processes: unseen,
    answer: unseen,
    health: unseen,
    sockets: unseen,
    written: unseen,
    memory: unseen,
    patience: undefined,
  });
}
