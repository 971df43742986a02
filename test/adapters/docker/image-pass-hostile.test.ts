/** Images that were made to be in the way: much, large, deep, oddly named. Time and memory stay bounded, and nobody is cleared by it. */
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { createZstdCompress } from 'node:zlib';
import t from 'tap';
import { USUAL_LIMITS } from '../../../src/adapters/docker/image-pass/order.ts';
import { readImage } from '../../../src/adapters/docker/image-pass/read-image.ts';
import { passInThread } from '../../../src/adapters/docker/image-pass/thread.ts';
import type { ImageContents, ImageSeen } from '../../../src/core/image/seen.ts';
import { probes } from '../../../src/core/probes/index.ts';
import { configOf, inPieces, order, savedImage, step, tarOf } from './saved-image.ts';

const { signal } = new AbortController();
const one = { ...order, steps: [step('COPY', 2)], limits: USUAL_LIMITS };
const two = { ...order, limits: USUAL_LIMITS };

const template = (await tarOf([['', 'x']])).subarray(0, 512);
template.write('00000000000', 124, 'latin1');
template.write('        ', 148, 'latin1');
const sumOf = (bytes: Buffer): number => bytes.reduce((total, byte) => total + byte, 0);
const rest = sumOf(template) - sumOf(Buffer.from('00000000000'));

/** The header of a file with these bytes for a name. */
function header(name: Buffer, bytes: number): Buffer {
  const block = Buffer.from(template);
  const size = Buffer.from(bytes.toString(8).padStart(11, '0'));
  name.copy(block, 0, 0, 100);
  size.copy(block, 124);
  block.write(`${(rest + sumOf(name) + sumOf(size)).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

const END = Buffer.alloc(1024);

/** A layer of these blocks, packed: what is large here is small on its way. */
async function packed(blocks: Iterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  await pipeline(Readable.from(gathered(blocks)), createZstdCompress(), async (source) => {
    for await (const part of source) parts.push(part as Buffer); // zlib streams give buffers
  });
  return Buffer.concat(parts);
}

/** The blocks by the megabyte: a stream takes its time for each chunk. */
function* gathered(blocks: Iterable<Buffer>): Generator<Buffer> {
  let some: Buffer[] = [];
  let bytes = 0;
  for (const block of blocks) {
    some.push(block);
    bytes += block.length;
    if (bytes < 1024 ** 2) continue;
    yield Buffer.concat(some);
    some = [];
    bytes = 0;
  }
  yield Buffer.concat(some);
}

function contents(image: ImageSeen): ImageContents {
  if (image.seen === 'unseen') throw new Error(image.reason);
  return image;
}

/** What every probe of the phase says. */
async function sayings(image: ImageSeen): Promise<ReadonlyMap<string, string>> {
  const asked = probes.filter(({ phase }) => phase === 'image');
  const box = image.seen === 'unseen' ? image : { ...image, untried: [], unsearched: [] };
  return new Map(await Promise.all(asked.map(async (probe) => [probe.id, (await probe.prove(box)).status] as const)));
}

/** What it took beyond what was taken before: seconds, and megabytes. */
async function cost<T>(work: () => Promise<T>): Promise<{ seen: T; seconds: number; megabytes: number }> {
  const before = process.memoryUsage.rss();
  const begun = performance.now();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
  const seen = await work();
  clearInterval(timer);
  return { seen, seconds: (performance.now() - begun) / 1000, megabytes: (most - before) / 1e6 };
}

await t.test(
  '200,000 tiny files are read and sorted; beyond the limit they are counted, and nobody is cleared',
  async (t) => {
    const files = 200_000;
    function* blocks(): Generator<Buffer> {
      const body = Buffer.alloc(512, 'x');
      for (let file = 0; file < files; file++) {
        yield Buffer.concat([header(Buffer.from(`srv/${file % 500}/${file}.txt`), 512), body]);
      }
      yield END;
    }
    const whole = await savedImage([await packed(blocks())], configOf(['COPY']));
    const { seen, seconds, megabytes } = await cost(
      async () => await passInThread(inPieces(whole, 65_536), one, signal),
    );
    const image = contents(seen);
    t.match(image, { allSorted: true, layers: [{ files, sizeBytes: files * 512 }] });
    t.ok(JSON.stringify(image.layers).length < 20_000, 'and told in a few lines');
    t.ok(seconds < 60 && megabytes < 400, `${seconds.toFixed(1)} s, ${Math.round(megabytes)} MB`);

    const limits = { ...USUAL_LIMITS, maxEntries: 1000 };
    const cut = contents(await readImage(inPieces(whole, 65_536), { ...one, limits }));
    t.match(cut, { allSorted: false, layers: [{ files, sizeBytes: files * 512 }] });
    t.match(cut.layers[0]?.tree.at(-1), { name: '', files: Number }, 'the rest of them');
    const said = await sayings(cut);
    for (const id of [
      'private-files-absent',
      'build-tools-absent',
      'dev-packages-absent',
      'no-setuid',
      'size-measured',
    ]) {
      t.equal(said.get(id), 'unknown', id);
    }
  },
);

await t.test('a gigabyte of zeros takes no memory', async (t) => {
  const zeros = Buffer.alloc(1024 * 1024);
  function* blocks(): Generator<Buffer> {
    yield header(Buffer.from('sparse'), 1024 ** 3);
    for (let megabyte = 0; megabyte < 1024; megabyte++) yield zeros;
    yield END;
  }
  const whole = await savedImage([await packed(blocks())], configOf(['COPY']));
  const { seen, seconds, megabytes } = await cost(async () => await passInThread(inPieces(whole, 65_536), one, signal));
  t.match(seen, { sizeBytes: 1024 ** 3, largest: [{ path: '/sparse' }], cutOff: [] });
  t.ok(seconds < 60 && megabytes < 250, `${seconds.toFixed(1)} s, ${Math.round(megabytes)} MB`);
  const limits = { ...USUAL_LIMITS, maxBytes: 1024 ** 2 };
  t.match(await readImage(inPieces(whole, 65_536), { ...one, limits }), { seen: 'unseen', reason: /larger/ });
});

await t.test('more folders than a thread can hold end the pass, not the process', async (t) => {
  function* blocks(): Generator<Buffer> {
    for (let file = 0; file < 150_000; file++) {
      const word = file.toString(36).padStart(4, '0');
      yield header(Buffer.from(word + '/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z/0/1/2/3/f'), 0);
    }
    yield END;
  }
  const whole = await savedImage([await packed(blocks())], configOf(['COPY']));
  const { seen, seconds } = await cost(async () => await passInThread(inPieces(whole, 65_536), one, signal));
  t.match(seen, { seen: 'unseen', reason: /more than can be kept in mind/ });
  t.ok(seconds < 60, `${seconds.toFixed(1)} s`);
  t.same([...new Set((await sayings(seen)).values())], ['unknown']);
});

await t.test('a path deeper than anybody makes one is not sorted, and its neighbour is', async (t) => {
  const passOver = async (depth: number): Promise<ImageContents> => {
    const layer = await tarOf([[`${'d/'.repeat(depth)}.env`, 'A=1']]);
    return contents(await readImage(inPieces(await savedImage([layer], configOf(['COPY'])), 7000), one));
  };
  t.match(await passOver(190), { allSorted: true, leftovers: { total: 1 } });
  const deep = await passOver(1900);
  t.match(deep, { allSorted: false, leftovers: { total: 0 }, layers: [{ files: 1 }] });
  t.equal((await sayings(deep)).get('private-files-absent'), 'unknown');
});

await t.test('whiteouts, links and paths that make no sense', async (t) => {
  const lower = await tarOf([
    ['app/key.txt', `ghp_${'k3Jd82nQz7Lx5Tm1'.repeat(2)}abcd`],
    ['app/settings', 'A=1'],
    ['app/.env', { hard: 'app/settings' }],
    ['tool', 'x', 0o4755],
    ['/abs/a', 'x'],
    ['../up', 'x'],
  ]);
  const upper = await tarOf([
    ['.wh.', ''],
    ['.wh..', ''],
    ['.wh.not-there', ''],
    ['a/b/.wh..wh..opq', ''],
    ['app/.wh.key.txt', ''],
    ['app/.wh.key.txt', ''],
    ['app/.wh..wh.orph', ''],
    ['app/settings', { link: '/etc/shadow' }],
    ['tool/', ''],
    ['tool/x', 'x'],
    ['a//b', 'x'],
  ]);
  const whole = await savedImage([lower, upper], configOf(['COPY', 'RUN']));
  const image = contents(await readImage(inPieces(whole, 333), two));
  t.match(image.secrets, { total: 1, first: [{ path: 'app/key.txt', isBuried: true, layer: 1 }] });
  t.match(image.leftovers, { total: 1, first: [{ path: '/app/.env', layer: 1 }] }, 'a hard link is a file');
  t.equal(image.setuid.total, 0, 'a folder took its place');
  t.equal(image.wastedBytes, 40 + 3 + 1, 'deleted, replaced by a link, replaced by a folder');
  // Everything of the base deleted at once.
  const bare = await savedImage([lower, await tarOf([['.wh..wh..opq', '']])], configOf(['ADD', 'RUN']));
  t.match(contents(await readImage(inPieces(bare, 333), { ...one, steps: [step('RUN', 2)] })), {
    wastedBytes: 0,
    secrets: { total: 0 },
  });
});

await t.test('names that are no text are kept apart, those that are stay readable', async (t) => {
  const file = (name: Buffer, body: string): Buffer => {
    const block = Buffer.alloc(512);
    block.write(body);
    return Buffer.concat([header(name, body.length), block]);
  };
  const lower = Buffer.concat([file(Buffer.from([0x61, 0xff]), 'one'), file(Buffer.from('tür'), 'two'), END]);
  const upper = Buffer.concat([file(Buffer.from([0x61, 0xfe]), 'three'), file(Buffer.from('töö'), 'four'), END]);
  const whole = await savedImage([lower, upper], configOf(['COPY', 'RUN']));
  const image = contents(await readImage(inPieces(whole, 333), two));
  t.equal(image.wastedBytes, 0, 'none replaces another one');
  t.same(image.largest.map(({ path }) => path).sort(), ['/a\u00FE', '/a\u00FF', '/töö', '/tür']);
  const replaced = await savedImage([lower, await tarOf([['tür', 'x']])], configOf(['COPY', 'RUN']));
  t.equal(contents(await readImage(inPieces(replaced, 333), two)).wastedBytes, 3, 'whatever its header is like');
});
