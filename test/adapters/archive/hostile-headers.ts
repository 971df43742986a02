/**
 * Extended headers and packings among the hostile archives. hostile.test.ts holds the service to these rows, hostile.engine.test.ts the
 * engine: where it does something else with one, the row says what.
 */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Outcome } from './hostile-zips.ts';
import { rawEntry, rawTar } from './tars.ts';

/** What an engine does where it is not the same. */
export type Engine = 'takes it' | 'refuses it';

const [takes, refuses] = ['takes it', 'refuses it'] as const;

const file = (name: string, data = 'boo'): Buffer => rawEntry('0', name, data);
/** An extended header of these bytes, right or not. */
const records = (bytes: string, type = 'x'): Buffer => rawEntry(type, 'PaxHeaders/x', Buffer.from(bytes, 'latin1'));
const long = (type: 'L' | 'K', text: string): Buffer => rawEntry(type, '././@LongLink', `${text}\0`);
const comment = records('13 comment=b\n', 'g');
/** A record of so many bytes. */
const wide = (bytes: number): Buffer => records(`${bytes} comment=${'c'.repeat(bytes - 17)}\n`);

const noLength = [400, /header before entry 1 of the archive has a record that does not begin with a length/] as const;
const wrongEnd = [400, /a record whose length of \d+ bytes is not where it ends/] as const;
const parted = [422, /has a global header behind its extended one/] as const;

/** The blocks of a tar before its end mark, and what becomes of it. */
export const headerRows: Readonly<Record<string, readonly [blocks: readonly Buffer[], Outcome, Engine?]>> = {
  'record that is right': [[records('10 path=b\n'), file('a')], { b: 'boo' }],
  'record with a sign before its length': [[records('+11 path=b\n'), file('a')], { b: 'boo' }],
  'record with a zero before its length': [[records('011 path=b\n'), file('a')], { b: 'boo' }],
  'record with an equals sign and a line break in its value': [
    [records('14 path=b=c\nd\n'), file('a')],
    { 'b=c\nd': 'boo' },
  ],
  'record whose length is no number': [[records('xx path=evil\n'), file('a')], noLength],
  'record whose length has letters behind it': [[records('10x path=b\n'), file('a')], noLength],
  'record whose length is in base 16': [[records('0xa path=b\n'), file('a')], noLength],
  'record whose length has a line below it': [[records('1_1 path=b\n'), file('a')], noLength],
  'record whose length has a fraction': [[records('10.0 path=b\n'), file('a')], noLength],
  'record whose length is negative': [[records('-10 path=b\n'), file('a')], noLength],
  'record with a blank before its length': [[records(' 10 path=b\n'), file('a')], noLength],
  'record without a length': [[records('path=b\n'), file('a')], noLength],
  'record whose length is nothing': [[records('0 path=b\n'), file('a')], wrongEnd],
  'record that is shorter than its length says': [[records('12 path=b\n11 comment\n'), file('a')], wrongEnd],
  'record that is longer than its length says': [[records('10 path=bbb\n'), file('a')], wrongEnd],
  'record that is shorter than its own length': [[records('5    \n'), file('a')], wrongEnd],
  'record that ends without a line break': [[records('10 path=b '), file('a')], wrongEnd],
  'record that goes on behind the header': [
    [records('99 path=b\n'), file('a')],
    [400, /a record of 99 bytes where 10 are left/],
  ],
  'record that goes on behind all disks': [[records(`${'9'.repeat(30)} path=b\n`), file('a')], noLength],
  'record without an equals sign': [
    [records('10 path:b\n'), file('a')],
    [400, /a record without `=`/],
  ],
  'record without a name': [
    [records('6 =bb\n'), file('a')],
    [400, /a record without a name/],
  ],
  'right record, then a wrong one': [[records('10 path=b\nzz'), file('a')], noLength],
  'records filled up with zeros': [[records('10 path=b\n\0\0\0'), file('a')], noLength],
  'records filled up with a line break': [[records('10 path=b\n\n'), file('a')], noLength],
  'wrong record of a folder': [[records('zz'), rawEntry('5', 'a/')], noLength],
  'wrong record of a link': [[records('zz'), rawEntry('2', 'a', '', { link: 'b' })], noLength],
  'wrong record of the second entry': [
    [file('a'), records('zz'), file('b')],
    [400, /header before entry 2 of the archive has a record/],
  ],
  'wrong record for all entries': [[records('zz comment=b\n', 'g'), file('a')], noLength],
  'time for all entries that is no number': [[records('13 mtime=abc\n', 'g'), file('a')], { a: 'boo' }],
  'time of an entry that is no number': [[records('13 mtime=abc\n'), file('a')], { a: 'boo' }, refuses],
  'NUL in the name of a record': [
    [records('10 ke\0y=v\n'), file('a')],
    [400, /a NUL byte where text belongs/],
  ],
  'NUL in the name of an owner': [
    [records('13 uname=b\0c\n'), file('a')],
    [400, /a NUL byte where text belongs/],
  ],
  'NUL in a target that is none': [
    [records('16 linkpath=b\0c\n'), file('a')],
    [400, /a NUL byte where text/],
  ],
  'NUL in a record that nobody reads': [[records('15 comment=a\0b\n'), file('a')], { a: 'boo' }],
  'two records of one name': [[records('10 path=b\n10 path=c\n'), file('a')], { c: 'boo' }],
  'two extended headers of one entry': [[records('10 path=b\n'), records('13 comment=c\n'), file('a')], { a: 'boo' }],
  'extended header without records': [
    [records(''), file('a', 'x'.repeat(513)), file('b')],
    { a: 'x'.repeat(513), b: 'boo' },
  ],
  'extended header of a size below nothing': [
    [rawEntry('x', 'x', '', { size: `\xff${'\xff'.repeat(9)}\xfe\0` }), file('a')],
    [400, /header before entry 1 of the archive has a size that is no number of bytes/],
  ],
  'long name of a size that is no number': [
    [rawEntry('L', 'x', '', { size: '99999999999 ' }), file('a')],
    [400, /header before entry 1 of the archive has a size that is no number of bytes/],
  ],
  'long name without a name': [[rawEntry('L', '././@LongLink'), file('a')], { a: 'boo' }],
  'extended header as long as it may be': [[wide(1024 * 1024), file('a')], { a: 'boo' }],
  'extended header that is longer': [
    [wide(1024 * 1024 + 1), file('a')],
    [400, /header before entry 1 of the archive has 1048577 bytes; at most 1048576 are read/],
  ],
  'long name that is longer': [
    [long('L', 'd/'.repeat(600_000)), file('a')],
    [400, /has 1200001 bytes; at most/],
  ],
  'extended path, parted from its entry': [[records('10 path=b\n'), comment, file('a')], parted, takes],
  'long name, parted from its entry': [[long('L', 'b'), comment, file('a')], parted, takes],
  'long target, parted from its entry': [
    [long('K', 'b'), comment, rawEntry('2', 'a', '', { link: 'c' })],
    parted,
    takes,
  ],
  'global header before the extended one': [[comment, records('10 path=b\n'), file('a')], { b: 'boo' }],
};

/** A frame of zstd that holds something else. Source: RFC 8878, 3.1.2. */
const skippable = (bytes: number, kind = 0): Buffer => {
  const frame = Buffer.alloc(8 + bytes, 'junk');
  frame.writeUInt32LE(0x184d2a50 + kind, 0);
  frame.writeUInt32LE(bytes, 4);
  return frame;
};
const halves = (tar: Buffer, pack: (half: Buffer) => Buffer): readonly [Buffer, Buffer] => [
  pack(tar.subarray(0, 700)),
  pack(tar.subarray(700)),
];
const evil = rawTar(file('evil'));
const damaged = [400, /cannot be read|not a tar/] as const;
const goesOn = [400, /goes on behind the mark/] as const;

/** How a tar of one file `a` is packed, and what becomes of it. */
export const packingRows: Readonly<Record<string, readonly [pack: (tar: Buffer) => Buffer, Outcome, Engine?]>> = {
  'a zstd of two frames': [(tar) => Buffer.concat(halves(tar, zstdCompressSync)), { a: 'boo' }],
  'a zstd with frames of something else, as pzstd makes them': [
    (tar) => Buffer.concat(halves(tar, (half) => Buffer.concat([skippable(4), zstdCompressSync(half)]))),
    { a: 'boo' },
  ],
  'a zstd with a large frame of something else': [
    (tar) => Buffer.concat([skippable(300_000, 15), zstdCompressSync(tar), skippable(0)]),
    { a: 'boo' },
  ],
  'a zstd with empty frames': [
    (tar) => Buffer.concat([zstdCompressSync(''), zstdCompressSync(tar), zstdCompressSync('')]),
    { a: 'boo' },
  ],
  'a zstd with a frame of each byte': [
    (tar) =>
      Buffer.concat(
        [...tar.subarray(0, 900)]
          .map((byte) => zstdCompressSync(Buffer.of(byte)))
          .concat(zstdCompressSync(tar.subarray(900))),
      ),
    { a: 'boo' },
  ],
  'a zstd with nothing but frames of something else': [() => skippable(9), [400, /stops behind its entry 0/], refuses],
  'a tar behind a frame of something else': [(tar) => Buffer.concat([skippable(9), tar]), damaged],
  'a second archive in a second frame': [
    (tar) => Buffer.concat([zstdCompressSync(tar), zstdCompressSync(evil)]),
    goesOn,
    takes,
  ],
  'a second frame cut short': [
    (tar) => Buffer.concat(halves(tar, zstdCompressSync)).subarray(0, -3),
    [400, /cut short/],
  ],
  'a second frame that begins and goes no further': [
    (tar) => Buffer.concat([zstdCompressSync(tar), zstdCompressSync('x').subarray(0, 3)]),
    damaged,
    takes,
  ],
  'a frame of something else cut short': [
    (tar) => Buffer.concat([zstdCompressSync(tar), skippable(99).subarray(0, 50)]),
    damaged,
    takes,
  ],
  'a second frame with a window of 2 GiB': [
    (tar) => Buffer.concat([zstdCompressSync(tar.subarray(0, 700)), wideFrame]),
    damaged,
  ],
  'garbage behind a zstd': [(tar) => Buffer.concat([zstdCompressSync(tar), Buffer.from('junk')]), damaged, takes],
  'zeros behind a zstd': [(tar) => Buffer.concat([zstdCompressSync(tar), Buffer.alloc(512)]), damaged, takes],
  'a gzip behind a zstd': [
    (tar) => Buffer.concat([zstdCompressSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))]),
    damaged,
  ],
  'a bomb of many frames': [
    () => Buffer.concat(Array.from({ length: 900 }, () => zstdCompressSync(Buffer.alloc(10_000)))),
    [413, /more than 8000000 bytes/],
    refuses,
  ],
  'more frames than any project has': [
    (tar) => Buffer.concat([...Array.from({ length: 3000 }, () => zstdCompressSync('')), zstdCompressSync(tar)]),
    [413, /packed in more than 3000 frames, the limit for 1000 entries \(DRYDOCK_MAX_ENTRIES\)/],
    takes,
  ],
  'as many frames as there may be': [
    (tar) => Buffer.concat([...Array.from({ length: 2999 }, () => zstdCompressSync('')), zstdCompressSync(tar)]),
    { a: 'boo' },
  ],
  'a gzip of two members': [(tar) => Buffer.concat(halves(tar, gzipSync)), { a: 'boo' }],
  'a gzip with empty members': [(tar) => Buffer.concat([gzipSync(''), gzipSync(tar), gzipSync('')]), { a: 'boo' }],
  'a second member cut short': [(tar) => Buffer.concat([gzipSync(tar), gzipSync('x').subarray(0, 5)]), damaged, takes],
  'a zstd behind a gzip': [
    (tar) => Buffer.concat([gzipSync(tar.subarray(0, 700)), zstdCompressSync(tar.subarray(700))]),
    damaged,
  ],
  'zeros behind a gzip': [(tar) => Buffer.concat([gzipSync(tar), Buffer.alloc(20_000)]), { a: 'boo' }],
  'a second archive behind zeros behind a gzip': [
    (tar) => Buffer.concat([gzipSync(tar), Buffer.alloc(512), gzipSync(evil)]),
    damaged,
    takes,
  ],
};

/** A frame that says it needs a window of 2 GiB. Source: RFC 8878, 3.1.1.1.2. */
const wideFrame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00]);
