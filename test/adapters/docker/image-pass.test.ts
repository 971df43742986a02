/** The pass over saved images that are made here: layouts, packings, links, damage. The real engine's are in image-pass.engine.test.ts. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import t from 'tap';
import type { Test } from 'tap';
import { makeFinder } from '../../../src/adapters/docker/image-pass/find.ts';
import type { PassOrder } from '../../../src/adapters/docker/image-pass/order.ts';
import { readImage } from '../../../src/adapters/docker/image-pass/read-image.ts';
import { passInThread } from '../../../src/adapters/docker/image-pass/thread.ts';
import { needlesOf } from '../../../src/core/image/needles.ts';
import type { ImageSeen } from '../../../src/core/image/seen.ts';
import { configOf, inPieces, order, savedImage, step, tarOf } from './saved-image.ts';
import type { Entries } from './saved-image.ts';

const KEY = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'.repeat(3)}\n`;

const config = configOf(['ADD', 'COPY', 'RUN'], ['A=hunter2hunter2']);
const layers = [
  [
    ['etc/shadow', KEY],
    ['big', 'x'.repeat(100)],
    ['d/', ''],
    ['d/a', 'aaaa'],
  ],
  [
    ['big', 'y'.repeat(100)],
    ['app/key.pem', KEY],
    ['app/token', 'is hunter2hunter2'],
    ['app/late', `${'a\n'.repeat(600)}${KEY}`],
  ],
  [
    ['app/.wh.key.pem', ''],
    ['d/.wh..wh..opq', ''],
    ['d/b', 'bb'],
    ['deep/er/.wh..wh..opq', ''],
  ],
] as const satisfies readonly Entries[];

/** A saved image in the layout of OCI, manifest last, as the engine writes it. */
async function saved(packing: (tar: Buffer) => Buffer): Promise<Buffer> {
  const names = layers.map((_, index) => `blobs/sha256/${String(index).repeat(64)}`);
  const blobs = await Promise.all(layers.map(async (one) => packing(await tarOf(one))));
  const manifest = JSON.stringify([{ Config: 'blobs/sha256/c', Layers: names }]);
  return await tarOf([
    ['blobs/', ''],
    // Not in their order.
    ...[2, 0, 1].map((index) => [names[index] ?? '', blobs[index] ?? ''] as const),
    ['blobs/sha256/c', config],
    ['manifest.json', manifest],
  ]);
}

function holds(t: Test, image: ImageSeen): void {
  if (image.seen === 'unseen') {
    t.fail(image.reason);
    return;
  }
  t.match(image.base, { layers: 1, sizeBytes: KEY.length + 104 });
  t.same(
    image.layers.map(({ number, line, files }) => [number, line, files]),
    [
      [2, 2, 4],
      [3, 3, 1],
    ],
  );
  t.same(
    image.secrets.first.map(({ path, line, isBuried }) => [path, line, isBuried]),
    [['app/key.pem', 2, true]],
    'the base is not judged, and a long text is read from its beginning only',
  );
  t.match(image.cutOff, [/Of text files above 1 KiB/]);
  t.same(
    image.canaries.first.map(({ where, path }) => [where, path]),
    [
      ['environment', null],
      ['file', 'app/token'],
    ],
  );
  t.equal(image.wastedBytes, 100 + KEY.length, 'replaced, and deleted above the base; what the base loses is no waste');
}

t.test('OCI layout: plain, gzip and zstd layers, in any order, in pieces of any size', async (t) => {
  for (const [name, packing] of Object.entries({
    plain: (tar: Buffer) => tar,
    gzip: gzipSync,
    zstd: zstdCompressSync,
  })) {
    const whole = await saved((tar) => packing(tar));
    for (const bytes of [whole.length, 1000, 7]) {
      await t.test(`${name}, ${bytes}`, async (t) => holds(t, await readImage(inPieces(whole, bytes), order)));
    }
  }
});

t.test('the older layout of docker, where equal layers are links', async (t) => {
  const whole = await tarOf([
    ['a/VERSION', '1.0'],
    ['a/layer.tar', await tarOf(layers[0])],
    ['b/layer.tar', await tarOf(layers[1])],
    ['c/layer.tar', { link: '../b/layer.tar' }],
    ['c.json', config],
    ['manifest.json', JSON.stringify([{ Config: 'c.json', Layers: ['a/layer.tar', 'b/layer.tar', 'c/layer.tar'] }])],
  ]);
  const image = await readImage(inPieces(whole, 500), order);
  t.match(image, { seen: 'image', base: { layers: 1 }, layers: [{ files: 4 }, { files: 4 }] });
});

t.test('the older layout with packed layers, and a layout of OCI without the manifest of docker', async (t) => {
  const tars = await Promise.all(layers.map(tarOf));
  for (const packing of [gzipSync, zstdCompressSync]) {
    const names = ['a', 'b', 'c'].map((name) => `${name}/layer.tar`);
    const older = await tarOf([
      ...names.map((name, index) => [name, packing(tars[index] ?? '')] as const),
      ['c.json', config],
      ['manifest.json', JSON.stringify([{ Config: 'c.json', Layers: names }])],
    ]);
    holds(t, await readImage(inPieces(older, 700), order));
  }
  const digest = (name: string | number): { digest: string } => ({ digest: `sha256:${name}` });
  const oci = async (manifests: readonly object[]): Promise<Buffer> =>
    await tarOf([
      ['oci-layout', '{"imageLayoutVersion":"1.0.0"}'],
      ['index.json', JSON.stringify({ manifests: [digest('i')] })],
      ['blobs/sha256/i', JSON.stringify({ manifests })],
      ['blobs/sha256/m', JSON.stringify({ config: digest('c'), layers: [0, 1, 2].map(digest) })],
      ['blobs/sha256/c', config],
      ...tars.map((tar, index) => [`blobs/sha256/${index}`, gzipSync(tar)] as const),
    ]);
  holds(t, await readImage(inPieces(await oci([digest('m')]), 700), order));
  const [two, none, circle] = await Promise.all([oci([digest('m'), digest('m')]), oci([]), oci([digest('i')])]);
  for (const whole of [two, none, circle]) {
    t.match(await readImage(inPieces(whole, 700), order), { seen: 'unseen', reason: /not complete/ });
  }
});

t.test('a layer of several frames of zstd is read to its end, one that is cut short is unseen', async (t) => {
  const frames = (tar: Buffer): Buffer => {
    const skippable = Buffer.from('502a4d180400000061626364', 'hex');
    // At every block of the tar, so that what comes before each end is a whole tar of its own.
    const blocks = Array.from({ length: tar.length / 512 }, (_, index) => tar.subarray(index * 512, index * 512 + 512));
    return Buffer.concat([skippable, ...blocks.flatMap((block) => [zstdCompressSync(block), skippable])]);
  };
  const whole = await saved(frames);
  for (const bytes of [whole.length, 777]) holds(t, await readImage(inPieces(whole, bytes), order));
  for (const packing of [gzipSync, zstdCompressSync, frames, (tar: Buffer) => tar]) {
    const short = await saved((tar) => packing(tar).subarray(0, Math.ceil(packing(tar).length / 3)));
    t.match(await readImage(inPieces(short, 777), order), { seen: 'unseen', reason: /cannot be read/ });
  }
});

t.test('scratch, and files by hand without a shell: nothing is below, and everything is looked at', async (t) => {
  const hand: Entries = [
    ['etc/passwd', 'app:x:65532:65532::/:\n'],
    ['lib64/ld-linux-x86-64.so.2', '\u007fELF\0'],
    ['app/server', '\u007fELF\0', 0o4755],
    ['app/key.pem', KEY],
  ];
  const blob = await tarOf(hand);
  const image = await readImage(inPieces(await savedImage([blob], configOf(['COPY'])), 700), {
    ...order,
    steps: [step('COPY', 2)],
  });
  t.match(image, {
    seen: 'image',
    base: { layers: 0, sizeBytes: 0 },
    layers: [{ number: 1, line: 2, files: 4, tree: [{ name: 'app', files: 2 }, {}, {}] }],
    secrets: { total: 1, first: [{ path: 'app/key.pem', line: 2, layer: 1 }] },
    setuid: { total: 1, first: [{ path: '/app/server', layer: 1 }] },
    shipped: { buildTools: { total: 0 } },
  });
  const empty = await readImage(inPieces(await savedImage([], configOf([])), 700), { ...order, steps: [] });
  t.match(empty, { seen: 'image', sizeBytes: 0, layers: [], secrets: { total: 0 } }, 'FROM scratch and nothing else');
});

t.test('a thread gives the same answer, and ends when it is given up', async (t) => {
  const whole = await saved((tar) => tar);
  holds(t, await passInThread(inPieces(whole, 300), order, new AbortController().signal));
  const stop = new AbortController();
  const silent = async function* (): AsyncGenerator<Buffer> {
    yield whole.subarray(0, 600);
    await new Promise((_, reject) => stop.signal.addEventListener('abort', () => reject(stop.signal.reason)));
  };
  const pending = passInThread(silent(), order, stop.signal);
  stop.abort(new Error('given up'));
  await t.rejects(pending, { message: 'given up' });
  const broken = async function* (): AsyncGenerator<Buffer> {
    yield whole.subarray(0, 600);
    throw new Error('the engine went away');
  };
  await t.rejects(passInThread(broken(), order, new AbortController().signal), { message: 'the engine went away' });
  // An answer before the end: most of the stream is never taken.
  const large = await savedImage([await tarOf([['big', Buffer.alloc(20_000_000)]])], configOf(['COPY']));
  t.match(await passInThread(inPieces(large, 65_536), order, new AbortController().signal), {
    seen: 'unseen',
    reason: /larger/,
  });
});

t.test(
  'what is damaged, cut short, too large or of another Dockerfile is unseen, never an end without an answer',
  async (t) => {
    const whole = await saved((tar) => tar);
    const packed = await saved((tar) => {
      const gzip = gzipSync(tar);
      gzip.fill(0, 20, 60);
      return gzip;
    });
    const damaged = Buffer.from(whole);
    damaged.fill(1, 2000, 3000);
    const cases: Readonly<Record<string, readonly [Buffer, PassOrder]>> = {
      'cut short': [whole.subarray(0, whole.length - 3000), order],
      'not a tar': [Buffer.from('{"message":"no such image"}'), order],
      nothing: [Buffer.alloc(0), order],
      'a damaged header': [damaged, order],
      'a damaged gzip': [packed, order],
      'too large': [whole, { ...order, limits: { ...order.limits, maxBytes: 3000 } }],
      'another Dockerfile': [whole, { ...order, steps: [step('COPY', 2), step('ADD', 3)] }],
      'more steps than history': [whole, { ...order, steps: Array.from({ length: 9 }, () => step('RUN', 1)) }],
    };
    for (const [name, [bytes, told]] of Object.entries(cases)) {
      t.match(await readImage(inPieces(bytes, 512), told), { seen: 'unseen', reason: /^\w/ }, name);
    }
  },
);

t.test('a text is found wherever a chunk ends', async (t) => {
  const find = makeFinder(
    needlesOf([
      { name: 'A', value: 'needle-1' },
      { name: 'B', value: 'longer needle 2' },
    ]),
  );
  const whole = Buffer.from('hay needle-1 hay longer needle 2 hay');
  for (let bytes = 1; bytes <= whole.length; bytes++) {
    const search = find();
    for (let at = 0; at < whole.length; at += bytes) search.see(whole.subarray(at, at + bytes));
    t.same([...search.found.keys()].sort(), ['A', 'B'], `in pieces of ${bytes}`);
  }
  const search = find();
  search.see(Buffer.from('needle-'));
  search.see(Buffer.from('2 longer needle'));
  t.equal(search.found.size, 0);
});
