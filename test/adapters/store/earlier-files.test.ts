/** Databases of earlier versions: each file in test/fixtures/databases is what one step of the tables left, and opens as the latest. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { openSqliteStore } from '../../../src/adapters/store/sqlite.ts';
import { SQLITE_EVENT_TRIGGERS } from '../../../src/adapters/store/build-events.ts';
import { SQLITE_LINE_STATEMENTS } from '../../../src/adapters/store/build-order.ts';
import { SQLITE_HISTORY_STATEMENTS, makeMigrations } from '../../../src/adapters/store/migrations.ts';
import { SQLITE_DELIVERY_TRIGGERS } from '../../../src/adapters/store/webhooks.ts';
import { at, claimed, newBuild, plainSealer, report, room } from './rows.ts';

const folder = join(import.meta.dirname, '../../fixtures/databases');
const files = readdirSync(folder).toSorted();
const steps = await makeMigrations({
  bytes: 'blob',
  eventTriggers: SQLITE_EVENT_TRIGGERS,
  lineStatements: SQLITE_LINE_STATEMENTS,
  historyStatements: SQLITE_HISTORY_STATEMENTS,
  deliveryTriggers: SQLITE_DELIVERY_TRIGGERS,
}).getMigrations();

/** Tables, indexes and triggers, as they came out. */
function layoutOf(path: string): unknown {
  const rows = new Database(path, { readonly: true });
  const layout = rows
    .prepare("select type, name, tbl_name, sql from sqlite_master where name not like 'sqlite_%' order by type, name")
    .all();
  rows.close();
  return layout;
}

async function freshLayout(path: string): Promise<unknown> {
  await (await openSqliteStore({ path, sealer: plainSealer() })).close();
  return layoutOf(path);
}

await t.test('there is a file of each earlier step', async (t) => {
  t.strictSame(
    files,
    Object.keys(steps)
      .slice(0, -1)
      .map((step) => `${step}.sql`),
    'a new step comes with a file of the one before it',
  );
});

for (const file of files) {
  await t.test(`${file} becomes the latest, and nothing in it is lost`, async (t) => {
    const path = join(t.testdir({}), 'drydock.sqlite');
    const rows = new Database(path);
    rows.exec(readFileSync(join(folder, file), 'utf8'));
    rows.close();
    const store = await openSqliteStore({ path, sealer: plainSealer() });
    t.strictSame(layoutOf(path), await freshLayout(join(t.testdirName, 'fresh.sqlite')), 'the tables of a new file');

    t.match(await store.analysis('analysis'), { project: 'shop/api' });
    t.match(await store.build('ended'), { state: 'passed', verdict: 'ready', finishedAt: at(2) });
    t.match(await store.buildReport('ended'), { id: 'v-ended', kind: 'verification' });
    t.match(
      (await store.history('shop/api', undefined, 9)).map(
        ({ id, score, toolVersion }) => `${id} ${score} ${toolVersion}`,
      ),
      ['ended 42 0.1.0', 'analysis 42 0.1.0'],
    );
    t.match(await store.worker(), { id: 'one', engine: '28.5.2' });
    t.strictSame(await store.counts(), { queued: 1, running: 1, bytes: 0 });
    t.strictSame((await store.contextsInUse()).toSorted(), ['context-runs', 'context-waits']);

    t.strictSame(await store.recover(at(20), 3), { requeued: 1, errored: 0, cancelled: 0 });
    t.match(await store.build('runs'), { state: 'queued', attempt: 3 }, 'it has not crashed so often');
    await store.insertBuild(newBuild('new', 30), room(9));
    t.match(await claimed(store, at(31)), { id: 'waits', options: { dockerfile: 'Dockerfile' }, sealed: {} });
    const second = await claimed(store, at(32));
    t.match(second, { id: 'runs', attempt: 3 }, 'nothing of its project runs');
    t.equal(await store.finish(second, { state: 'passed', report: report('v'), finishedAt: at(40) }), 'passed');
    t.match((await store.buildEvents('runs', 0)).at(-1), { state: 'passed', at: at(40), attempt: 3 });
    t.equal((await claimed(store, at(33))).id, 'new');
    await store.close();
  });
}
