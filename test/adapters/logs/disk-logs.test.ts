/** What the logs of builds promise, on a disk. */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { makeDiskLogs } from '../../../src/adapters/logs/disk-logs.ts';
import type { BuildLogs } from '../../../src/use-cases/ports.ts';

interface Subject {
  readonly logs: BuildLogs;
  readonly folder: string;
  readonly warned: readonly string[];
}

async function subject(t: Test, maxBytes = 10_000): Promise<Subject> {
  const folder = join(t.testdir({}), 'logs');
  const warned: string[] = [];
  const silent = (): void => {};
  const log = { debug: silent, info: silent, error: silent, warn: (_: object, text: string) => void warned.push(text) };
  return { folder, warned, logs: await makeDiskLogs({ folder, maxBytes, log }) };
}

async function textOf(logs: BuildLogs, id: string, from = 0, to = Number.MAX_SAFE_INTEGER): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of logs.read(id, from, to)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

await t.test('lines come back in their order, from any place, over all attempts', async (t) => {
  const { logs, folder } = await subject(t);
  const first = logs.write('a');
  for (let n = 0; n < 1000; n += 1) first.line(`${n}`);
  await first.close();
  const whole = Array.from({ length: 1000 }, (_, n) => `${n}\n`).join('');
  t.equal(await textOf(logs, 'a'), whole);
  t.equal(await logs.sizeOf('a'), whole.length);
  t.equal(await textOf(logs, 'a', 4, 9), whole.slice(4, 9));
  const second = logs.write('a');
  second.line('again – ü');
  await second.close();
  t.equal(await textOf(logs, 'a', whole.length), 'again – ü\n');
  t.equal(statSync(join(folder, 'a.log')).mode & 0o777, 0o600, 'for the owner only');
});

await t.test('what is written can be read before it is closed', async (t) => {
  const { logs } = await subject(t);
  const writer = logs.write('a');
  writer.line('soon');
  while ((await logs.sizeOf('a')) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  t.equal(await textOf(logs, 'a'), 'soon\n');
  await writer.close();
});

await t.test('a log has a limit, over all attempts, and says so once', async (t) => {
  const { logs } = await subject(t, 1000);
  const writer = logs.write('a');
  for (let n = 0; n < 100; n += 1) writer.line('x'.repeat(99));
  await writer.close();
  const text = await textOf(logs, 'a');
  t.ok(text.startsWith(`${'x'.repeat(99)}\n`.repeat(10)));
  t.equal(text.match(/DRYDOCK_MAX_LOG_BYTES/g)?.length, 1);
  t.ok(text.length < 1200);
  const next = logs.write('a');
  next.line('more');
  await next.close();
  t.ok((await logs.sizeOf('a')) < 1300);
  const other = logs.write('b');
  other.line('a log of its own');
  await other.close();
  t.equal(await textOf(logs, 'b'), 'a log of its own\n');
});

await t.test('what is not there is empty; ids that are no ids reach nothing', async (t) => {
  const { logs, folder } = await subject(t);
  mkdirSync(join(folder, '..', 'else'));
  for (const id of ['none', '../else/x', 'a/b', '', 'x'.repeat(65)]) {
    t.equal(await logs.sizeOf(id), 0);
    t.equal(await textOf(logs, id), '');
    await logs.remove(id);
  }
  t.strictSame(await logs.all(), []);
});

await t.test('logs are listed, and removed', async (t) => {
  const { logs } = await subject(t);
  for (const id of ['a', 'b']) {
    const writer = logs.write(id);
    writer.line(id.repeat(5));
    await writer.close();
  }
  t.strictSame(
    (await logs.all()).toSorted((one, other) => (one.id < other.id ? -1 : 1)),
    [
      { id: 'a', bytes: 6 },
      { id: 'b', bytes: 6 },
    ],
  );
  await logs.remove('a');
  await logs.remove('a');
  t.equal(await textOf(logs, 'a'), '');
  t.strictSame(await logs.all(), [{ id: 'b', bytes: 6 }]);
});

await t.test('a disk that does not write is told once, and ends nothing', async (t) => {
  const { logs, folder, warned } = await subject(t);
  rmSync(folder, { recursive: true });
  const writer = logs.write('a');
  for (let n = 0; n < 3; n += 1) {
    writer.line('x'.repeat(70_000));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await writer.close();
  t.strictSame(warned, ['log of a build not written']);
});
