/** The part of the Spool's contract that is about its tars: what goes in comes out, and only what was asked for. */
import { execFileSync } from 'node:child_process';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import type { Test } from 'tap';
import type { Spool, SpooledEntry } from '../../../src/use-cases/ports.ts';
import { streamOf, tarOf } from '../archive/tars.ts';
import type { Packed } from '../archive/tars.ts';
import { bytesOf, unpack } from './unpacked.ts';

const all = (): boolean => true;
const none: ReadonlyMap<string, Buffer> = new Map();

/** Runs these promises against a spool with room. */
export async function tarContract(t: Test, spool: Spool): Promise<void> {
  await t.test('what was packed comes back, byte for byte, packed and cut however', async (t) => {
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
      t.strictSame(listing(to), listing(from));
      t.equal(inode(join(to, 'app/main.py')), inode(join(to, 'app/twin.py')), 'still two names of one file');
    }
  });

  await t.test('the last entry of a path wins, and the earlier one is not sent', async (t) => {
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

  await t.test('a tar is read as fast as it is wanted, may be given up, and may be read twice at once', async (t) => {
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
}

/** Every path below a folder but `out`, with what lies there. */
function listing(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => !/^out\b/.test(path));
  const told = paths.toSorted().map((path) => {
    const full = join(folder, path);
    const kind = lstatSync(full);
    const content = kind.isSymbolicLink() ? readlinkSync(full) : kind.isFile() ? readFileSync(full, 'utf8') : '';
    const at = kind.isDirectory() ? '' : kind.mtime.toISOString().slice(0, 19);
    return [path, `${kind.mode.toString(8)} ${at} ${content}`];
  });
  return Object.fromEntries(told);
}

function inode(path: string): number {
  return lstatSync(path).ino;
}
