/** The zips among the hostile archives of hostile.test.ts. */
import { deflateRawSync } from 'node:zlib';
import { zipOf } from './zips.ts';
import type { Zipped } from './zips.ts';

/** What becomes of an archive: a refusal, or what a builder would get from it. */
export type Outcome = readonly [status: number, sentence: RegExp] | Readonly<Record<string, string>>;

const FILE = 0o100644;
const LINK = 0o120777;

/** A zip of one plain file and these. */
export const zipped = (...entries: readonly Zipped[]): Buffer => zipOf([{ name: 'ok', mode: FILE }, ...entries]);
const evil = (more: Partial<Zipped>): Buffer => zipped({ name: 'evil', content: 'boo', mode: FILE, ...more });

/** One row each. */
export const zips: Readonly<Record<string, readonly [Buffer, Outcome]>> = {
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
