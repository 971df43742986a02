/** Old builds, analyses and logs go; with the real store and logs. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { makeDiskLogs } from '../../src/adapters/logs/disk-logs.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import type { BuildLogs } from '../../src/use-cases/ports.ts';
import type { Store } from '../../src/use-cases/store-port.ts';
import { makeStorageSweep } from '../../src/use-cases/sweep-storage.ts';
import type { Keep, StorageSweep } from '../../src/use-cases/sweep-storage.ts';
import { at, newBuild, plainSealer, report, room } from '../adapters/store/rows.ts';

const DAY = 24 * 3600;
const silent = (): void => {};
const log = { debug: silent, info: silent, warn: silent, error: silent };

interface Subject {
  readonly store: Store;
  readonly logs: BuildLogs;
  readonly path: string;
  readonly sweep: (keep: Partial<Keep>) => StorageSweep;
  readonly ended: (id: string, seconds: number, letters?: number) => Promise<void>;
}

async function subject(t: Test): Promise<Subject> {
  const folder = t.testdir({});
  const path = join(folder, 'drydock.sqlite');
  const store = await openSqliteStore({ path, sealer: plainSealer() });
  t.teardown(() => store.close());
  const logs = await makeDiskLogs({ folder: join(folder, 'logs'), maxBytes: 1e6, log });
  const keep = { days: 10, builds: 100, analyses: 100, bytes: 1e9 };
  return {
    store,
    logs,
    path,
    sweep: (more) =>
      makeStorageSweep({ store, logs, keep: { ...keep, ...more }, clock: { now: () => at(20 * DAY) }, log }),
    ended: async (id, seconds, letters = 100) => {
      await store.insertBuild(newBuild(id, seconds), room(9999));
      const writer = logs.write(id);
      writer.line('x'.repeat(letters - 1));
      await writer.close();
      await store.cancel(id, at(seconds));
    },
  };
}

await t.test('builds go with their logs, and logs without a build go as well', async (t) => {
  const { store, logs, sweep, ended } = await subject(t);
  await ended('b1', 9 * DAY);
  await ended('b2', 11 * DAY);
  await ended('lost', 12 * DAY);
  await store.removeBuild('lost');
  await store.saveAnalysis(report('a1', { createdAt: at(9 * DAY) }));
  const one = sweep({});
  t.equal(one.last(), null);
  const did = await one.once();
  t.match(did, { at: at(20 * DAY), builds: 1, analyses: 1, logs: 1 });
  t.equal(did.bytes, (await store.usedBytes()) + 100);
  t.strictSame(one.last(), did);
  t.strictSame(await logs.all(), [{ id: 'b2', bytes: 100 }]);
  t.match(await one.once(), { builds: 0, analyses: 0, logs: 0 }, 'and nothing more');
});

await t.test('where there is too much, the oldest goes until there is not', async (t) => {
  const { store, logs, path, sweep, ended } = await subject(t);
  for (let n = 1000; n < 1300; n += 1) await ended(`b${n}`, 15 * DAY + n, 2000);
  const before = statSync(path).size;
  const used = (await store.usedBytes()) + 300 * 2000;
  const did = await sweep({ builds: 9999, bytes: Math.round(used / 2) }).once();
  t.equal(did.builds, 200, 'a handful at a time');
  t.ok(did.bytes < used / 2);
  t.strictSame(await store.knownBuilds(['b1199', 'b1200']), ['b1200']);
  t.equal((await logs.all()).length, 100);
  await store.insertBuild(newBuild('b9', 0), room(9));
  t.match(await sweep({ bytes: 1 }).once(), { builds: 100 }, 'what waits stays, however little there may be');
  t.equal((await store.build('b9'))?.state, 'queued');
  t.ok(statSync(path).size <= before);
});

await t.test('it begins by itself, and stops at once', async (t) => {
  const { sweep, ended, store } = await subject(t);
  await ended('b1', 1);
  const one = sweep({});
  one.start();
  while (one.last() === null) await new Promise((resolve) => setTimeout(resolve, 10));
  t.strictSame(await store.knownBuilds(['b1']), []);
  const begun = performance.now();
  await one.stop();
  t.ok(performance.now() - begun < 1000);
});
