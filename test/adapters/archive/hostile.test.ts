/**
 * Hostile archives, one row each, through the disk spool, as an upload goes: refused with a status and a sentence that names what was
 * met, or neutralised: then what a builder would get from it is exactly this. Nothing of a refused one stays on the disk, and nothing
 * is ever extracted. Random damage, streams that break off and limits one by one: the other files of this folder.
 */
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import t from 'tap';
import type { ArchiveLimits } from '../../../src/adapters/archive/limits.ts';
import { makeDiskSpool } from '../../../src/adapters/spool/disk-spool.ts';
import { statuses } from '../../../src/http/problems.ts';
import { AppError } from '../../../src/use-cases/errors.ts';
import { unpack } from '../spool/unpacked.ts';
import { headerRows, packingRows } from './hostile-headers.ts';
import { zipped, zips } from './hostile-zips.ts';
import type { Outcome } from './hostile-zips.ts';
import { paxRecords, rawEntry, rawTar, roomy, streamOf } from './tars.ts';

const limits: ArchiveLimits = { ...roomy, maxUploadBytes: 4e6, maxExpandedBytes: 8e6, maxEntries: 1000 };

const file = (name: string, data = 'boo'): Buffer => rawEntry('0', name, data);
const folder = (name: string): Buffer => rawEntry('5', `${name}/`);
const symlink = (name: string, link: string): Buffer => rawEntry('2', name, '', { link });
const hardlink = (name: string, link: string): Buffer => rawEntry('1', name, '', { link });
const pax = (records: Readonly<Record<string, string>>): Buffer => rawEntry('x', 'PaxHeaders/x', paxRecords(records));
const global = (records: Readonly<Record<string, string>>): Buffer => rawEntry('g', 'global', paxRecords(records));
const long = (type: 'L' | 'K', text: string): Buffer => rawEntry(type, '././@LongLink', `${text}\0`);
const base256 = (first: number, last: number): string =>
  String.fromCharCode(first) + '\0'.repeat(10) + String.fromCharCode(last);
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
  'link with a size that hides the next entry': [
    rawTar(rawEntry('2', 'a', '', { link: 'x', size: '00000001000 ' }), file('hidden')),
    [422, /"a" is a link with a size/],
  ],
  'hard link with a size that hides the next entry': [
    rawTar(file('f'), rawEntry('1', 'a', '', { link: 'f', size: '00000001000 ' }), file('hidden')),
    [422, /"a" is a link with a size/],
  ],
  'extended size of a link': [
    rawTar(pax({ size: '512' }), symlink('a', 'x'), file('hidden')),
    [422, /link with a size/],
  ],
  'link without a target': [rawTar(symlink('a', '')), [422, /without a target/]],
};

const headers: Readonly<Record<string, readonly [Buffer, Outcome]>> = {
  'extended path that climbs': [rawTar(pax({ path: '../evil' }), file('harmless')), [422, /"\.\.\/evil"/]],
  'extended path over a long name': [
    rawTar(long('L', 'a'), pax({ path: '../evil' }), file('b')),
    [422, /"\.\.\/evil"/],
  ],
  'extended path beside another long name': [
    rawTar(long('L', 'a'), pax({ path: 'b' }), file('c')),
    [422, /"b" has two long names/],
  ],
  'extended target beside another long one': [
    rawTar(long('K', 'a'), pax({ linkpath: 'b' }), symlink('c', 'd')),
    [422, /"c" has two long names, or two targets/],
  ],
  'extended path beside the same long name': [rawTar(long('L', 'a'), pax({ path: 'a' }), file('c')), { a: 'boo' }],
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
  'extended size with an exponent': [rawTar(pax({ size: '1e3' }), file('a')), [400, /"a" has the size "1e3"/]],
  'extended size with letters behind it': [rawTar(pax({ size: '3junk' }), file('a')), [400, /the size "3junk"/]],
  'extended size with a blank before it': [rawTar(pax({ size: ' 3' }), file('a')), [400, /the size " 3"/]],
  'extended size with a fraction': [rawTar(pax({ size: '2.9' }), file('a')), [400, /the size "2.9"/]],
  'extended size in base 16': [rawTar(pax({ size: '0x3' }), file('a')), [400, /the size "0x3"/]],
  'extended size less than nothing': [rawTar(pax({ size: '-0' }), file('a')), [400, /the size "-0"/]],
  'extended size of a folder that is no number': [rawTar(pax({ size: '0\x1b[2J' }), folder('a')), [400, /the size "0/]],
  'extended size that is empty': [rawTar(pax({ size: '' }), file('a')), { a: 'boo' }],
  'extended size with zeros before it': [rawTar(pax({ size: '0003' }), file('a')), { a: 'boo' }],
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
    [400, /has a size that is no number of bytes/],
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

const root = t.testdir({});

const rows = [
  ...Object.entries({ ...names, ...doubles, ...kinds, ...headers, ...ends, ...zips }),
  ...Object.entries(headerRows).map(([name, [blocks, outcome]]) => [name, [rawTar(...blocks), outcome]] as const),
  ...Object.entries(packingRows).map(([name, [pack, outcome]]) => [name, [pack(whole), outcome]] as const),
];
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
