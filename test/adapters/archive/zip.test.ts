/** Zips through the disk spool: what packers write, what liars write, what was cut short; and nothing stays on the disk. */
import { readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import t from 'tap';
import type { ArchiveLimits } from '../../../src/adapters/archive/limits.ts';
import { makeDiskSpool } from '../../../src/adapters/spool/disk-spool.ts';
import { AppError } from '../../../src/use-cases/errors.ts';
import type { SpooledContext } from '../../../src/use-cases/ports.ts';
import { roomy, streamOf } from './tars.ts';
import { zipOf } from './zips.ts';
import type { Zipped } from './zips.ts';

const folder = t.testdir({});
let ids = 0;

async function receive(archive: Buffer | Readable, limits: ArchiveLimits = roomy): Promise<SpooledContext> {
  const spool = await makeDiskSpool({ folder, limits, newId: () => `zip-${(ids += 1)}` });
  return await spool.receive(archive instanceof Readable ? archive : streamOf(archive));
}

async function refusal(archive: Buffer | Readable, limits?: ArchiveLimits): Promise<AppError | undefined> {
  const before = readdirSync(folder);
  try {
    await receive(archive, limits);
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    t.strictSame(readdirSync(folder), before, 'nothing of it stays on the disk');
    return error;
  }
}

const FILE = 0o100644;
const LINK = 0o120777;
const good: readonly Zipped[] = [
  { name: 'app/', mode: 0o040755 },
  { name: './app//main.py', content: 'print()', mode: FILE },
  { name: 'run.sh', content: '#!/bin/sh\n', mode: 0o100755, stored: true },
  { name: 'python3', content: '/usr/bin/python3', mode: LINK },
  { name: 'grüße.txt', content: 'grüße', host: 0 },
  { name: Buffer.from([0x81, 0x2e, 0x74, 0x78, 0x74]), content: 'ü', host: 0 },
  { name: 'win\\dows.txt', content: 'w', host: 0 },
  { name: 'dev-disk-by\\x2did.mount', content: 'u', mode: FILE },
  { name: 'big', content: Buffer.alloc(300_000, 'x'), mode: FILE },
  { name: 'empty', mode: FILE },
  { name: 'run.sh', content: 'last one wins', mode: FILE },
];

await t.test('what packers write is read, however it is cut into chunks', async (t) => {
  for (const size of [1, 3, 70_000]) {
    const context = await receive(streamOf(zipOf(good), size));
    const entries = new Map(context.entries.map((entry) => [entry.path, entry]));
    t.match(entries.get('app'), { type: 'directory', mode: 0o755, sizeBytes: 0 });
    t.match(entries.get('app/main.py'), {
      type: 'file',
      mode: 0o644,
      sizeBytes: 7,
      mtimeMs: Date.UTC(2024, 1, 29, 12, 30),
    });
    t.match(entries.get('python3'), { type: 'symlink', linkTarget: '/usr/bin/python3', sizeBytes: 0 });
    t.equal(entries.get('grüße.txt')?.mode, 0o644, 'a packer that knows no modes');
    t.equal(entries.size, 10);
    const text = async (path: string): Promise<string> => (await context.read(path, 1_000_000)).toString();
    t.equal(await text('app/main.py'), 'print()');
    t.equal(await text('grüße.txt'), 'grüße');
    t.equal(await text('ü.txt'), 'ü', 'a name in the code page of DOS');
    t.equal(await text('win/dows.txt'), 'w');
    t.equal(await text('dev-disk-by\\x2did.mount'), 'u');
    t.equal((await text('big')).length, 300_000);
    t.equal(await text('empty'), '');
    t.equal(await text('run.sh'), 'last one wins');
  }
  t.notOk(
    readdirSync(folder).some((name) => name.includes('.zip')),
    'the zip itself is gone',
  );
  t.strictSame((await receive(zipOf([]))).entries, []);
});

await t.test('an entry that a context has no use for is refused by name', async (t) => {
  const evil: Readonly<Record<string, Zipped>> = {
    climbs: { name: 'x/../../evil' },
    'climbs with the separator of Windows': { name: '..\\evil', host: 0 },
    'climbs by either reading': { name: '..\\evil', mode: FILE },
    absolute: { name: '/etc/evil' },
    drive: { name: 'C:\\evil', host: 0 },
    NUL: { name: 'evil\0.txt' },
    nameless: { name: '', content: 'evil' },
    device: { name: 'evil', mode: 0o020666 },
    'block device': { name: 'evil', mode: 0o060666 },
    pipe: { name: 'evil', mode: 0o010666 },
    socket: { name: 'evil', mode: 0o140666 },
    'link without a target': { name: 'evil', mode: LINK },
    'long link': { name: 'evil', mode: LINK, content: 'evil/'.repeat(1000) },
    'link to no text': { name: 'evil', mode: LINK, content: Buffer.from([0xff, 0xfe]) },
    'a file as the root': { name: 'evil/..', content: 'boo' },
    'long path': { name: `${'evil/'.repeat(900)}x` },
  };
  for (const [title, entry] of Object.entries(evil)) {
    const error = await refusal(zipOf([{ name: 'ok' }, entry]));
    t.equal(error?.code, 'archive-unsafe', title);
    if (title !== 'nameless') t.match(error?.message, /evil/, title);
  }
  const below = zipOf([
    { name: 'a', mode: LINK, content: '/etc' },
    { name: 'a/evil', mode: FILE, content: 'boo' },
  ]);
  t.match(await refusal(below), { code: 'archive-unsafe', message: /below a link/ });
});

await t.test('what cannot be read is broken, with the reason', async (t) => {
  const whole = zipOf([{ name: 'a', content: 'A'.repeat(1000), mode: FILE }]);
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, 32, 40);
  const broken: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
    encrypted: [
      zipOf([{ name: 'secret', content: 'x'.repeat(20), flags: 1 }]),
      /"secret" is encrypted.*without a password\.$/,
    ],
    'another method': [zipOf([{ name: 'a', content: 'A', method: 12 }]), /"a" is packed by method 12/],
    'cut short': [whole.subarray(0, -10), /cut short/],
    'cut in the middle': [whole.subarray(0, 40), /cut short/],
    'four bytes': [whole.subarray(0, 4), /cut short/],
    damaged: [damaged, /"a" is damaged/],
    'a wrong checksum': [zipOf([{ name: 'a', content: 'A', crc: 1 }]), /"a" is damaged/],
    'a wrong checksum of a link': [zipOf([{ name: 'a', content: 'A', crc: 1, mode: LINK }]), /"a" is damaged/],
    'more bytes than told': [zipOf([{ name: 'a', content: 'A'.repeat(1000), size: 10 }]), /"a" is damaged/],
    'fewer bytes than told': [zipOf([{ name: 'a', content: 'A', size: 1000 }]), /"a" is damaged/],
    'a stored file of another length': [zipOf([{ name: 'a', content: 'A', stored: true, size: 2 }]), /cannot be read/],
  };
  for (const [title, [bytes, message]] of Object.entries(broken)) {
    t.match(await refusal(bytes), { code: 'archive-broken', message }, title);
  }
});

await t.test('each limit takes what is just inside and refuses what is just beyond', async (t) => {
  const zip = zipOf([{ name: 'a', content: 'A' }, { name: 'b/' }, { name: 'c', content: Buffer.alloc(2000) }]);
  const cases = [
    { limit: 'maxUploadBytes', value: zip.length, variable: 'DRYDOCK_MAX_UPLOAD_BYTES' },
    { limit: 'maxExpandedBytes', value: 3 * 512 + 512 + 2048, variable: 'DRYDOCK_MAX_EXPANDED_BYTES' },
    { limit: 'maxEntries', value: 3, variable: 'DRYDOCK_MAX_ENTRIES' },
  ] as const;
  for (const { limit, value, variable } of cases) {
    t.equal(await refusal(zip, { ...roomy, [limit]: value }), undefined, `${limit} ${value}`);
    const error = await refusal(zip, { ...roomy, [limit]: value - 1 });
    t.match(error, { code: 'upload-too-large', message: variable }, `${limit} ${value - 1}`);
  }
});

await t.test('a bomb stops at its list, whether it tells its size or not', async (t) => {
  const limits = { ...roomy, maxExpandedBytes: 1024 * 1024 };
  const zeros = Buffer.alloc(8 * 1024 * 1024);
  const honest = zipOf([{ name: 'zeros', content: zeros }]);
  t.ok(honest.length < 20_000);
  t.match(await refusal(honest, limits), { code: 'upload-too-large', message: /DRYDOCK_MAX_EXPANDED_BYTES/ });
  t.match(await refusal(zipOf([{ name: 'zeros', content: zeros, size: 100 }]), limits), { code: 'archive-broken' });

  const many = zipOf(Array.from({ length: 3000 }, (_, index) => ({ name: `${index}` })));
  t.match(await refusal(many, limits), { code: 'upload-too-large' }, 'empty files have headers too');
});

await t.test('after a refusal the stream is left to its owner', async (t) => {
  async function* endless(): AsyncGenerator<Buffer> {
    yield zipOf(good);
    for (;;) yield Buffer.alloc(64 * 1024);
  }
  const archive = Readable.from(endless());
  t.match(await refusal(archive, { ...roomy, maxUploadBytes: 1_000_000 }), { code: 'upload-too-large' });
  t.equal(archive.destroyed, false);
  t.equal(archive.listenerCount('readable'), 0);
  archive.destroy();

  const cut = new Readable({ read() {} });
  cut.push(zipOf(good).subarray(0, 100));
  const waiting = refusal(cut);
  setImmediate(() => cut.destroy());
  t.match(await waiting, { code: 'archive-broken', message: /broke off/ });
});
