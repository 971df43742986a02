/** The SQLite store: the contract, and what only a file can show. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import t from 'tap';
import { makeSealer } from '../../../src/adapters/seal/sealer.ts';
import { nextInLine } from '../../../src/adapters/store/build-order.ts';
import type { Tables } from '../../../src/adapters/store/tables.ts';
import { openSqliteStore } from '../../../src/adapters/store/sqlite.ts';
import { nextWebhook, waitingByWebhook } from '../../../src/adapters/store/webhooks.ts';
import { storeContract } from './contract.ts';
import { at, newBuild, plainSealer, report, room } from './rows.ts';

const root = mkdtempSync(join(tmpdir(), 'drydock-store-'));
t.teardown(() => rmSync(root, { recursive: true, force: true }));
const sealer = makeSealer(randomBytes(32));

function newFile(): string {
  return join(root, randomUUID(), 'drydock.sqlite');
}

/** An address to import a file from, as a literal in a script. */
function url(file: string): string {
  return JSON.stringify(new URL(file, import.meta.url).href);
}

await storeContract(t, () => {
  const path = newFile();
  return { open: (other = sealer) => openSqliteStore({ path, sealer: other }) };
});

await t.test(
  'sealed inputs stand nowhere in the files, before the end and after it, and the row forgets them',
  async (t) => {
    const path = newFile();
    const store = await openSqliteStore({ path, sealer });
    const secret = 'correct-horse-battery-staple';
    const holds = (): boolean =>
      [path, `${path}-wal`, `${path}-shm`].some((file) => existsSync(file) && readFileSync(file).includes(secret));
    const rows = new Database(path, { readonly: true });
    const sealed = rows.prepare('select sealed from builds').pluck();

    await store.insertBuild(newBuild('b', 0, { buildArgs: { TOKEN: secret }, env: { [`N_${secret}`]: 'x' } }), room(9));
    t.type(sealed.get(), Buffer);
    t.equal(holds(), false, 'while it waits');
    const claim = await store.claim(at(1));
    t.equal(claim?.sealed.buildArgs?.['TOKEN'], secret);
    if (claim === undefined) return;
    await store.progress(claim, 'probing', { phase: 'run', step: null, done: 0, total: 2 }, at(8));
    t.type(sealed.get(), Buffer);
    await store.finish(claim, { state: 'passed', report: report('v'), finishedAt: at(2) });
    t.equal(sealed.get(), null);
    t.equal(holds(), false, 'after the end');

    await store.insertBuild(newBuild('c', 0, { env: { A: secret } }), room(9));
    await store.claim(at(3));
    await store.recover(at(4), 1);
    t.strictSame(sealed.all(), [null, null], 'given up');
    rows.close();
    await store.close();
    t.equal(holds(), false, 'at rest');
  },
);

await t.test('the test above would see a secret that is not sealed', async (t) => {
  const path = newFile();
  const store = await openSqliteStore({ path, sealer: { ...plainSealer(), seal: (text) => Buffer.from(text) } });
  await store.insertBuild(newBuild('b', 0, { env: { A: 'correct-horse' } }), room(9));
  t.ok([path, `${path}-wal`].some((file) => readFileSync(file).includes('correct-horse')));
  await store.close();
});

await t.test('the files can be read by their owner only, whatever the umask', async (t) => {
  const path = newFile();
  const umask = process.umask(0o022);
  t.teardown(() => process.umask(umask));
  const store = await openSqliteStore({ path, sealer });
  await store.saveAnalysis(report('a'));
  for (const file of [path, `${path}-wal`, `${path}-shm`]) t.equal(statSync(file).mode & 0o777, 0o600, file);
  await store.close();
  const again = await openSqliteStore({ path, sealer });
  t.equal((await again.analysis('a'))?.id, 'a', 'a file that is there is not made anew');
  await again.close();
});

await t.test('two processes claim from one file, and no build is claimed twice', async (t) => {
  const path = newFile();
  const store = await openSqliteStore({ path, sealer });
  for (let n = 0; n < 60; n += 1) await store.insertBuild(newBuild(`b${n}`, n), room(99));
  const script = `
    import { openSqliteStore } from ${url('../../../src/adapters/store/sqlite.ts')};
    import { plainSealer } from ${url('./rows.ts')};
    const store = await openSqliteStore({ path: ${JSON.stringify(path)}, sealer: plainSealer(), busyTimeoutMs: 5000 });
    process.stdout.write('ready\\n');
    await new Promise((resolve) => process.stdin.once('data', resolve));
    for (let claim; (claim = await store.claim('2026-01-01T00:00:00.000Z')); ) process.stdout.write(claim.id + '\\n');
    await store.close();
    process.exit(0);
  `;
  const claimers = [1, 2].map(() =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  await Promise.all(claimers.map(({ stdout }) => once(stdout, 'data')));
  const told = claimers.map(({ stdout }) => stdout.toArray());
  for (const { stdin } of claimers) stdin.write('go\n');
  const ids = (await Promise.all(told))
    .flatMap((chunks) => chunks.join('').trim().split('\n'))
    .filter((id) => id !== '');
  t.equal(ids.length, 60);
  t.equal(new Set(ids).size, 60);
  await store.close();
});

await t.test('a process killed with its claims loses nothing that it was told was stored', async (t) => {
  const path = newFile();
  const script = `
    import { openSqliteStore } from ${url('../../../src/adapters/store/sqlite.ts')};
    import { at, newBuild, plainSealer } from ${url('./rows.ts')};
    const store = await openSqliteStore({ path: ${JSON.stringify(path)}, sealer: plainSealer() });
    for (let n = 0; n < 5; n += 1) await store.insertBuild(newBuild('b' + n, n), { builds: 99, bytes: 1e9 });
    await store.claim(at(9));
    process.kill(process.pid, 'SIGKILL');
  `;
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  t.equal(signal, 'SIGKILL');
  const store = await openSqliteStore({ path, sealer: plainSealer() });
  t.strictSame(await store.counts(), { queued: 4, running: 1, bytes: 5000 });
  t.strictSame(await store.recover(at(10), 3), { requeued: 1, errored: 0, cancelled: 0 });
  await store.close();
});

await t.test('the file is opened as it has to be', async (t) => {
  const path = newFile();
  const store = await openSqliteStore({ path, sealer });
  const rows = new Database(path);
  t.equal(rows.pragma('journal_mode', { simple: true }), 'wal');
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: rows }) });
  const plan = JSON.stringify(rows.prepare(`explain query plan ${nextInLine(db).compile().sql}`).all(1));
  t.match(plan, /lines_in_order/);
  t.notMatch(plan, /TEMP B-TREE/, 'a long queue does not slow the claim');
  const { sql, parameters } = nextWebhook(db, at(0), ['w'], true).compile();
  const look = JSON.stringify(rows.prepare(`explain query plan ${sql}`).all(...parameters));
  t.match(look, /SEARCH webhook_deliveries USING COVERING INDEX webhook_deliveries_due/);
  t.notMatch(look, /SCAN webhook_deliveries/, 'many deliveries do not slow the look for what is due');
  const waiting = waitingByWebhook(db).compile();
  const figures = JSON.stringify(rows.prepare(`explain query plan ${waiting.sql}`).all(...waiting.parameters));
  t.match(figures, /SEARCH webhook_deliveries USING COVERING INDEX webhook_deliveries_due/);
  t.notMatch(figures, /SCAN webhook_deliveries/, 'nor do those that are done slow its figures');
  rows.close();
  await store.close();
});

await t.test(
  'a file of a newer version, a file that is no database and a folder that cannot be are refused with a sentence',
  async (t) => {
    const newer = newFile();
    await (await openSqliteStore({ path: newer, sealer })).close();
    const rows = new Database(newer);
    rows.prepare("insert into kysely_migration (name, timestamp) values ('9999-later', '')").run();
    rows.close();
    await t.rejects(openSqliteStore({ path: newer, sealer }), {
      code: 'storage-unavailable',
      message: /newer version.*9999-later/,
    });

    const noise = newFile();
    mkdirSync(join(noise, '..'));
    writeFileSync(noise, 'this is no database'.repeat(100));
    await t.rejects(openSqliteStore({ path: noise, sealer }), {
      code: 'storage-unavailable',
      message: /DRYDOCK_DATA_DIR/,
    });
    await t.rejects(openSqliteStore({ path: join(noise, 'below.sqlite'), sealer }), { code: 'storage-unavailable' });
  },
);

await t.test('a migration that was cut short leaves nothing that the next start stumbles over', async (t) => {
  const path = newFile();
  mkdirSync(join(path, '..'));
  const rows = new Database(path);
  // Stands in the way of the last table, after the others have been made.
  rows.exec('create table workers (id text)');
  await t.rejects(openSqliteStore({ path, sealer }), { code: 'storage-unavailable' });
  t.strictSame(rows.prepare("select name from sqlite_master where type = 'table'").pluck().all(), ['workers']);
  rows.exec('drop table workers');
  rows.close();
  const store = await openSqliteStore({ path, sealer });
  t.strictSame(await store.counts(), { queued: 0, running: 0, bytes: 0 });
  await store.close();
});

await t.test('a database that is locked too long is unavailable, and works again afterwards', async (t) => {
  const path = newFile();
  const store = await openSqliteStore({ path, sealer, busyTimeoutMs: 50 });
  const rows = new Database(path);
  rows.exec('begin immediate');
  await t.rejects(store.saveAnalysis(report('a')), { code: 'storage-unavailable', cause: { code: 'SQLITE_BUSY' } });
  t.equal(await store.analysis('a'), undefined, 'reading goes on meanwhile');
  rows.exec('rollback');
  await store.saveAnalysis(report('a'));
  t.equal((await store.analysis('a'))?.id, 'a');
  rows.close();
  await store.close();
});
