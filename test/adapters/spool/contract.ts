/** What every Spool promises, whatever it lies on. `open` makes one and says whether anything is left of what it took. */
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Test } from 'tap';
import type { ArchiveLimits } from '../../../src/adapters/archive/limits.ts';
import { AppError } from '../../../src/use-cases/errors.ts';
import type { Spool } from '../../../src/use-cases/ports.ts';
import { roomy, streamOf, tarOf } from '../archive/tars.ts';
import type { Packed } from '../archive/tars.ts';
import { tarContract } from './contract-tar.ts';
import { bytesOf } from './unpacked.ts';

/** A spool to be tested. */
export interface SpoolUnderTest {
  readonly spool: Spool;
  /** How many things are stored, complete or not. */
  readonly leftovers: () => Promise<number>;
}

/** Runs the promises against one adapter. */
export async function spoolContract(t: Test, open: (limits: ArchiveLimits) => Promise<SpoolUnderTest>): Promise<void> {
  await tarContract(t, (await open(roomy)).spool);

  await t.test('the list of entries says what lies there', async (t) => {
    const { spool } = await open(roomy);
    const mtime = new Date('2026-01-02T03:04:05Z');
    const context = await spool.receive(
      streamOf(
        await tarOf([
          [{ name: './', type: 'directory' }],
          [{ name: './app/', type: 'directory', mode: 0o750, mtime }],
          [{ name: './app//main.py', mode: 0o640, mtime }, 'print()'],
          [{ name: 'app/link', type: 'symlink', linkname: 'main.py', mode: 0o777, mtime }],
          [{ name: 'twin', type: 'link', linkname: './app/main.py', mode: 0o640, mtime }],
          [{ name: 'link-twin', type: 'link', linkname: 'app/link', mtime }],
        ]),
      ),
    );
    const seen = context.entries.map(({ path, type, sizeBytes, mode, mtimeMs, linkTarget }) => [
      path,
      type,
      sizeBytes,
      mode.toString(8),
      mtimeMs,
      linkTarget,
    ]);
    const at = mtime.getTime();
    t.strictSame(seen, [
      ['app', 'directory', 0, '750', at, undefined],
      ['app/main.py', 'file', 7, '640', at, undefined],
      ['app/link', 'symlink', 0, '777', at, 'main.py'],
      ['twin', 'hardlink', 7, '640', at, 'app/main.py'],
      ['link-twin', 'symlink', 0, '777', at, 'main.py'],
    ]);
    t.equal((await context.read('twin', 7)).toString(), 'print()');
  });

  await t.test('reading follows links inside the archive and never out of it', async (t) => {
    const { spool } = await open(roomy);
    const context = await spool.receive(
      streamOf(
        await tarOf([
          ['docker/Dockerfile.prod', 'FROM scratch'],
          link('Dockerfile', 'symlink', 'docker/./Dockerfile.prod'),
          link('docker/up', 'symlink', '../Dockerfile'),
          link('shortcut', 'symlink', 'docker'),
          link('absolute', 'symlink', '/etc/passwd'),
          link('out', 'symlink', '../../etc/passwd'),
          link('through', 'symlink', 'shortcut/../../etc/passwd'),
          link('loop', 'symlink', 'loop2'),
          link('loop2', 'symlink', 'loop'),
          link('dangling', 'symlink', 'nothing'),
          link('folder', 'symlink', 'docker'),
        ]),
      ),
    );
    for (const path of ['docker/Dockerfile.prod', 'Dockerfile', 'docker/up', 'shortcut/up']) {
      t.equal((await context.read(path, 12)).toString(), 'FROM scratch', path);
    }
    for (const path of ['absolute', 'out', 'through', 'loop', 'dangling', 'folder']) {
      await t.rejects(context.read(path, 1000), { code: 'archive-unsafe' }, path);
    }
    for (const path of ['nothing', 'docker', '../x', '', '/etc/passwd', 'constructor']) {
      await t.rejects(context.read(path, 1000), Error, JSON.stringify(path));
    }
  });

  await t.test('a file is read up to its limit and not beyond', async (t) => {
    const { spool } = await open(roomy);
    const context = await spool.receive(streamOf(await tarOf([['Dockerfile', 'FROM scratch']])));
    t.equal((await context.read('Dockerfile', 12)).toString(), 'FROM scratch');
    await t.rejects(context.read('Dockerfile', 11), { code: 'upload-too-large' });
  });

  await t.test('a file alone is a context of one file', async (t) => {
    const { spool } = await open(roomy);
    const { id } = await spool.keepFile('deploy/Dockerfile', Buffer.from('FROM scratch'));
    const context = await spool.open(id);
    t.match(context?.entries, [{ path: 'deploy/Dockerfile', type: 'file', sizeBytes: 12 }]);
    t.equal((await context?.read('deploy/Dockerfile', 12))?.toString(), 'FROM scratch');
  });

  await t.test('whatever is refused leaves nothing behind', async (t) => {
    const { spool, leftovers } = await open({ ...roomy, maxEntries: 3, maxExpandedBytes: 100_000 });
    const good = await tarOf([['a', Buffer.alloc(5000)]]);
    const refused: readonly (readonly [code: string, archive: Readable])[] = [
      ['archive-broken', streamOf(good.subarray(0, 3000))],
      ['archive-broken', streamOf(good.subarray(0, -1024))],
      ['archive-broken', streamOf(gzipSync(good).subarray(0, -3))],
      ['archive-broken', Readable.from([])],
      [
        'archive-unsafe',
        streamOf(
          await tarOf([
            ['a', 'A'],
            ['../b', 'B'],
          ]),
        ),
      ],
      ['archive-unsafe', streamOf(await tarOf([link('x', 'symlink', '/etc'), ['x/passwd', 'boo']]))],
      ['archive-unsafe', streamOf(await tarOf([['x/passwd', 'boo'], link('x', 'symlink', '/etc')]))],
      [
        'archive-unsafe',
        streamOf(
          await tarOf([
            ['x', ''],
            ['x-y', ''],
            ['x/y/z', 'boo'],
          ]),
        ),
      ],
      ['archive-unsafe', streamOf(await tarOf([link('x', 'link', 'later'), ['later', 'A']]))],
      ['archive-unsafe', streamOf(await tarOf([[{ name: 'd', type: 'directory' }], link('x', 'link', 'd')]))],
      ['upload-too-large', streamOf(await tarOf([['a'], ['b'], ['c'], ['d']]))],
      ['upload-too-large', streamOf(gzipSync(await tarOf([['a', Buffer.alloc(10_000_000)]])))],
    ];
    for (const [code, archive] of refused) await t.rejects(spool.receive(archive), { code });
    t.equal(await leftovers(), 0);

    const cut = new Readable({ read() {} });
    cut.push(good.subarray(0, 3000));
    const receiving = spool.receive(cut);
    setImmediate(() => cut.destroy(new Error('gone')));
    await t.rejects(receiving, { code: 'archive-broken' });
    t.equal(await leftovers(), 0);
    t.equal((await spool.receive(streamOf(good))).entries.length, 1, 'and the next one is taken');
  });

  await t.test('names that only begin alike are no folders of one another', async (t) => {
    const { spool } = await open(roomy);
    const context = await spool.receive(
      streamOf(
        await tarOf([
          ['x', ''],
          ['x-y/z', ''],
          ['x.d/z', ''],
          ['y/x', ''],
          ['x y', ''],
        ]),
      ),
    );
    t.equal(context.entries.length, 5);
  });

  await t.test('opening and removing: what is there, what is not, and what never can be', async (t) => {
    const { spool, leftovers } = await open(roomy);
    const { id } = await spool.receive(streamOf(await tarOf([['a', 'A']])));
    t.equal((await spool.open(id))?.id, id);
    await spool.remove(id);
    t.equal(await spool.open(id), undefined);
    t.equal(await leftovers(), 0);
    await spool.remove(id);
    for (const odd of ['unknown', '', '../secrets', 'a/b', '.', 'x'.repeat(200)]) {
      t.equal(await spool.open(odd), undefined, odd.slice(0, 20));
      await spool.remove(odd);
    }
  });

  await t.test('a sweep removes what nobody wants, and spares what is being received', async (t) => {
    const { spool, leftovers } = await open(roomy);
    const tar = await tarOf([['a', 'A']]);
    const kept = await spool.receive(streamOf(tar));
    await spool.receive(streamOf(tar));
    await spool.receive(streamOf(tar));
    const slow = new Readable({ read() {} });
    slow.push(tar.subarray(0, 600));
    const receiving = spool.receive(slow);
    await new Promise((resolve) => setImmediate(resolve));
    t.equal(await spool.sweep([kept.id, 'unknown']), 2);
    slow.push(tar.subarray(600));
    slow.push(null);
    const late = await receiving;
    t.equal((await (await spool.open(late.id))?.read('a', 1))?.toString(), 'A');
    t.equal((await (await spool.open(kept.id))?.read('a', 1))?.toString(), 'A');
    t.equal(await spool.sweep([]), 2);
    t.equal(await spool.sweep([]), 0);
    t.equal(await leftovers(), 0);
  });

  await t.test('a check stores something and leaves nothing', async (t) => {
    const { spool, leftovers } = await open(roomy);
    await spool.check();
    t.equal(await leftovers(), 0);
  });

  await t.test('a context that was removed meanwhile is told, not made up', async (t) => {
    const { spool } = await open(roomy);
    const context = await spool.receive(streamOf(await tarOf([['a', 'A']])));
    await spool.remove(context.id);
    await t.rejects(context.read('a', 10), { code: 'storage-unavailable' });
    await t.rejects(bytesOf(context.tar(() => true, new Map())), AppError);
  });
}

function link(name: string, type: 'symlink' | 'link', linkname: string): Packed {
  return [{ name, type, linkname }];
}
