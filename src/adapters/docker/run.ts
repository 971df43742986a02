/**
 * Runs an image on a private network and sees how it does: it comes up, answers, turns healthy, stays; later, how it stops.
 *
 * Knocking, the health check and the watch over the container's life go side by side, under one start timeout. What is
 * asked afterwards (processes, log) is asked once, so every question of the box has its answer when this returns.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerSeen, Purpose, StateSeen, StoppedBox } from '../../core/probes/box.ts';
import type { Run, RunRequest } from '../../use-cases/ports.ts';
import { askUntilAnswer } from './answer.ts';
import type { Door } from './answer.ts';
import { nothing } from './call.ts';
import type { Client } from './client.ts';
import { startContainer } from './container.ts';
import { watchDisk } from './disk.ts';
import type { DiskWatch } from './disk.ts';
import { waitForHealth } from './health.ts';
import { imageFacts } from './image.ts';
import { openNetwork } from './network.ts';
import { boxOf, stateOf } from './observed.ts';
import type { Observed, Seen } from './observed.ts';
import { seeProcesses } from './processes.ts';
import { seeMemory } from './memory.ts';
import { observeToEnd } from './run-to-end.ts';
import { seeSockets } from './sockets.ts';
import { stopContainer } from './stop.ts';
import { inspect, watchContainer } from './watch.ts';
import type { Watch } from './watch.ts';
import { seeWritten } from './written.ts';

/** A container that is up for so long has got through its start; also when it answered at once. */
const STAYS_UP_MS = 2000;
const DEFAULT_GRACE_MS = 10_000;

/** Starts the image and waits until it answers, gives up or dies. Throws the signal's reason, and like `Ask`. */
export async function runImage(client: Client, request: RunRequest, signal: AbortSignal): Promise<Run> {
  const facts = await imageFacts(client, request.imageId, signal);
  // The check of an image is a program that is started every second: a variant is asked for its answer alone.
  const image = request.variant === undefined ? facts : { ...facts, healthcheck: undefined };
  const network = await openNetwork(client, request.buildId, signal);
  try {
    const container = await startContainer(client, request, image, network.name, signal);
    const { purpose = 'service' } = request;
    if (container.startError !== undefined) {
      return notStarted(container.startError, purpose, () => discardContainer(client, container.id));
    }
    const what = { request, image, containerId: container.id, network: network.name };
    const { handOverAfterMs } = request.variant ?? {};
    if (handOverAfterMs !== undefined) return await handedOver(client, what, handOverAfterMs, signal);
    const disk = watchDisk(client, container.id, signal);
    const seen = await observeWithin(client, what, disk, signal);
    const pid1 = seen.processes.seen === 'processes' ? seen.processes.processes[0]?.command : undefined;
    const order = {
      containerId: container.id,
      signalName: image.stopSignal,
      graceMs: request.stopTimeoutMs ?? DEFAULT_GRACE_MS,
      pid1,
    };
    let stopped: Promise<StoppedBox> | undefined;
    return {
      running: boxOf(seen),
      stop: () => {
        stopped ??= isDone(seen)
          ? Promise.resolve({ seen: 'done', seconds: seen.state.secondsObserved })
          : stopContainer(client, order, signal).then((end) => (disk.excess() === undefined ? end : tooMuchWritten));
        return stopped.finally(() => disk.end());
      },
      discard: () => {
        disk.end();
        return discardContainer(client, container.id);
      },
    };
  } finally {
    await network.leave();
  }
}

/** A run that is not waited for: what could be asked of it is not of interest. */
async function handedOver(client: Client, what: Observed, afterMs: number, signal: AbortSignal): Promise<Run> {
  const { containerId, request, image } = what;
  await sleepThrough(afterMs, signal);
  signal.throwIfAborted();
  const graceMs = request.stopTimeoutMs ?? DEFAULT_GRACE_MS;
  const order = { containerId, signalName: image.stopSignal, graceMs, pid1: undefined };
  const state: StateSeen = { ...unstarted, startError: undefined };
  return {
    running: unseenBox(request.purpose ?? 'service', state, 'it was not looked at'),
    stop: () => stopContainer(client, order, signal),
    discard: () => discardContainer(client, containerId),
  };
}

/** What ends in this way says nothing of how it heeds a signal. */
const tooMuchWritten = { seen: 'unseen', reason: 'it was ended because it wrote more than it may' } as const;

/** Observes it while its disk is watched; the watch goes on, unless this throws. */
async function observeWithin(client: Client, what: Observed, disk: DiskWatch, signal: AbortSignal): Promise<Seen> {
  try {
    const isService = (what.request.purpose ?? 'service') === 'service';
    const seen = await (isService ? observe(client, what, signal) : observeToEnd(client, what, signal));
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

async function observe(client: Client, what: Observed, signal: AbortSignal): Promise<Seen> {
  const { clock } = client;
  const startedAt = clock.elapsed();
  const { request, image, containerId } = what;
  const timing = { clock, startedAt, timeoutMs: request.startTimeoutMs };
  const watch = await watchContainer(client, containerId, signal);
  try {
    let isUp = false;
    const answering = firstAnswer(what, watch, timing).then((answer) => {
      isUp = answer.seen === 'answer';
      return answer;
    });
    const checking = waitForHealth({ ...timing, healthcheck: image.healthcheck, isUp: () => isUp }, watch);
    const [answer, health] = await Promise.race([Promise.all([answering, checking]), watch.failed]);
    const left = startedAt + STAYS_UP_MS - clock.elapsed();
    if (left > 0) await Promise.race([sleepThrough(left, watch.died), watch.failed]);
    signal.throwIfAborted();

    const pid = watch.now().State.Pid;
    const isVariant = request.variant !== undefined;
    const isOver = isVariant || watch.died.aborted;
    const reason = isVariant ? 'a variant is asked for its answer alone' : 'the container had ended';
    const over = { seen: 'unseen', reason } as const;
    const processes = isOver ? over : await seeProcesses(client, containerId, pid, signal);
    const memory = isOver ? over : await seeMemory(client, containerId, signal);
    const exposed = image.tcpPorts;
    const sockets = isOver ? over : await seeSockets(client, { id: containerId, pid, exposed }, signal);
    const written = isVariant ? over : await seeWritten(client, containerId, signal);
    const state = await stateOf(client, containerId, startedAt, signal);
    return {
      purpose: 'service',
      state,
      processes,
      answer,
      health,
      sockets,
      written,
      memory,
      patience: image.healthcheck,
    };
  } finally {
    watch.end();
  }
}

async function firstAnswer(
  what: Observed,
  watch: Watch,
  timing: Pick<Door, 'clock' | 'startedAt' | 'timeoutMs'>,
): Promise<AnswerSeen> {
  const { request, image } = what;
  const port = request.port ?? image.tcpPorts[0];
  if (port === undefined) return { seen: 'unseen', reason: 'no port was named and the image exposes none' };
  const host = watch.now().NetworkSettings.Networks[what.network]?.IPAddress ?? '';
  if (host === '') return { seen: 'unseen', reason: 'the container ended before it answered' };
  const { healthPaths: paths, healthGuessed: guessed } = request;
  return await askUntilAnswer({ host, port, paths, guessed, ...timing }, watch.over);
}

async function sleepThrough(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

const unstarted = { running: false, exitCode: undefined, outOfMemory: false, secondsObserved: 0, logTail: '' } as const;

/** The image could not even be started: one fact, and questions that nobody can answer. */
function notStarted(startError: string, purpose: Purpose, discard: Run['discard']): Run {
  const reason = 'the container could not be started';
  return {
    running: unseenBox(purpose, { ...unstarted, startError }, reason),
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
