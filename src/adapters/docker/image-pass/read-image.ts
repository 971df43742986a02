/**
 * An image as the engine saves it -> what is in it. One pass: the outer tar is read as it comes and each layer in it as a tar of its
 * own; nothing is extracted. Which layer is which is only known at the end, from manifest and configuration, so what was
 * read is kept by the name of the blob and put in order then (layout.ts).
 */
import { dirname, join } from 'node:path/posix';
import { pipeline } from 'node:stream';
import { extract } from 'tar-stream';
import { joinImage } from '../../../core/image/join.ts';
import type { ImageSeen } from '../../../core/image/seen.ts';
import { makeFinder } from './find.ts';
import { assembled } from './layout.ts';
import type { Blobs } from './layout.ts';
import type { PassOrder } from './order.ts';
import { TooLarge, entriesOf, readLayer } from './read-layer.ts';
import type { Budget, TarEntry } from './read-layer.ts';
import { unpackerOf } from './unpack.ts';

/** Manifests and configurations are small; together they may be this large. */
const MAX_JSON_BYTES = 32 * 1024 * 1024;
const BLOCK_BYTES = 512;
/** Installed packages, and the names that their records hold: twenty times those of a large project. */
const MAX_RECORDS = 20_000;
const MAX_NEEDS = 200_000;

/** Reads to the end and says what is there. Throws what the chunks throw; an image that cannot be read is `unseen`. */
export async function readImage(chunks: AsyncIterable<Buffer>, order: PassOrder): Promise<ImageSeen> {
  const { limits, needles, steps, declared } = order;
  const budget: Budget = {
    limits,
    entriesLeft: limits.maxEntries,
    charactersLeft: limits.maxPathCharacters,
    recordsLeft: MAX_RECORDS,
    needsLeft: MAX_NEEDS,
    bytesLeft: limits.maxBytes,
    allSorted: true,
    cutOff: new Set(),
    startSearch: makeFinder(needles),
    isSearching: needles.length > 0,
  };
  const blobs: Blobs = { layers: new Map(), texts: new Map(), links: new Map(), textBytes: 0 };
  const base = new Set(order.baseLayers);
  try {
    const outer = extract();
    pipeline(chunks, outer, () => {});
    for await (const entry of entriesOf(outer)) {
      await readBlob(entry, blobs, base, budget);
      entry.resume();
    }
  } catch (error) {
    if (error instanceof TooLarge) {
      return { seen: 'unseen', reason: `it is larger than ${Math.round(limits.maxBytes / 1024 ** 3)} GiB` };
    }
    return { seen: 'unseen', reason: 'what the engine saved of it cannot be read' };
  }
  const found = assembled(blobs);
  if (found === undefined) return { seen: 'unseen', reason: 'what the engine saved of it is not complete' };
  return joinImage({
    ...found,
    steps,
    needles,
    declared,
    allSorted: budget.allSorted,
    cutOff: [...budget.cutOff],
    most: limits.maxTold,
  });
}

async function readBlob(entry: TarEntry, blobs: Blobs, base: ReadonlySet<string>, budget: Budget): Promise<void> {
  const { name, type, size, linkname } = entry.header;
  if (type === 'symlink') blobs.links.set(name, join(dirname(name), linkname));
  if (type !== 'file' || size === 0) return;
  const { head, chunks } = await peeked(entry);
  // A blob says nothing of its kind; a tar has its mark in the first block.
  const isTar = head.subarray(257, 262).toString('latin1') === 'ustar' || isEmptyTar(head);
  const unpack = isTar ? undefined : unpackerOf(head);
  if (isTar || unpack !== undefined) {
    const plain = unpack === undefined ? chunks : unpack(chunks);
    const digest = /^blobs\/sha256\/([\da-f]{64})$/.exec(name)?.[1];
    const isRead = digest === undefined || !base.has(`sha256:${digest}`);
    blobs.layers.set(name, await readLayer(plain, isRead, budget));
  } else if (size <= MAX_JSON_BYTES - blobs.textBytes) {
    blobs.textBytes += size;
    const parts: Buffer[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    blobs.texts.set(name, Buffer.concat(parts).toString('utf8'));
  }
}

/** A layer without an entry is nothing but zeros. */
function isEmptyTar(head: Buffer): boolean {
  return head.length >= BLOCK_BYTES && head.subarray(0, BLOCK_BYTES).every((byte) => byte === 0);
}

/** The first block of an entry, and all of its chunks. */
async function peeked(entry: TarEntry): Promise<{ readonly head: Buffer; readonly chunks: AsyncGenerator<Buffer> }> {
  // The tar reader hands on buffers.
  const source = entry[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head: Buffer = Buffer.alloc(0);
  while (head.length < BLOCK_BYTES) {
    const next = await source.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return { head, chunks: all(head, source) };
}

async function* all(head: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
}
