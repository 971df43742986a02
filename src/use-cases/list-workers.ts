/** Use case: who builds, with which engine, and how busy. */
import type { Worker } from '../schemas/worker.ts';
import type { Clock } from './ports.ts';
import { WORKER_STALE_MS } from './run-worker.ts';
import type { Store } from './store-port.ts';

/** Answers the workers; none before the first has looked at its engine. Throws AppError `storage-unavailable`. */
export type ListWorkers = () => Promise<readonly Worker[]>;

/** Makes the use case. There is one worker at a time, so every build that runs is its own. */
export function makeListWorkers(needs: {
  readonly store: Pick<Store, 'counts' | 'worker'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly concurrency: number;
}): ListWorkers {
  const { store, clock, concurrency } = needs;
  return async () => {
    const [worker, { running }] = await Promise.all([store.worker(), store.counts()]);
    if (worker === undefined) return [];
    const { id, seenAt, engine, problem } = worker;
    const isStale = Date.parse(clock.now()) - Date.parse(seenAt) > WORKER_STALE_MS;
    return [
      {
        ...{ id, state: isStale ? 'stale' : 'alive', lastSeenAt: seenAt },
        ...{ engine, problem, concurrency, running },
      },
    ];
  };
}
