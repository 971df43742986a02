/** The archive reader on streams: where each limit stops, and how the stream is left to its owner. */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { constants, createGzip, gzipSync } from 'node:zlib';
import t from 'tap';
import { borrow } from '../../../src/adapters/archive/borrow.ts';
import { MAX_NAMES_BYTES } from '../../../src/adapters/archive/limits.ts';
import { readArchive } from '../../../src/adapters/archive/read-archive.ts';
import { AppError } from '../../../src/use-cases/errors.ts';
import { refusal, roomy, streamOf, tarOf, withHeader } from './tars.ts';

/** The start of a gzip stream that goes on. */
function createFlushed(bytes: Buffer): Buffer {
  return gzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
}

/** A small file, and then zeros without end. */
async function* zeros(): AsyncGenerator<Buffer> {
  yield (await tarOf([['a', 'A']])).subarray(0, 1024);
  for (;;) yield Buffer.alloc(64 * 1024);
}

await t.test(
  'each limit takes what is just inside and refuses what is just beyond, with its value and its variable',
  async (t) => {
    const tar = await tarOf([
      ['a', 'A'],
      ['b', 'B'],
      ['c', Buffer.alloc(2000)],
    ]);
    const gz = gzipSync(tar);
    const cases = [
      { limit: 'maxUploadBytes', value: tar.length, bytes: tar, variable: 'DRYDOCK_MAX_UPLOAD_BYTES' },
      { limit: 'maxUploadBytes', value: gz.length, bytes: gz, variable: 'DRYDOCK_MAX_UPLOAD_BYTES' },
      { limit: 'maxExpandedBytes', value: tar.length, bytes: gz, variable: 'DRYDOCK_MAX_EXPANDED_BYTES' },
      { limit: 'maxEntries', value: 3, bytes: tar, variable: 'DRYDOCK_MAX_ENTRIES' },
    ] as const;
    for (const { limit, value, bytes, variable } of cases) {
      t.equal(await refusal(bytes, { ...roomy, [limit]: value }), undefined, `${limit} ${value}`);
      const error = await refusal(bytes, { ...roomy, [limit]: value - 1 });
      t.equal(error?.code, 'upload-too-large', `${limit} ${value - 1}`);
      t.match(error?.message, variable);
      t.match(error?.message, String(value - 1));
    }
    t.equal(await refusal(tar, { ...roomy, maxPathBytes: 1 }), undefined);
    t.equal((await refusal(await tarOf([['ab']]), { ...roomy, maxPathBytes: 1 }))?.code, 'archive-unsafe');
  },
);

await t.test('a file larger than the limit is refused at its header, before its bytes come', async (t) => {
  const tar = withHeader(await tarOf([['a', 'A']]), 0, [[124, '00777777777 ']]);
  t.match((await refusal(tar.subarray(0, 512)))?.message, 'DRYDOCK_MAX_EXPANDED_BYTES');
});

await t.test('names that would fill the memory are refused, although none is too long', async (t) => {
  const folder = `${'d'.repeat(250)}/`.repeat(16);
  const maxEntries = Math.ceil(MAX_NAMES_BYTES / folder.length) + 1;
  async function* endless(): AsyncGenerator<Buffer> {
    const one = (await tarOf([[`${folder}f`, '']])).subarray(0, -1024);
    const many = Buffer.concat(Array.from({ length: 50 }, () => one));
    for (;;) yield many;
  }
  const archive = Readable.from(endless());
  const error = await refusal(archive, { ...roomy, maxEntries, maxUploadBytes: 1e9, maxExpandedBytes: 1e9 });
  t.equal(error?.code, 'upload-too-large');
  archive.destroy();
});

await t.test('an upload without end stops at the limit, plain or as a bomb', async (t) => {
  const plain = Readable.from(zeros());
  t.match((await refusal(plain, { ...roomy, maxUploadBytes: 1024 * 1024 }))?.message, 'DRYDOCK_MAX_UPLOAD_BYTES');

  const source = Readable.from(zeros());
  const bomb = source.pipe(createGzip());
  t.match(
    (await refusal(bomb, { ...roomy, maxExpandedBytes: 8 * 1024 * 1024 }))?.message,
    'DRYDOCK_MAX_EXPANDED_BYTES',
  );
  for (const stream of [plain, bomb, source]) stream.destroy();
});

await t.test(
  'after a refusal the stream is left to its owner: not destroyed, not drained, and it can still be drained',
  async (t) => {
    let asked = 0;
    async function* upload(): AsyncGenerator<Buffer> {
      yield await tarOf([['../evil', 'boo']]);
      for (; asked < 200; asked += 1) yield Buffer.alloc(64 * 1024);
    }
    const archive = Readable.from(upload());
    t.equal((await refusal(archive))?.code, 'archive-unsafe');
    t.equal(archive.destroyed, false);
    t.ok(asked < 100, `asked for ${asked} more chunks`);
    archive.resume();
    await once(archive, 'end');
    t.equal(asked, 200);
    for (const event of ['readable', 'end', 'error', 'close']) {
      t.ok(archive.listenerCount(event) <= 1, `${event} has no listener of ours`);
    }
  },
);

await t.test('an upload that breaks off is broken; an error that has its name already keeps it', async (t) => {
  const tar = await tarOf([['a', Buffer.alloc(100_000)]]);
  const broken = refusal(
    Readable.from(
      (async function* () {
        yield tar.subarray(0, 2000);
        throw new Error('socket hang up');
      })(),
    ),
  );
  t.equal((await broken)?.code, 'archive-broken');

  const cut = new Readable({ read() {} });
  cut.push(tar.subarray(0, 2000));
  const waiting = refusal(cut);
  setImmediate(() => cut.destroy());
  t.equal((await waiting)?.code, 'archive-broken');

  const named = Readable.from(
    (async function* () {
      yield tar.subarray(0, 2000);
      throw new AppError('shutting-down', 'The service is stopping.');
    })(),
  );
  t.equal((await refusal(named))?.code, 'shutting-down');
});

await t.test('a body that nobody reads does not hold up the next entry, whatever size its header claims', async (t) => {
  const tar = await tarOf([['a', Buffer.alloc(5000)], [{ name: 'd', type: 'directory' }], ['b', 'B']]);
  // The header of the folder lies behind that of `a` and its ten blocks of data.
  const claims = withHeader(tar, 11 * 512, [[124, '00000007777 ']]);
  const paths: string[] = [];
  for await (const { path } of readArchive(borrow(streamOf(claims)), roomy)) paths.push(path);
  t.strictSame(paths, ['a', 'd', 'b']);
});

await t.test('a refusal does not wait for bytes that do not come', async (t) => {
  const evil = await tarOf([
    ['a', 'A'],
    ['../evil', 'boo'],
  ]);
  const starts: readonly (readonly [string, Buffer])[] = [
    ['archive-unsafe', evil],
    ['archive-unsafe', createFlushed(evil)],
    ['archive-broken', Buffer.from('no tar at all'.repeat(100))],
    ['archive-broken', Buffer.concat([Buffer.from('1f8b', 'hex'), Buffer.from('no gzip at all'.repeat(100))])],
  ];
  for (const [code, bytes] of starts) {
    const stalled = new Readable({ read() {} });
    stalled.push(bytes);
    t.equal((await refusal(stalled))?.code, code);
    t.equal(stalled.destroyed, false);
    t.equal(stalled.listenerCount('readable'), 0);
    stalled.destroy();
  }
});

await t.test('what stops the bytes in the middle of a file is told as what it is', async (t) => {
  const tar = await tarOf([['a', Buffer.alloc(2 * 1024 * 1024, 'x')]]);
  t.match((await refusal(tar, { ...roomy, maxUploadBytes: 1024 * 1024 }))?.message, 'DRYDOCK_MAX_UPLOAD_BYTES');
  // The limit is met by the file together with its header.
  const error = await refusal(gzipSync(tar), { ...roomy, maxExpandedBytes: 2 * 1024 * 1024 });
  t.match(error?.message, 'DRYDOCK_MAX_EXPANDED_BYTES');
});
