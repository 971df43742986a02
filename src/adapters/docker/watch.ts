/** Keeps looking at the container's state while others knock at it; tells its death at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Client } from './client.ts';

const CheckSeen = z.object({ Start: z.string(), End: z.string(), ExitCode: z.number(), Output: z.string() });
/** One run of the health check that has ended. */
export type CheckSeen = z.infer<typeof CheckSeen>;

const Health = z.object({
  Status: z.string(),
  FailingStreak: z.number(),
  /** The last five. */
  Log: z.array(CheckSeen).nullish(),
});
const Inspected = z.object({
  State: z.object({
    Running: z.boolean(),
    Pid: z.number(),
    ExitCode: z.number(),
    OOMKilled: z.boolean(),
    /** By the clock of the engine; the year 1 where it has not happened. */
    StartedAt: z.string(),
    FinishedAt: z.string(),
    Health: Health.nullish(),
  }),
  NetworkSettings: z.object({ Networks: z.record(z.string(), z.object({ IPAddress: z.string() })) }),
});

/** What the engine says of a container. */
export type Inspected = z.infer<typeof Inspected>;

/** Asks once. Throws like `Ask`. */
export async function inspect(
  client: Client,
  containerId: string,
  signal: AbortSignal | undefined,
): Promise<Inspected> {
  return await client.ask({ to: 'describe a container', reads: Inspected, signal }, (abortSignal) =>
    client.docker.getContainer(containerId).inspect({ abortSignal }),
  );
}

/** A container under observation. */
export interface Watch {
  /** The latest look. */
  now(): Inspected;
  /** Aborts when the container has ended. */
  readonly died: AbortSignal;
  /** Aborts when there is nothing more to look at: it died, the watch was ended, or given up. */
  readonly over: AbortSignal;
  /** Rejects when the engine cannot be asked any more; never resolves. */
  readonly failed: Promise<never>;
  /** The next look, or the death of the container. */
  next(): Promise<void>;
  end(): void;
}

const EVERY_MS = 200;

/** Begins to watch. `signal` ends it, and so must `end()`. */
export async function watchContainer(client: Client, containerId: string, signal: AbortSignal): Promise<Watch> {
  const ended = new AbortController();
  const died = new AbortController();
  let latest = await inspect(client, containerId, signal);
  let look = Promise.withResolvers<void>();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // Whoever does not wait for it must not be struck by it.
  failed.catch(() => undefined);
  const stop = AbortSignal.any([signal, ended.signal]);
  const loop = async (): Promise<void> => {
    while (latest.State.Running) {
      await sleep(EVERY_MS, undefined, { signal: stop });
      latest = await inspect(client, containerId, stop);
      look.resolve();
      look = Promise.withResolvers<void>();
    }
    died.abort();
    look.resolve();
  };
  loop().catch((error: unknown) => {
    if (!ended.signal.aborted) reject(signal.aborted ? signal.reason : error);
  });
  return {
    now: () => latest,
    died: died.signal,
    over: AbortSignal.any([stop, died.signal]),
    failed,
    next: () => (died.signal.aborted ? Promise.resolve() : look.promise),
    end: () => ended.abort(),
  };
}
