/** Whether the service is ready: each part alone can be down, and each is told. */
import t from 'tap';
import { DataGone } from '../../src/use-cases/errors.ts';
import { makeCheckHealth } from '../../src/use-cases/check-health.ts';
import type { Health } from '../../src/schemas/health.ts';
import { Health as HealthSchema } from '../../src/schemas/health.ts';
import type { WorkerSeen } from '../../src/use-cases/store-port.ts';

const now = '2026-01-01T00:00:10.000Z';
const worker: WorkerSeen = { id: 'w', seenAt: '2026-01-01T00:00:09.000Z', engine: '28.5.2', problem: '' };
const silent = (): void => undefined;

async function health(
  more: { readonly worker?: WorkerSeen; readonly check?: Error; readonly counts?: Error; readonly disk?: Error } = {},
): Promise<Health> {
  const check = makeCheckHealth({
    store: {
      check: async () => {
        if (more.check !== undefined) throw more.check;
      },
      counts: async () => {
        if (more.counts !== undefined) throw more.counts;
        return { queued: 1, running: 2, bytes: 3000 };
      },
      worker: async () => more.worker ?? worker,
    },
    spool: {
      check: async () => {
        if (more.disk !== undefined) throw more.disk;
      },
    },
    clock: { now: () => now, elapsed: () => 0, newId: () => 'id' },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    version: '0.1.0',
    room: { builds: 9, bytes: 9000 },
    lastSweep: () => null,
  });
  return HealthSchema.parse(await check());
}

t.test('all is well', async (t) => {
  t.match(await health(), {
    status: 'ok',
    database: { status: 'ok', detail: '' },
    disk: { status: 'ok', detail: '' },
    engine: { status: 'ok', version: '28.5.2' },
    queue: { queued: 1, running: 2, bytes: 3000, limit: 9, bytesLimit: 9000 },
  });
});

t.test('without a disk for uploads it is degraded, and says so without the reason of the system', async (t) => {
  const seen = await health({ disk: new Error('ENOSPC: /data/spool') });
  t.match(seen, { status: 'degraded', disk: { status: 'down', detail: /^Uploads cannot be stored/ } });
  t.notMatch(seen.disk.detail, /ENOSPC|\/data/);
});

t.test('without an engine, or a worker that was seen lately, it is degraded', async (t) => {
  const gone = { ...worker, engine: null, problem: 'No engine answers.' };
  t.match(await health({ worker: gone }), { status: 'degraded', engine: { detail: 'No engine answers.' } });
  const stale = { ...worker, seenAt: '2025-12-31T00:00:00.000Z' };
  t.match(await health({ worker: stale }), { status: 'degraded', engine: { version: null, detail: /No worker/ } });
});

t.test(
  'with a database that was taken away it is down, and says that; of another trouble the log has the reason',
  async (t) => {
    const down = {
      status: 'down',
      database: { status: 'down', detail: /removed or replaced .* Put the data folder back/ },
    };
    t.match(await health({ check: new DataGone() }), down);
    const { database } = await health({ check: new Error('SQLITE_IOERR: /data/drydock.sqlite') });
    t.equal(database.detail, 'The database does not answer; the log has the reason.');
  },
);

t.test('without a database it is down, whatever the disk says', async (t) => {
  t.match(await health({ counts: new Error('gone') }), { status: 'down', disk: { status: 'ok' } });
  t.match(await health({ counts: new Error('gone'), disk: new Error('gone') }), {
    status: 'down',
    database: { status: 'down' },
    disk: { status: 'down' },
  });
});
