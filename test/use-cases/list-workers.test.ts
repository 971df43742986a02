/** Who builds: alive, silent for too long, without an engine, or nobody yet. */
import t from 'tap';
import { WorkerList } from '../../src/schemas/worker.ts';
import { makeListWorkers } from '../../src/use-cases/list-workers.ts';
import type { WorkerSeen } from '../../src/use-cases/store-port.ts';

const seen: WorkerSeen = { id: 'w', seenAt: '2026-01-01T00:00:00.000Z', engine: '28.5.2', problem: '' };

async function workers(worker: WorkerSeen | undefined, now: string): Promise<WorkerList['workers']> {
  const list = makeListWorkers({
    store: { worker: async () => worker, counts: async () => ({ queued: 3, running: 1, bytes: 10 }) },
    clock: { now: () => now },
    concurrency: 2,
  });
  return WorkerList.parse({ workers: await list() }).workers;
}

t.test('a worker is told with its engine and its builds, stale after half a minute', async (t) => {
  const alive = {
    ...{ id: 'w', state: 'alive', lastSeenAt: seen.seenAt, engine: '28.5.2', problem: '' },
    ...{ concurrency: 2, running: 1 },
  };
  t.same(await workers(seen, '2026-01-01T00:00:30.000Z'), [alive]);
  t.same(await workers(seen, '2026-01-01T00:00:30.001Z'), [{ ...alive, state: 'stale' }]);
});

t.test('one without an engine says why; before the first there is none', async (t) => {
  const without = { ...seen, engine: null, problem: 'No engine answers. Start one.' };
  t.match(await workers(without, seen.seenAt), [{ state: 'alive', engine: null, problem: /Start one/ }]);
  t.same(await workers(undefined, seen.seenAt), []);
});
