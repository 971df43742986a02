/** The archive reader on names and bytes: what real packers write, what liars write, and what was cut short. */
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { makeEndMark } from '../../../src/adapters/archive/end-mark.ts';
import { entryPath } from '../../../src/adapters/archive/entry-path.ts';
import { AppError } from '../../../src/use-cases/errors.ts';
import { readAll, refusal, streamOf, tarOf, withHeader } from './tars.ts';
import type { Packed } from './tars.ts';

/** A tar whose second entry is `entry`. */
function linked(entry: Packed[0]): Promise<Buffer> {
  return tarOf([['a', 'A'], [entry]]);
}

await t.test('a name means one path below the root, or is refused', (t) => {
  const meant: readonly (readonly [string, string])[] = [
    ['a', 'a'],
    ['./a//b', 'a/b'],
    ['a/b/', 'a/b'],
    ['a/./b/../c', 'a/c'],
    ['./', ''],
    ['a/..', ''],
    ['...', '...'],
    ['..a/b..', '..a/b..'],
    [' ', ' '],
    ['-rf', '-rf'],
    ['ünï/日本.txt', 'ünï/日本.txt'],
    ['dev-disk-by\\x2did.mount', 'dev-disk-by\\x2did.mount'],
    ['x'.repeat(255), 'x'.repeat(255)],
  ];
  for (const [name, path] of meant) t.equal(entryPath(name, 4096), path, JSON.stringify(name.slice(0, 30)));

  const refused = [
    '',
    '/etc/passwd',
    '//etc/passwd',
    '..',
    '../a',
    'a/../../b',
    'a\0b',
    '\\evil',
    '..\\evil',
    'a\\..\\..\\evil',
    'a/..\\b',
    'C:\\evil',
    'c:/evil',
    'bad\uFFFDname',
    'x'.repeat(256),
    'a/'.repeat(2048) + 'b',
  ];
  for (const name of refused) {
    t.throws(() => entryPath(name, 4096), { code: 'archive-unsafe' }, JSON.stringify(name.slice(0, 30)));
  }
  t.end();
});

await t.test('a refusal names the entry, short and without characters that would play with a terminal', (t) => {
  try {
    entryPath(`../\x1b[31m\u202E\n${'n'.repeat(500)}`, 4096);
    t.fail('taken');
  } catch (error) {
    t.ok(error instanceof AppError && error.message.includes('"../?[31m??nnn'));
    t.ok(error instanceof AppError && error.message.length < 300);
  }
  t.end();
});

await t.test('what real packers write is read', async (t) => {
  const long = `${'deep/'.repeat(30)}${'f'.repeat(120)}.txt`;
  const dir = t.testdir({ app: { 'main.py': 'print()' }, bin: { 'run.sh': '#!/bin/sh\n' }, '.env': '', empty: {} });
  mkdirSync(join(dir, 'deep/'.repeat(30)), { recursive: true });
  chmodSync(join(dir, 'bin/run.sh'), 0o755);
  symlinkSync('/usr/bin/python3', join(dir, 'bin/python3'));
  symlinkSync('../../../outside', join(dir, 'app/outside'));
  linkSync(join(dir, 'app/main.py'), join(dir, 'main-again.py'));

  for (const format of ['gnu', 'pax', 'ustar', 'v7']) {
    // The older forms have no room for long names.
    const names = format === 'gnu' || format === 'pax' ? ['grüße.txt', long] : [];
    for (const name of names) writeFileSync(join(dir, name), name);
    const exclude = names.length === 2 ? [] : ['--exclude=*.txt', '--exclude=deep'];
    const tar = execFileSync('tar', [`--format=${format}`, '--sort=name', ...exclude, '-C', dir, '-cf', '-', '.']);
    const entries = new Map((await readAll(tar)).map((entry) => [entry.path, entry]));
    t.match(entries.get('app/main.py'), { type: 'file', sizeBytes: 7, content: 'print()' }, format);
    t.match(entries.get('empty'), { type: 'directory', sizeBytes: 0 }, format);
    t.match(entries.get('.env'), { type: 'file', sizeBytes: 0, content: '' }, format);
    t.equal(entries.get('bin/run.sh')?.mode, 0o755, format);
    t.match(entries.get('bin/python3'), { type: 'symlink', linkTarget: '/usr/bin/python3', content: '' }, format);
    t.match(entries.get('app/outside'), { type: 'symlink', linkTarget: '../../../outside' }, format);
    t.match(entries.get('main-again.py'), { type: 'hardlink', linkTarget: 'app/main.py' }, format);
    t.equal(entries.has(''), false, 'the root folder says nothing');
    t.ok((entries.get('app/main.py')?.mtimeMs ?? 0) > 1_600_000_000_000, format);
    for (const name of names) t.equal(entries.get(name)?.content, name, `${format} ${name.slice(0, 20)}`);
  }
});

await t.test('the global header of git archive and extended attributes are passed over', async (t) => {
  const record = '52 comment=8e0c1d2f3a4b5c6d7e8f90123456789abcdef012\n';
  const plain = await tarOf([
    ['pax_global_header', record],
    [{ name: 'a', pax: { 'SCHILY.xattr.user.note': 'x', mtime: '1.5' } }, 'A'],
  ]);
  const entries = await readAll(withHeader(plain, 0, [[156, 'g']]));
  t.strictSame(
    entries.map(({ path, content }) => [path, content]),
    [['a', 'A']],
  );
});

await t.test(
  'gzip, zstd and plain tars are told apart by their first bytes, however they are cut into chunks',
  async (t) => {
    const tar = await tarOf([
      ['a', 'A'],
      ['b/c', Buffer.alloc(5000, 7)],
    ]);
    for (const bytes of [tar, gzipSync(tar), zstdCompressSync(tar)]) {
      for (const size of [1, 3, 512, 70_000]) {
        const entries = await readAll(streamOf(bytes, size));
        t.strictSame(
          entries.map(({ path, sizeBytes }) => [path, sizeBytes]),
          [
            ['a', 1],
            ['b/c', 5000],
          ],
        );
      }
    }
  },
);

await t.test('an archive without entries is an archive', async (t) => {
  t.strictSame(await readAll(Buffer.alloc(10_240)), []);
  t.strictSame(await readAll(gzipSync(Buffer.alloc(512))), []);
});

await t.test('an entry that a context has no use for is refused by name', async (t) => {
  const evil: Record<string, Buffer> = {
    climbs: await tarOf([
      ['ok', ''],
      ['x/../../evil', 'boo'],
    ]),
    absolute: await tarOf([['/etc/evil', 'boo']]),
    'absolute in an extended header': await tarOf([[{ name: 'harmless', pax: { path: '/etc/evil' } }, 'boo']]),
    'NUL in an extended header': await tarOf([[{ name: 'evil', pax: { path: 'evil\0.txt' } }, 'boo']]),
    'character device': await linked({ name: 'evil', type: 'character-device' }),
    'block device': await linked({ name: 'evil', type: 'block-device' }),
    pipe: await linked({ name: 'evil', type: 'fifo' }),
    'hard link out': await linked({ name: 'evil', type: 'link', linkname: '../evil' }),
    'absolute hard link': await linked({ name: 'x', type: 'link', linkname: '/etc/evil' }),
    'link without a target': await linked({ name: 'evil', type: 'symlink' }),
    'long link': await linked({ name: 'evil', type: 'symlink', linkname: 'evil/'.repeat(1000) }),
    'GNU sparse file': withHeader(await tarOf([['evil', 'boo']]), 0, [[156, 'S']]),
    'POSIX sparse file': await tarOf([[{ name: 'evil', pax: { 'GNU.sparse.major': '1' } }, 'boo']]),
    'volume label': withHeader(await tarOf([['evil']]), 0, [[156, 'V']]),
    'a file as the root': await tarOf([['evil/..', 'boo']]),
    'latin-1 name': withHeader(await tarOf([['evil', 'boo']]), 0, [[4, '\xe4']]),
    'long path': await tarOf([[`${'evil/'.repeat(900)}x`, 'boo']]),
  };
  for (const [title, tar] of Object.entries(evil)) {
    const error = await refusal(tar);
    t.equal(error?.code, 'archive-unsafe', title);
    t.match(error?.message, /evil/, title);
  }
});

await t.test('what is no whole tar is broken', async (t) => {
  const tar = await tarOf([['a', 'A']]);
  const gz = gzipSync(tar);
  const damaged = Buffer.from(gz);
  damaged[gz.length - 6] = (damaged[gz.length - 6] ?? 0) ^ 0xff;
  const broken: Record<string, Buffer> = {
    nothing: Buffer.alloc(0),
    text: Buffer.from('FROM scratch\n'),
    'a page': Buffer.from('<!doctype html>'.repeat(200)),
    noise: Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 197) % 251)),
    'one letter': Buffer.from('x'),
    'a wrong checksum': Buffer.concat([Buffer.from('b'), tar.subarray(1)]),
    'a negative size': withHeader(tar, 0, [[124, '\xff'.repeat(12)]]),
    'a size that is no number': withHeader(tar, 0, [[124, '99999999999 ']]),
    'zlib instead of gzip': deflateSync(tar),
    'gzip of nothing': gzipSync(Buffer.alloc(0)),
    'gzip of text': gzipSync('FROM scratch\n'),
    'gzip with a wrong checksum': damaged,
    'an extended header and nothing behind it': (await tarOf([[{ name: 'n'.repeat(150) }, '']])).subarray(0, 1024),
  };
  for (const [title, bytes] of Object.entries(broken)) t.equal((await refusal(bytes))?.code, 'archive-broken', title);

  const named: Record<string, Buffer> = {
    bzip2: Buffer.from('BZh91AY&SY'),
    xz: Buffer.from('fd377a585a000004', 'hex'),
  };
  for (const [name, bytes] of Object.entries(named)) t.match((await refusal(bytes))?.message, name);
});

await t.test(
  'an archive that was cut anywhere before its end mark is broken; one block of the mark is enough',
  async (t) => {
    const zeros = Buffer.alloc(1024);
    const tar = await tarOf([
      ['a', 'A'],
      ['zeros', zeros],
      [{ name: 'n'.repeat(150) }, 'x'],
      ['last', zeros],
    ]);
    const mark = tar.length - 1024;
    const cuts = new Set<number>();
    for (let at = 0; at < mark; at += 512) for (const cut of [at, at + 1, at + 300, at + 511]) cuts.add(cut);
    for (const cut of [...cuts, mark, mark + 1, mark + 511]) {
      const error = await refusal(tar.subarray(0, cut));
      if (error?.code !== 'archive-broken') t.fail(`cut at ${cut} of ${mark}: ${error?.code ?? 'taken'}`);
    }
    t.equal(await refusal(tar.subarray(0, mark + 512)), undefined);
    t.equal(await refusal(Buffer.concat([tar, Buffer.alloc(9 * 512)])), undefined, 'padding of a tape');

    for (const whole of [gzipSync(tar), zstdCompressSync(tar)]) {
      for (let cut = 0; cut < whole.length; cut += 1) {
        const error = await refusal(whole.subarray(0, cut));
        if (error?.code !== 'archive-broken') t.fail(`cut at ${cut} of ${whole.length}: ${error?.code ?? 'taken'}`);
      }
    }
    t.equal((await refusal(Buffer.concat([tar.subarray(0, 1024), Buffer.from('junk')])))?.code, 'archive-broken');
  },
);

await t.test('zeros inside the last file are no end mark, seen in chunks of any size', (t) => {
  for (const size of [1, 100, 512, 4096]) {
    const cut = makeEndMark();
    const whole = makeEndMark();
    const file = Buffer.concat([Buffer.from('x'), Buffer.alloc(2047)]);
    for (let at = 0; at < file.length; at += size) {
      cut.see(file.subarray(at, at + size));
      whole.see(file.subarray(at, at + size));
    }
    whole.see(Buffer.alloc(512));
    t.equal(cut.isBehind(2048), false);
    t.equal(whole.isBehind(2048), true);
    t.equal(whole.isBehind(2000), true, 'padding counts to the entry');
    t.equal(whole.isBehind(2049), false);
  }
  t.end();
});

await t.test('a size that is no number is refused, and not waited for', async (t) => {
  const tar = await tarOf([['a', Buffer.alloc(700, 'x')]]);
  for (const first of [0x8e, 0xb2, 0xc0]) {
    const error = await refusal(withHeader(tar, 0, [[124, String.fromCharCode(first)]]));
    t.match(error, { code: 'archive-broken' }, first.toString(16));
  }
});

await t.test(
  'bytes that were changed anywhere are read or refused by name, and nothing else ever happens',
  async (t) => {
    const tar = await tarOf([
      ['a', Buffer.alloc(700, 'x')],
      [{ name: 'n'.repeat(150) }, 'x'],
      [{ name: 'd', type: 'directory' }],
    ]);
    const spot = fc.record({ at: fc.nat(tar.length - 1), byte: fc.nat(255), gone: fc.nat(600) });
    await fc.assert(
      fc.asyncProperty(fc.array(spot, { minLength: 1, maxLength: 4 }), fc.boolean(), async (spots, repaired) => {
        let bytes: Buffer = Buffer.from(tar);
        for (const { at, byte, gone } of spots) {
          bytes[Math.min(at, bytes.length - 1)] = byte;
          if (gone > 512) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + gone - 512)]);
        }
        // With a right checksum the changed header itself is looked at.
        if (repaired && bytes.length >= 512) bytes = withHeader(bytes, 0, []);
        // Throws what is no AppError.
        await refusal(bytes);
      }),
      { numRuns: 500 },
    );
    t.pass('no other error');
  },
);
