/**
 * Use case: a build, while it changes. The row is looked at again and again, so whoever follows it needs no word of the worker, and
 * neither does it matter in which process that works.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Build, BuildEvent } from '../schemas/build.ts';
import { sees } from './access.ts';
import type { Access } from './access.ts';
import { AppError } from './errors.ts';
import type { BuildLogs, Clock } from './ports.ts';
import type { Store } from './store-port.ts';

const LOOK_EVERY_MS = 250;
/** A connection over which nothing goes is cut by what stands between. */
const HEARTBEAT_MS = 15_000;

/** One thing to tell; `quiet`: nothing has happened for a while. */
export type BuildNews =
  | { readonly kind: 'state'; readonly event: BuildEvent }
  | { readonly kind: 'build'; readonly build: Build }
  | { readonly kind: 'quiet' };

/** Follows builds. Each ends at once when the signal aborts: without an error, unless its reason is an AppError, which those throw that say so. */
export interface FollowBuild {
  /**
   * The build as soon as it is not as `isKnown` says, or `waitMs` have passed; without `isKnown`, as soon as it is not as it
   * is now. Throws AppError `not-found` for an id that is not there, or not to be seen, and the reason of the signal.
   */
  changed(
    id: string,
    isKnown: ((build: Build) => boolean) | undefined,
    waitMs: number,
    signal: AbortSignal,
    access: Access,
  ): Promise<Build>;
  /** Every event after number `after`, and the build whenever it has changed, until it has ended or is removed. */
  news(id: string, after: number, signal: AbortSignal): AsyncGenerator<BuildNews>;
  /** The bytes of its log as they come, until it has ended or is removed. Throws the reason of the signal when it aborts before, or `shutting-down`. */
  log(id: string, signal: AbortSignal): AsyncGenerator<Buffer>;
}

/** Makes the use case. */
export function makeFollowBuild(needs: {
  readonly store: Pick<Store, 'build' | 'buildEvents'>;
  readonly logs: Pick<BuildLogs, 'sizeOf' | 'read'>;
  readonly clock: Pick<Clock, 'elapsed'>;
}): FollowBuild {
  const { store, logs, clock } = needs;
  const pause = async (signal: AbortSignal): Promise<void> => {
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  };
  return {
    changed: async (id, isKnown, waitMs, signal, access) => {
      const begun = clock.elapsed();
      let first: string | undefined;
      for (;;) {
        if (signal.reason instanceof AppError) throw signal.reason;
        const build = await store.build(id);
        if (build === undefined || !sees(access, build.project))
          throw new AppError('not-found', `There is no build ${id}. Check the id, or build anew.`);
        first ??= JSON.stringify(build);
        const isSame = isKnown?.(build) ?? JSON.stringify(build) === first;
        // An ended build changes no more, whatever the client knows.
        const isOver = build.finishedAt !== null || signal.aborted || clock.elapsed() - begun >= waitMs;
        if (!isSame || isOver) return build;
        await pause(signal);
      }
    },
    news: async function* (id, after, signal) {
      let seq = after;
      let told: string | undefined;
      let toldAt = clock.elapsed();
      while (!signal.aborted) {
        // In this order: the events of an ended build are all there.
        const build = await store.build(id);
        if (build === undefined) return;
        for (const event of await store.buildEvents(id, seq)) {
          seq = event.seq;
          toldAt = clock.elapsed();
          yield { kind: 'state', event };
        }
        const now = JSON.stringify(build);
        if (now !== told) {
          told = now;
          toldAt = clock.elapsed();
          yield { kind: 'build', build };
        }
        if (build.finishedAt !== null) return;
        if (clock.elapsed() - toldAt >= HEARTBEAT_MS) {
          toldAt = clock.elapsed();
          yield { kind: 'quiet' };
        }
        await pause(signal);
      }
    },
    log: async function* (id, signal) {
      let at = 0;
      while (!signal.aborted) {
        // In this order: the log of an ended build is all there.
        const build = await store.build(id);
        const size = await logs.sizeOf(id);
        for await (const chunk of logs.read(id, at, size)) {
          at += chunk.length;
          yield chunk;
        }
        if (build === undefined || build.finishedAt !== null) return;
        await pause(signal);
      }
      // Not an end: who listened has to see that there is more.
      if (signal.reason instanceof AppError) throw signal.reason;
      throw new AppError('shutting-down', 'The service stops; the log goes on when it is back.');
    },
  };
}
