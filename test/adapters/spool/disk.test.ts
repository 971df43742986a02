/** The spool on disk: the contract, and what only a disk can do. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { makeDiskSpool } from '../../../src/adapters/spool/disk-spool.ts';
import { roomy, streamOf, tarOf } from '../archive/tars.ts';
import { spoolContract } from './contract.ts';

const root = mkdtempSync(join(tmpdir(), 'drydock-spool-'));
t.teardown(() => rmSync(root, { recursive: true, force: true }));

function newFolder(): string {
  return join(root, randomUUID(), 'spool');
}

await spoolContract(t, async (limits) => {
  const folder = newFolder();
  const spool = await makeDiskSpool({ folder, limits, newId: randomUUID });
  return { spool, leftovers: async () => readdirSync(folder).length };
});

await t.test('what lies on the disk can be read by its owner only', async (t) => {
  const folder = newFolder();
  const spool = await makeDiskSpool({ folder, limits: roomy, newId: () => 'one' });
  await spool.receive(streamOf(await tarOf([['a', 'A']])));
  t.equal(statSync(folder).mode & 0o777, 0o700);
  t.strictSame(readdirSync(folder).toSorted(), ['one.json', 'one.tar']);
  for (const name of readdirSync(folder)) t.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
});

await t.test('a context outlives the process that took it in', async (t) => {
  const folder = newFolder();
  const before = await makeDiskSpool({ folder, limits: roomy, newId: () => 'one' });
  await before.receive(streamOf(await tarOf([['a', 'A']])));
  const after = await makeDiskSpool({ folder, limits: roomy, newId: () => 'two' });
  t.equal((await (await after.open('one'))?.read('a', 1))?.toString(), 'A');
});

await t.test('what a killed process left half-written is swept, and files of others are not', async (t) => {
  const folder = newFolder();
  const spool = await makeDiskSpool({ folder, limits: roomy, newId: randomUUID });
  const { id } = await spool.receive(streamOf(await tarOf([['a', 'A']])));
  for (const name of ['dead.tar.part', 'dead.json.part', 'dead.tar', 'alone.tar', 'README', 'lost+found']) {
    writeFileSync(join(folder, name), 'x');
  }
  t.equal(await spool.open('alone'), undefined, 'a tar without its index is no context');
  t.equal(await spool.sweep([id]), 2);
  t.strictSame(readdirSync(folder).toSorted(), [`${id}.json`, `${id}.tar`, 'README', 'lost+found'].toSorted());
});

await t.test('a tar that is shorter than its index says is told, not sent short', async (t) => {
  const folder = newFolder();
  const spool = await makeDiskSpool({ folder, limits: roomy, newId: () => 'one' });
  const context = await spool.receive(streamOf(await tarOf([['a', Buffer.alloc(5000, 'x')]])));
  truncateSync(join(folder, 'one.tar'), 2000);
  await t.rejects(context.read('a', 5000), { code: 'storage-unavailable' });
  await t.rejects(context.tar(() => true, new Map()).toArray(), { code: 'storage-unavailable' });
});

await t.test('no file stays open, however a tar ends', async (t) => {
  const folder = newFolder();
  const spool = await makeDiskSpool({ folder, limits: roomy, newId: () => 'one' });
  const context = await spool.receive(streamOf(await tarOf([['a', Buffer.alloc(3_000_000, 'x')]])));
  for await (const chunk of context.tar(() => true, new Map())) {
    t.ok(chunk);
    break;
  }
  await context.tar(() => true, new Map()).toArray();
  await context.read('a', 3_000_000);
  const open = execFileSync('ls', ['-l', `/proc/${process.pid}/fd`]).toString();
  t.notMatch(open, folder);
});

await t.test('a disk that fails is the service’s trouble, not the archive’s', async (t) => {
  const folder = newFolder();
  const spool = await makeDiskSpool({ folder, limits: roomy, newId: () => 'one' });
  rmSync(folder, { recursive: true });
  const tar = await tarOf([['a', 'A']]);
  await t.rejects(spool.receive(streamOf(tar)), { code: 'storage-unavailable' });
  await t.rejects(spool.sweep([]), { code: 'storage-unavailable' });

  await spool.check();
  t.equal(statSync(folder).mode & 0o777, 0o700, 'a check lays the folder out anew');
  t.equal((await spool.receive(streamOf(tar))).id, 'one', 'and uploads are taken again');

  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'in the way');
  await t.rejects(spool.check(), { code: 'storage-unavailable' });
  await t.rejects(makeDiskSpool({ folder, limits: roomy, newId: () => 'one' }), { code: 'storage-unavailable' });
});

/** An address to import this file from, as a literal. */
function module(path: string): string {
  return JSON.stringify(new URL(path, import.meta.url).href);
}

await t.test('a disk that fills up in the middle leaves nothing behind', async (t) => {
  const folder = newFolder();
  // A process that may write no file beyond 200 KiB stands for a full disk: the same write fails in the same place.
  const script = `
    import { makeDiskSpool } from ${module('../../../src/adapters/spool/disk-spool.ts')};
    import { roomy, streamOf, tarOf } from ${module('../archive/tars.ts')};
    const spool = await makeDiskSpool({ folder: ${JSON.stringify(folder)}, limits: roomy, newId: () => 'one' });
    const tar = await tarOf([['a', Buffer.alloc(3_000_000)]]);
    const code = await spool.receive(streamOf(tar)).then(() => 'taken', (error) => error.code + ' ' + error.cause.code);
    process.stdout.write(code);
  `;
  // The test runner's own options would end the process at the signal that comes with the failing write.
  const shell = 'unset NODE_OPTIONS; ulimit -f 400; exec "$0" --input-type=module -e "$1"';
  const told = execFileSync('sh', ['-c', shell, process.execPath, script], { env: { PATH: process.env['PATH'] } });
  t.equal(told.toString(), 'storage-unavailable EFBIG');
  t.strictSame(readdirSync(folder), []);
});
