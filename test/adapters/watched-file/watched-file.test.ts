/** A file that changes while the service runs. */
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { watchFile } from '../../../src/adapters/watched-file/watched-file.ts';

await t.test('what changes is told, in whatever way it was changed', async (t) => {
  const folder = t.testdir({ file: 'one', other: 'linked' });
  const path = join(folder, 'file');
  const told: string[] = [];
  let failures = 0;
  const until = async (isThere: () => boolean): Promise<void> => {
    for (const end = performance.now() + 5000; !isThere() && performance.now() < end;) await sleep(5);
  };
  const watch = watchFile(path, 'one', { changed: (text) => told.push(text), failed: () => (failures += 1) }, 10);
  await sleep(50);
  t.same(told, [], 'nothing has changed');
  writeFileSync(path, 'two');
  await until(() => told.length === 1);
  writeFileSync(join(folder, 'new'), 'three');
  renameSync(join(folder, 'new'), path);
  await until(() => told.length === 2);
  rmSync(path);
  await until(() => failures === 1);
  await sleep(50);
  t.equal(failures, 1, 'told once');
  symlinkSync(join(folder, 'other'), path);
  await until(() => told.length === 3);
  t.same(told, ['two', 'three', 'linked']);
  watch.end();
  writeFileSync(join(folder, 'other'), 'four');
  await sleep(50);
  t.equal(told.length, 3);
});
