/**
 * Hostile archives, one row each, through the disk spool, as an upload goes: refused with a status and a sentence that names what was
 * met, or neutralised: then what a builder would get from it is exactly this. Nothing of a refused one stays on the disk, and nothing
 * is ever extracted. Random damage, streams that break off and limits one by one: the other files of this folder.
 */
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import t from 'tap';
import type { ArchiveLimits } from '../../../src/adapters/archive/limits.ts';
import { makeDiskSpool } from '../../../src/adapters/spool/disk-spool.ts';
import { statuses } from '../../../src/http/problems.ts';
import { AppError } from '../../../src/use-cases/errors.ts';
import { unpack } from '../spool/unpacked.ts';
import { paxRecords, rawEntry, rawTar, roomy, streamOf } from './tars.ts';
import { zipOf } from './zips.ts';
import type { Zipped } from './zips.ts';

type Outcome = readonly [status: number, sentence: RegExp] | Readonly<Record<string, string>>;

const limits: ArchiveLimits = { ...roomy, maxUploadBytes: 4e6, maxExpandedBytes: 8e6, maxEntries: 1000 };
const FILE = 0o100644;
const LINK = 0o120777;

const file = (name: string, data = 'boo'): Buffer => rawEntry('0', name, data);
const folder = (name: string): Buffer => rawEntry('5', `${name}/`);
const symlink = (name: string, link: string): Buffer => rawEntry('2', name, '', { link });
const hardlink = (name: string, link: string): Buffer => rawEntry('1', name, '', { link });
const pax = (records: Readonly<Record<string, string>>): Buffer => rawEntry('x', 'PaxHeaders/x', paxRecords(records));
const global = (records: Readonly<Record<string, string>>): Buffer => rawEntry('g', 'global', paxRecords(records));
const long = (type: 'L' | 'K', text: string): Buffer => rawEntry(type, '././@LongLink', `${text}\0`);
const base256 = (first: number, last: number): string =>
  String.fromCharCode(first) + '\0'.repeat(10) + String.fromCharCode(last);
const zipped = (...entries: readonly Zipped[]): Buffer => zipOf([{ name: 'ok', mode: FILE }, ...entries]);
const evil = (more: Partial<Zipped>): Buffer => zipped({ name: 'evil', content: 'boo', mode: FILE, ...more });
const whole = rawTar(file('a'));
/** A frame that says it needs a window of 2 GiB. Source: RFC 8878, 3.1.1.1.2. */
const wideFrame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00]);

const names: Readonly<Record<string, readonly [Buffer, Outcome]>> = {
  'absolute path': [rawTar(file('/etc/evil')), [422, /"\/etc\/evil" has an absolute path/]],
  'path that climbs': [rawTar(file('a/../../evil')), [422, /leaves the archive/]],
  'path that climbs and comes back': [rawTar(file('a/../b')), { b: 'boo' }],
  'dots that are names': [rawTar(file('.../..a')), { '.../..a': 'boo' }],
  'backslashes that climb elsewhere': [rawTar(file('..\\..\\evil')), [422, /leaves the archive where/]],
  'drive letter': [rawTar(file('C:/evil')), [422, /drive letter/]],
  'no name': [rawTar(file('')), [422, /has no name/]],
  'the root as a file': [rawTar(file('.')), [422, /takes the place of the root/]],
  'invalid UTF-8': [rawTar(file('evil\xff\xfe')), [422, /not UTF-8/]],
  'overlong UTF-8 of ../': [rawTar(file('\xc0\xae\xc0\xae/evil')), [422, /not UTF-8/]],
  'NUL within a long name': [rawTar(long('L', 'good\0/../../evil'), file('x')), { good: 'boo' }],
  'NUL in an extended path': [rawTar(pax({ path: 'good\0evil' }), file('x')), [422, /NUL byte/]],
  'control characters': [rawTar(file('a\n\x1b[2J\x07b')), { 'a\n\x1b[2J\x07b': 'boo' }],
  'path over the limit': [rawTar(long('L', 'd/'.repeat(2100)), file('x')), [422, /path of 4200 bytes; at most 4096/]],
  'part that no disk takes': [rawTar(long('L', 'n'.repeat(300)), file('x')), [422, /part of 300 bytes .* at most 255/]],
  'depth to the limit': [rawTar(long('L', `${'d/'.repeat(2000)}f`), file('x')), { [`${'d/'.repeat(2000)}f`]: 'boo' }],
};

const doubles: Readonly<Record<string, readonly [Buffer, Outcome]>> = {
  'the same file twice': [rawTar(file('a', 'one'), file('./a', 'two')), { a: 'two' }],
  'names that differ in case': [rawTar(file('README', '1'), file('readme', '2')), { README: '1', readme: '2' }],
  'names that differ in normal form': [
    rawTar(pax({ path: '\u00e9' }), file('x', '1'), pax({ path: 'e\u0301' }), file('x', '2')),
    { '\u00e9': '1', 'e\u0301': '2' },
  ],
  'file, then folder': [rawTar(file('a'), folder('a'), file('a/b')), { 'a/': '', 'a/b': 'boo' }],
  'folder with files, then file': [rawTar(folder('a'), file('a/b'), file('a')), [422, /"a\/b" lies below a file/]],
  'file below a file': [rawTar(file('a'), file('a/b')), [422, /"a\/b" lies below a file/]],
  'write through a link': [rawTar(symlink('a', '/etc'), file('a/evil')), [422, /"a\/evil" lies below a link/]],
  'write through a link that comes later': [rawTar(file('a/evil'), symlink('a', '/etc')), [422, /below a link/]],
  'write through two links': [rawTar(symlink('a', 'b'), symlink('b', '..'), file('a/evil')), [422, /below a link/]],
  'file in place of a link': [rawTar(symlink('a', '/etc/passwd'), file('a')), { a: 'boo' }],
};

const kinds: Readonly<Record<string, readonly [Buffer, Outcome]>> = {
  'character device': [rawTar(rawEntry('3', 'evil')), [422, /"evil" is a device/]],
  'block device': [rawTar(rawEntry('4', 'evil')), [422, /"evil" is a device/]],
  'named pipe': [rawTar(rawEntry('6', 'evil')), [422, /"evil" is a named pipe/]],
  'GNU multi-volume': [rawTar(rawEntry('M', 'evil', 'x')), [422, /neither a file nor a folder nor a link/]],
  'GNU sparse file': [rawTar(rawEntry('S', 'evil', 'x')), [422, /neither a file nor/]],
  'POSIX sparse file': [
    rawTar(pax({ 'GNU.sparse.major': '1', 'GNU.sparse.realsize': '99' }), file('evil')),
    [422, /sparse/],
  ],
  'hard link out': [rawTar(hardlink('evil', '../../etc/passwd')), [422, /leaves the archive/]],
  'hard link to an absolute path': [rawTar(hardlink('evil', '/etc/passwd')), [422, /absolute/]],
  'hard link to what comes later': [
    rawTar(hardlink('evil', 'a'), file('a')),
    [422, /hard link to something that is not a file before/],
  ],
  'hard link to itself': [rawTar(hardlink('evil', 'evil')), [422, /hard link to something/]],
  'hard link to a folder': [rawTar(folder('d'), hardlink('evil', 'd')), [422, /hard link to something/]],
  'hard link to a link that leads out': [
    rawTar(symlink('s', '/etc/passwd'), hardlink('h', 's')),
    { s: '-> /etc/passwd', h: '-> /etc/passwd' },
  ],
  'links that lead out or in circles': [
    rawTar(symlink('a', '../../etc'), symlink('b', 'c'), symlink('c', 'b')),
    { a: '-> ../../etc', b: '-> c', c: '-> b' },
  ],
  'long link target out of a hard link': [
    rawTar(file('a'), long('K', '../evil'), hardlink('h', 'a')),
    [422, /leaves the archive/],
  ],
  'link target over the limit': [
    rawTar(long('K', 't/'.repeat(2100)), symlink('a', 'x')),
    [422, /target of 4200 bytes; at most 4096/],
  ],
  'link without a target': [rawTar(symlink('a', '')), [422, /without a target/]],
};

const headers: Readonly<Record<string, readonly [Buffer, Outcome]>> = {
  'extended path that climbs': [rawTar(pax({ path: '../evil' }), file('harmless')), [422, /"\.\.\/evil"/]],
  'extended path over a long name': [
    rawTar(long('L', 'a'), pax({ path: '../evil' }), file('b')),
    [422, /"\.\.\/evil"/],
  ],
  'extended target out of a hard link': [
    rawTar(file('a'), pax({ linkpath: '/etc/passwd' }), hardlink('h', 'a')),
    [422, /absolute/],
  ],
  'extended size that hides the next entry': [
    rawTar(pax({ size: '2560' }), file('a'), file('hidden')),
    [400, /damaged or was cut short|stops behind/],
  ],
  'extended size that is negative': [rawTar(pax({ size: '-512' }), file('a')), [400, /cannot be read|not a tar/]],
  'extended size that is no number': [rawTar(pax({ size: 'many' }), file('a')), [400, /cannot be read|not a tar/]],
  'extended size beyond all disks': [
    rawTar(pax({ size: '9007199254740993' }), file('a')),
    [400, /cannot be read|not a tar/],
  ],
  'path for all entries': [
    rawTar(global({ path: 'evil' }), pax({ comment: 'x' }), file('a')),
    [422, /global header with path/],
  ],
  'size for all entries': [
    rawTar(global({ size: '1' }), file('a'), pax({ comment: 'x' }), file('b')),
    [422, /global header with size/],
  ],
  'comment for all entries': [rawTar(global({ comment: '0f3c2e1' }), file('a')), { a: 'boo' }],
  'size in base 256 beyond all disks': [
    rawTar(rawEntry('0', 'a', 'x', { size: base256(0x80, 1).replaceAll('\0', '\x7f') })),
    [400, /cannot be read|not a tar/],
  ],
  'negative size in base 256': [
    rawTar(rawEntry('0', 'a', 'x', { size: '\xff'.repeat(12) })),
    [400, /cannot be read|not a tar/],
  ],
  'size over the limit, told by the header': [
    rawEntry('0', 'a', '', { size: '00777777777 ' }),
    [413, /unpacks to 134217727 bytes or more, which is over 8000000/],
  ],
  'extended header of negative size': [
    rawTar(rawEntry('x', 'x', '', { size: '\xff'.repeat(12) }), file('a')),
    [400, /cannot be read|not a tar/],
  ],
  'extended header without end': [
    rawTar(rawEntry('x', 'x', '', { size: '00077777777 ' }), file('a')),
    [400, /cannot be read|not a tar/],
  ],
  'long name and nothing behind it': [rawTar(long('L', 'a')), [400, /stops behind/]],
  'wrong checksum': [Buffer.concat([Buffer.from('b'), whole.subarray(1)]), [400, /not a tar/]],
};

const ends: Readonly<Record<string, readonly [Buffer, Outcome]>> = {
  'no end mark': [file('a'), [400, /without the mark that ends a tar/]],
  'cut in a file': [file('a', 'x'.repeat(2000)).subarray(0, 1200), [400, /cut short/]],
  'garbage behind the end': [Buffer.concat([whole, Buffer.from('junk'.repeat(200))]), [400, /behind its entry 1/]],
  'two archives in one': [
    Buffer.concat([whole, rawTar(file('evil'))]),
    [400, /goes on behind the mark that ends it.* entry 1/],
  ],
  'zeros between two entries': [
    Buffer.concat([file('a'), Buffer.alloc(512), rawTar(file('evil'))]),
    [400, /goes on behind the mark/],
  ],
  'a gzip in two members': [
    Buffer.concat([gzipSync(whole.subarray(0, 700)), gzipSync(whole.subarray(700))]),
    { a: 'boo' },
  ],
  'a second archive in a second member': [
    Buffer.concat([gzipSync(whole), gzipSync(rawTar(file('evil')))]),
    [400, /goes on behind the mark/],
  ],
  'garbage behind a gzip': [Buffer.concat([gzipSync(whole), Buffer.from('junk')]), [400, /cannot be read|not a tar/]],
  'a gzip in a gzip': [gzipSync(gzipSync(whole)), [400, /not a tar archive/]],
  'a zip in a gzip': [gzipSync(zipped()), [400, /not a tar archive/]],
  'a gzip cut short': [gzipSync(whole).subarray(0, -9), [400, /cut short|not a tar/]],
  'a zstd cut short': [zstdCompressSync(whole).subarray(0, -3), [400, /cut short|not a tar/]],
  'a zstd with a window of 2 GiB': [wideFrame, [400, /not a tar/]],
  'a bomb by its ratio': [
    gzipSync(rawTar(file('zeros', '\0'.repeat(7_900_000)), file('more', '\0'.repeat(200_000)))),
    [413, /more than 8000000 bytes/],
  ],
  'a zstd bomb': [zstdCompressSync(Buffer.alloc(20_000_000)), [413, /more than 8000000 bytes/]],
  'a bomb by its entries': [
    gzipSync(rawTar(...Array.from({ length: 1001 }, (_, index) => folder(`d${index}`)))),
    [413, /more than 1000 entries/],
  ],
};

const zips: Readonly<Record<string, readonly [Buffer, Outcome]>> = {
  'zip: another name before the data': [evil({ name: 'good', local: { name: '../../evil' } }), { ok: '', good: 'boo' }],
  'zip: another size before the data': [evil({ local: { size: 999 } }), { ok: '', evil: 'boo' }],
  'zip: another method before the data': [evil({ local: { method: 0 } }), { ok: '', evil: 'boo' }],
  'zip: a size that is too small': [evil({ content: 'x'.repeat(999), size: 9 }), [400, /"evil" is damaged/]],
  'zip: a size that is too large': [evil({ size: 999 }), [400, /"evil" is damaged/]],
  'zip: a size of 4 GiB': [evil({ size: 0xfffffffe }), [413, /4294968320 bytes or more, which is over 8000000/]],
  'zip: a size in a field of zip64 that is not there': [evil({ size: 0xffffffff }), [413, /which is over 8000000/]],
  'zip: entries that share their data': [
    zipOf(
      Array.from({ length: 9 }, (_, index): Zipped => ({
        name: `z${index}`,
        content: Buffer.alloc(1e6),
        mode: FILE,
        ...(index === 0 ? {} : { sharesWith: 0 }),
      })),
    ),
    [413, /or more, which is over 8000000/],
  ],
  'zip: fewer entries than its list': [
    zipOf(
      [
        { name: 'a', mode: FILE },
        { name: 'b', mode: FILE },
      ],
      { count: 1 },
    ),
    { a: '' },
  ],
  'zip: more entries than its list': [zipOf([{ name: 'a', mode: FILE }], { count: 9 }), [400, /cannot be read/]],
  'zip: more entries than are taken': [
    zipOf([{ name: 'a' }], { count: 60_000 }),
    [413, /60000 entries, which is over 1000/],
  ],
  'zip: a list that begins elsewhere': [zipOf([{ name: 'a' }], { listAt: 5 }), [400, /cannot be read/]],
  'zip: a list beyond the end': [zipOf([{ name: 'a' }], { listAt: 1e9 }), [400, /cannot be read/]],
  'zip: encrypted': [evil({ flags: 1 }), [400, /"evil" is encrypted/]],
  'zip: packed by bzip2': [evil({ method: 12 }), [400, /packed by method 12/]],
  'zip: data that is no deflate': [
    evil({ content: deflateRawSync('x').fill(0xff), stored: true, method: 8 }),
    [400, /damaged/],
  ],
  'zip: wrong checksum': [evil({ crc: 1 }), [400, /damaged/]],
  'zip: link that leads out': [zipped({ name: 'a', content: '/etc', mode: LINK }), { ok: '', a: '-> /etc' }],
  'zip: write through a link': [
    zipped({ name: 'a', content: '/etc', mode: LINK }, { name: 'a/evil', mode: FILE }),
    [422, /below a link/],
  ],
  'zip: device': [evil({ mode: 0o020666 }), [422, /is a device/]],
  'zip: path that climbs': [evil({ name: '../../evil' }), [422, /leaves the archive/]],
  'zip: backslashes that climb': [evil({ name: '..\\evil', host: 0 }), [422, /leaves the archive/]],
  'zip: drive letter': [evil({ name: 'C:\\evil', host: 0 }), [422, /drive letter/]],
  'zip: absolute path': [evil({ name: '/evil' }), [422, /absolute/]],
  'zip: the same file twice': [
    zipped({ name: 'a', content: '1', mode: FILE }, { name: './a', content: '2', mode: FILE }),
    { ok: '', a: '2' },
  ],
  'zip: cut short': [zipped().subarray(0, -30), [400, /cut short/]],
  'zip: behind a program': [Buffer.concat([Buffer.from('#!/bin/sh\n'), zipped()]), [400, /not a tar archive/]],
};

const root = t.testdir({});

const rows = Object.entries({ ...names, ...doubles, ...kinds, ...headers, ...ends, ...zips });
for (const [name, [bytes, outcome]] of rows) {
  await t.test(name, async (t) => {
    const spoolFolder = mkdtempSync(join(root, 'spool-'));
    const spool = await makeDiskSpool({ folder: spoolFolder, limits, newId: () => 'hostile' });
    // In pieces that no reader would choose.
    const came = await spool.receive(streamOf(bytes, 7919)).catch((error: unknown) => error);
    if (Array.isArray(outcome)) {
      if (!(came instanceof AppError)) throw came instanceof Error ? came : new Error('it was taken');
      t.equal(statuses[came.code], outcome[0], came.code);
      t.match(came.message, outcome[1]);
      t.ok(came.message.length < 600, 'short enough to be read');
      // oxlint-disable-next-line no-control-regex
      t.notMatch(came.message, /[\x00-\x1f\x7f]/, 'nothing that plays with a terminal');
    } else {
      if (came instanceof Error) throw came;
      const context = came as Awaited<ReturnType<typeof spool.receive>>; // what is no error
      const sent = await unpack(context.tar(() => true, new Map()));
      const told = sent.map((one) => [one.name, one.linkname === '' ? one.content.toString() : `-> ${one.linkname}`]);
      t.strictSame(Object.fromEntries(told), outcome);
      t.equal(told.length, Object.keys(outcome).length, 'each path once');
      await spool.remove(context.id);
    }
    t.same(readdirSync(spoolFolder), [], 'nothing stays');
  });
}
