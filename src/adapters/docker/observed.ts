/** What is seen of a container under test, whether it stays up (run.ts) or ends (run-to-end.ts). */
import type {
  AnswerSeen,
  HealthSeen,
  MemorySeen,
  Patience,
  ProcessesSeen,
  Purpose,
  SocketsSeen,
  StateSeen,
  WrittenSeen,
} from '../../core/probes/box.ts';
import type { Run, RunRequest } from '../../use-cases/engine-port.ts';
import type { Client } from './client.ts';
import type { ImageFacts } from './image.ts';
import { logTail } from './output.ts';
import { inspect } from './watch.ts';

/** Every answer of the running box. */
export interface Seen {
  readonly purpose: Purpose;
  readonly state: StateSeen;
  readonly processes: ProcessesSeen;
  readonly answer: AnswerSeen;
  readonly health: HealthSeen;
  readonly sockets: SocketsSeen;
  readonly written: WrittenSeen;
  readonly memory: MemorySeen;
  readonly patience: Patience | undefined;
}

/** A container that was started. */
export interface Observed {
  readonly request: RunRequest;
  readonly image: ImageFacts;
  readonly containerId: string;
  readonly network: string;
  /** `clock.elapsed()` when it had been started. */
  readonly startedAt: number;
}

/** How it is now, with the last part of its log. Throws like `Ask`. */
export async function stateOf(
  client: Client,
  containerId: string,
  startedAt: number,
  signal: AbortSignal,
): Promise<StateSeen> {
  const { State: now } = await inspect(client, containerId, signal);
  // In this order: the log of what has ended is whole.
  const log = await logTail(client, containerId, signal);
  const lived = Math.round((Date.parse(now.FinishedAt) - Date.parse(now.StartedAt)) / 100) / 10;
  return {
    running: now.Running,
    exitCode: now.Running ? undefined : now.ExitCode,
    ...(now.Running || !(lived >= 0) ? {} : { secondsLived: lived }),
    outOfMemory: now.OOMKilled,
    startError: undefined,
    secondsObserved: Math.round((client.clock.elapsed() - startedAt) / 100) / 10,
    logTail: log,
  };
}

/** What was seen, as the box that probes ask. */
export function boxOf(seen: Seen): Run['running'] {
  return {
    purpose: async () => seen.purpose,
    state: async () => seen.state,
    processes: async () => seen.processes,
    answer: async () => seen.answer,
    health: async () => seen.health,
    sockets: async () => seen.sockets,
    written: async () => seen.written,
    memory: async () => seen.memory,
    patience: async () => seen.patience,
  };
}
