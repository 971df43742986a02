/**
 * Use case: the worker's life. Looks at its engine, sweeps what a crash left, takes builds one by one up to its
 * concurrency, and gives them back when it is told to stop. The rows are the truth: a lost ring costs seconds, never a job.
 */
import type { Engine } from './engine-port.ts';
import type { Clock, Doorbell, Log, Spool } from './ports.ts';
import type { ClaimedBuild, Store } from './store-port.ts';
import { AppError } from './errors.ts';
import type { RunBuild } from './run-build.ts';

/** How often a worker writes that it lives, and what its engine said. */
const BEAT_MS = 5_000;
/** How long a worker looks for its engine before it says that none answers. */
const LOOK_MS = 3_000;
/** After this long without a beat a worker counts as gone. */
export const WORKER_STALE_MS = 30_000;
/** A build that took its process or its engine down this often is not tried again. */
export const MAX_CRASHES = 3;

/** A worker that lives until `stop`. */
export interface Worker {
  /** Resolves after the first look at the engine: from then on submissions know whether there is one. */
  start(): Promise<void>;
  /** Takes nothing new, gives running builds back, cleans up; resolves when all is done. */
  stop(): Promise<void>;
}

/** Makes a worker. */
export function makeWorker(needs: {
  readonly id: string;
  readonly store: Pick<Store, 'claim' | 'recover' | 'saveWorker' | 'contextsInUse'>;
  readonly spool: Pick<Spool, 'sweep'>;
  readonly engine: Pick<Engine, 'describe' | 'sweep' | 'cleanUp'>;
  readonly doorbell: Doorbell;
  readonly runBuild: RunBuild;
  readonly clock: Clock;
  readonly log: Log;
  readonly concurrency: number;
}): Worker {
  const { id, store, spool, engine, doorbell, runBuild, clock, log, concurrency } = needs;
  const stopping = new AbortController();
  const lives: Promise<void>[] = [];
  let isEngineUp = false;
  let isSwept = false;
  /** How often a build said that the engine is gone: a look that had begun before knows nothing of it. */
  let losses = 0;
  /** Builds of which something may still stand on the engine. */
  const leftBehind = new Set<string>();
  /** What runs now cleans up after itself, and after its earlier attempts. */
  const running = new Set<string>();

  const beat = async (): Promise<void> => {
    let version: string | null = null;
    let problem = '';
    const lossesBefore = losses;
    try {
      version = (await engine.describe(AbortSignal.any([stopping.signal, AbortSignal.timeout(LOOK_MS)]))).version;
      await tidy();
    } catch (err) {
      // Stopping while it looks says nothing of the engine.
      if (stopping.signal.aborted) return;
      version = null;
      problem = problemOf(err, log);
    }
    if (losses !== lossesBefore) return;
    if (isEngineUp !== (version !== null)) log.info({ engine: version, problem }, 'engine seen');
    isEngineUp = version !== null;
    await store.saveWorker({ id, seenAt: clock.now(), engine: version, problem });
  };

  /** What should not be on the engine: of a crash before the first claim, later of builds whose clean-up failed. */
  const tidy = async (): Promise<void> => {
    if (!isSwept) {
      const removed = await engine.sweep([]);
      isSwept = true;
      if (removed > 0) log.warn({ removed }, 'removed what a crash left on the engine');
    }
    for (const buildId of leftBehind) {
      if (running.has(buildId)) continue;
      await engine.cleanUp(buildId);
      leftBehind.delete(buildId);
      log.info({ buildId }, 'removed what was left behind');
    }
  };

  const beats = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await pause(BEAT_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      await beat().catch((err: unknown) => log.error({ err }, 'worker could not write that it lives'));
    }
  };

  const run = async (claim: ClaimedBuild): Promise<void> => {
    running.add(claim.id);
    leftBehind.delete(claim.id);
    try {
      const { isClean, isEngineLost } = await runBuild(claim, stopping.signal);
      if (!isClean) leftBehind.add(claim.id);
      if (!isEngineLost) return;
      // Nothing is taken before the engine has answered again.
      losses += 1;
      isEngineUp = false;
    } finally {
      running.delete(claim.id);
    }
  };

  const works = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const claim = isEngineUp ? await store.claim(clock.now()) : undefined;
        if (claim === undefined) await doorbell.wait(BEAT_MS, stopping.signal);
        else await run(claim);
      } catch (err) {
        log.error({ err }, 'worker stumbled');
        await pause(BEAT_MS, stopping.signal);
      }
    }
  };

  return {
    start: async () => {
      const recovered = await store.recover(clock.now(), MAX_CRASHES);
      if (recovered.requeued + recovered.errored + recovered.cancelled > 0)
        log.warn(recovered, 'recovered builds of a dead process');
      await spool.sweep(await store.contextsInUse());
      await beat();
      lives.push(beats(), ...Array.from({ length: concurrency }, works));
    },
    stop: async () => {
      stopping.abort(new Error('the service is stopping'));
      await Promise.all(lives);
    },
  };
}

/** Why no engine answers, in words for whoever submits a build. */
function problemOf(err: unknown, log: Log): string {
  if (err instanceof AppError) return err.message;
  if (err instanceof Error && err.name === 'TimeoutError') {
    return `The Docker engine does not answer within ${LOOK_MS / 1000} seconds.`;
  }
  log.error({ err }, 'engine could not be looked at');
  return 'The Docker engine answers something that Drydock does not understand.';
}

/** Resolves after `ms` or when the signal aborts; never rejects. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
