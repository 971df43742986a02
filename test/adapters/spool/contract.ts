/** What every Spool promises, whatever it lies on. `open` makes one and says whether anything is left of what it took. */
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import type { Test } from 'tap';
import { extract } from 'tar-stream';
import type { ArchiveLimits } from '../../../src/adapters/archive/limits.ts';
import { AppError } from '../../../src/use-cases/errors.ts';
import type { Spool, SpooledEntry } from '../../../src/use-cases/ports.ts';
import { roomy, streamOf, tarOf } from '../archive/tars.ts';
import type { Packed } from '../archive/tars.ts';

/** A spool to be tested. */
export interface SpoolUnderTest {
  readonly spool: Spool;
  /** How many things are stored, complete or not. */
  readonly leftovers: () => Promise<number>;
}

interface Unpacked {
  readonly name: string;
  readonly type: string;
  readonly mode: number;
  readonly mtimeMs: number;
  readonly linkname: string;
  readonly owner: string;
  readonly content: Buffer;
}

const all = (): boolean => true;
const none: ReadonlyMap<string, Buffer> = new Map();

/** Runs the promises against one adapter. */
export async function spoolContract(t: Test, open: (limits: ArchiveLimits) => Promise<SpoolUnderTest>): Promise<void> {
  await t.test('what was packed comes back, byte for byte, packed and cut however', async (t) => {
    const { spool } = await open(roomy);
    const name = fc.oneof(
      fc.constantFrom(
        'a',
        'Dockerfile',
        '.env',
        'ünï',
        'x'.repeat(101),
        'y'.repeat(200),
        'with blank',
        '日本',
        '__proto__',
      ),
      fc.stringMatching(/^[a-z0-9_.-]{1,12}$/).filter((one) => !/^\.+$/.test(one)),
    );
    const file = fc.record({
      folders: fc.array(fc.constantFrom('src', 'deep', 'z'.repeat(90)), { maxLength: 4 }),
      name,
      content: fc.oneof(
        fc.uint8Array({ maxLength: 1600 }),
        fc.constantFrom(512, 1024, 700).map((size) => new Uint8Array(size)),
      ),
      mode: fc.constantFrom(0o644, 0o755, 0o4755, 0o600),
      seconds: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      link: fc.boolean(),
    });
    const packing = fc.constantFrom<(tar: Buffer) => Buffer>((tar) => tar, gzipSync, zstdCompressSync);
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { maxLength: 12 }),
        packing,
        fc.integer({ min: 1, max: 3000 }),
        async (files, pack, cut) => {
          const packed = new Map<string, Packed>();
          for (const { folders, name: last, content, mode, seconds, link } of files) {
            // Names may repeat; below `f` no folder is called as a file is.
            const path = [...folders.map((folder) => `${folder}.d`), `${last}.f`].join('/');
            const header = { name: path, mode, mtime: new Date(seconds * 1000) };
            packed.delete(path);
            packed.set(
              path,
              link ? [{ ...header, type: 'symlink', linkname: `../${last}` }] : [header, Buffer.from(content)],
            );
          }
          const entries = [...packed.values()];
          const received = await spool.receive(streamOf(pack(await tarOf(entries)), cut));
          const reopened = await spool.open(received.id);
          if (reopened === undefined) throw new Error('not there any more');
          t.strictSame(reopened.entries, received.entries);
          const wanted = entries.map(([header, content = '']) => {
            if (typeof header === 'string') throw new Error('made above as a header');
            return {
              name: header.name,
              type: header.type ?? 'file',
              mode: header.mode,
              mtimeMs: header.mtime?.getTime(),
              linkname: header.linkname ?? '',
              owner: '0:0',
              content: Buffer.from(content),
            };
          });
          t.strictSame(await unpack(received.tar(all, none)), wanted);
          t.strictSame(await unpack(reopened.tar(all, none)), wanted);
          for (const { name: path, type, content } of wanted) {
            if (type === 'file') t.strictSame(await reopened.read(path, content.length), content);
          }
          await spool.remove(received.id);
        },
      ),
      { numRuns: 40 },
    );
  });

  await t.test('what GNU tar packs, GNU tar unpacks again from what the engine would get', async (t) => {
    const { spool } = await open(roomy);
    const from = t.testdir({ app: { 'main.py': 'x'.repeat(3000), 'empty.py': '' }, out: {}, 'grüße.txt': 'hallo' });
    const deep = join(from, `${'deep/'.repeat(40)}${'n'.repeat(150)}`);
    mkdirSync(join(deep, '..'), { recursive: true });
    writeFileSync(deep, 'deep');
    symlinkSync('/usr/bin/python3', join(from, 'app/python3'));
    symlinkSync(`../${'far/'.repeat(50)}away`, join(from, 'app/away'));
    linkSync(join(from, 'app/main.py'), join(from, 'app/twin.py'));
    for (const format of ['gnu', 'pax']) {
      const tar = execFileSync('tar', [`--format=${format}`, '-C', from, '--exclude=./out', '-czf', '-', '.']);
      const context = await spool.receive(streamOf(tar));
      const to = join(from, 'out', format);
      mkdirSync(to);
      execFileSync('tar', ['-C', to, '-xf', '-'], { input: await bytesOf(context.tar(all, none)) });
      execFileSync('diff', ['-r', '--no-dereference', '--exclude=out', from, to]);
      t.equal(inode(join(to, 'app/main.py')), inode(join(to, 'app/twin.py')), 'still two names of one file');
    }
  });

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

  await t.test('the last entry of a path wins, and the earlier one is not sent', async (t) => {
    const { spool } = await open(roomy);
    const context = await spool.receive(
      streamOf(
        await tarOf([['a', 'first'], [{ name: 'twin', type: 'link', linkname: 'a' }], ['b', 'B'], ['./a', 'second']]),
      ),
    );
    t.strictSame(
      context.entries.map(({ path }) => path),
      ['twin', 'b', 'a'],
    );
    t.equal((await context.read('a', 10)).toString(), 'second');
    const sent = await unpack(context.tar(all, none));
    t.strictSame(
      sent.map(({ name, type, content }) => [name, type, content.toString()]),
      [
        ['twin', 'file', 'first'],
        ['b', 'file', 'B'],
        ['a', 'file', 'second'],
      ],
    );
  });

  await t.test('only what is kept is sent, replaced where wanted, added where missing', async (t) => {
    const { spool } = await open(roomy);
    const mtime = new Date(1_000_000_000_000);
    const context = await spool.receive(
      streamOf(
        await tarOf([
          [{ name: 'secret', mode: 0o600 }, 'hidden'],
          [{ name: 'twin', type: 'link', linkname: 'secret', mode: 0o600 }],
          [{ name: 'Dockerfile', mode: 0o755, mtime }, '# syntax=x\nFROM scratch'],
          [{ name: 'same', type: 'link', linkname: 'Dockerfile' }],
          [{ name: 'pair', type: 'link', linkname: 'twin' }],
        ]),
      ),
    );
    const asked: SpooledEntry[] = [];
    const keep = (entry: SpooledEntry): boolean => {
      asked.push(entry);
      return entry.path !== 'secret';
    };
    const replace = new Map([
      ['Dockerfile', Buffer.from('FROM scratch')],
      ['new/file', Buffer.from('n'.repeat(600))],
    ]);
    const sent = await unpack(context.tar(keep, replace));
    t.strictSame(
      sent.map(({ name, type, mode, mtimeMs, content }) => [name, type, mode, mtimeMs, content.toString()]),
      [
        ['twin', 'file', 0o600, sent[0]?.mtimeMs, 'hidden'],
        ['Dockerfile', 'file', 0o755, mtime.getTime(), 'FROM scratch'],
        ['same', 'file', 0o644, sent[2]?.mtimeMs, '# syntax=x\nFROM scratch'],
        ['pair', 'link', 0o644, sent[3]?.mtimeMs, ''],
        ['new/file', 'file', 0o644, 0, 'n'.repeat(600)],
      ],
    );
    t.equal(sent[3]?.linkname, 'twin', 'a link to a file that is sent stays a link');
    t.ok(asked.every(({ path }) => path !== 'new/file'));

    const whole = await unpack(context.tar(all, none));
    t.strictSame(
      whole.map(({ type }) => type),
      ['file', 'link', 'file', 'link', 'link'],
    );
    t.strictSame(await unpack(context.tar(() => false, none)), []);
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
    const context = await spool.receiveFiles(new Map([['Dockerfile', Buffer.from('FROM scratch')]]));
    t.equal((await context.read('Dockerfile', 12)).toString(), 'FROM scratch');
    await t.rejects(context.read('Dockerfile', 11), { code: 'upload-too-large' });
  });

  await t.test('given files become a context like any other', async (t) => {
    const { spool } = await open(roomy);
    const { id } = await spool.receiveFiles(
      new Map([
        ['sub/Dockerfile', Buffer.from('FROM a')],
        ['empty', Buffer.alloc(0)],
      ]),
    );
    const context = await spool.open(id);
    t.strictSame(
      context?.entries.map(({ path, type, sizeBytes, mode }) => [path, type, sizeBytes, mode]),
      [
        ['sub/Dockerfile', 'file', 6, 0o644],
        ['empty', 'file', 0, 0o644],
      ],
    );
    t.equal((await context?.read('sub/Dockerfile', 100))?.toString(), 'FROM a');
    await t.rejects(spool.receiveFiles(new Map([['../evil', Buffer.alloc(1)]])), { code: 'archive-unsafe' });
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

  await t.test('a tar is read as fast as it is wanted, may be given up, and may be read twice at once', async (t) => {
    const { spool } = await open(roomy);
    const context = await spool.receive(
      streamOf(
        await tarOf([
          ['big', Buffer.alloc(8 * 1024 * 1024, 'x')],
          ['a', 'A'],
        ]),
      ),
    );
    const given = context.tar(all, none);
    for await (const chunk of given) {
      t.ok(chunk instanceof Buffer);
      break;
    }
    t.equal(given.destroyed, true);
    const [one, two] = await Promise.all([bytesOf(context.tar(all, none)), bytesOf(context.tar(all, none))]);
    t.ok(one.length > 8 * 1024 * 1024 && one.equals(two));
    context.tar(all, none).destroy();
  });

  await t.test('a context that was removed meanwhile is told, not made up', async (t) => {
    const { spool } = await open(roomy);
    const context = await spool.receive(streamOf(await tarOf([['a', 'A']])));
    await spool.remove(context.id);
    await t.rejects(context.read('a', 10), { code: 'storage-unavailable' });
    await t.rejects(bytesOf(context.tar(all, none)), AppError);
  });
}

function link(name: string, type: 'symlink' | 'link', linkname: string): Packed {
  return [{ name, type, linkname }];
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // Made by the spool, which gives buffers.
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function unpack(stream: Readable): Promise<readonly Unpacked[]> {
  const unpacked: Unpacked[] = [];
  const reader = extract();
  reader.end(await bytesOf(stream));
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    // The reader gives slices of the buffer that it was fed.
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const { name, type, mode, mtime, uid, gid } = entry.header;
    unpacked.push({
      name,
      type,
      mode,
      mtimeMs: mtime.getTime(),
      linkname: entry.header.linkname ?? '',
      owner: `${uid}:${gid}`,
      content: Buffer.concat(chunks),
    });
  }
  return unpacked;
}

function inode(path: string): string {
  return execFileSync('stat', ['-c', '%i', path]).toString();
}
