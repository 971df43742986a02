/**
 * Watches a service under test: it comes up, answers, turns healthy, stays.
 *
 * Knocking, the health check and the watch over the container's life go side by side, under one start timeout. What is
 * asked afterwards (processes, log) is asked once, so every question of the box has its answer when this returns.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerSeen } from '../../core/probes/box.ts';
import { askUntilAnswer } from './answer.ts';
import type { Door } from './answer.ts';
import type { Client } from './client.ts';
import { seeFirstUser } from './first-user.ts';
import { waitForHealth } from './health.ts';
import { seeMemory } from './memory.ts';
import { stateOf } from './observed.ts';
import type { Observed, Seen } from './observed.ts';
import { seeProcesses } from './processes.ts';
import { seeSockets } from './sockets.ts';
import { watchContainer } from './watch.ts';
import type { Watch } from './watch.ts';
import { seeWritten } from './written.ts';

/** A container that is up for so long has got through its start; also when it answered at once. Whether it stays up is seen when it is stopped. */
const STAYS_UP_MS = 2000;

/** Watches a service until all that can be asked of it is known. Throws the signal's reason, and like `Ask`. */
export async function observeService(client: Client, what: Observed, signal: AbortSignal): Promise<Seen> {
  const { clock } = client;
  const { request, image, containerId, startedAt } = what;
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
    const processes = isVariant
      ? over
      : watch.died.aborted
        ? await seeFirstUser(client, { containerId, user: image.user }, signal)
        : await seeProcesses(client, containerId, pid, signal);
    const memory = isOver ? over : await seeMemory(client, containerId, signal);
    const exposed = image.tcpPorts;
    const sockets = isOver ? over : await seeSockets(client, { id: containerId, pid, exposed }, signal);
    const written = isVariant ? over : await seeWritten(client, { containerId, volumes: image.volumes }, signal);
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

/** Sleeps, and ends early without an error when the signal aborts. */
export async function sleepThrough(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
