/** Layers as they are packed -> their tars, as they stream by. */
import { Readable, pipeline } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { ZstdDecompress } from 'node:zlib';

const OUTPUT = { chunkSize: 256 * 1024 };

/** Unpacks chunks. Throws for what is damaged or ends too soon. */
export type Unpack = (chunks: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>;

/** What the first bytes say that a blob is packed with; `undefined`: it is plain. */
export function unpackerOf(head: Buffer): Unpack | undefined {
  if (head.subarray(0, 2).equals(GZIP)) return gunzip;
  return head.subarray(0, 4).equals(ZSTD) || isSkippable(head) ? unzstd : undefined;
}

const GZIP = Buffer.from('1f8b', 'hex');
const ZSTD = Buffer.from('28b52ffd', 'hex');

/** A frame of zstd that holds something else. Source: RFC 8878 §3.1.2. */
function isSkippable(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32LE(0) >>> 4 === 0x184d2a5;
}

async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const transform = createGunzip(OUTPUT);
  pipeline(Readable.from(chunks), transform, () => {});
  // zlib streams give buffers.
  for await (const chunk of transform) yield chunk as Buffer;
}

/**
 * Node's reader ends after the first frame and says nothing of the others, and some builders make a frame of each file: whatever it
 * leaves of a chunk begins the next one.
 */
async function* unzstd(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = chunks[Symbol.asyncIterator]();
  let rest: Buffer | undefined;
  do {
    const frame = createZstdDecompress(OUTPUT);
    const feeding = feed(frame, rest, source);
    feeding.catch((error: unknown) => frame.destroy(error instanceof Error ? error : new Error('unreadable')));
    // zlib streams give buffers.
    for await (const chunk of frame) yield chunk as Buffer;
    rest = await feeding;
  } while (rest !== undefined);
}

/** Gives it chunks until it wants no more; what it left of the last one, or `undefined` when that was all. */
async function feed(
  frame: ZstdDecompress,
  first: Buffer | undefined,
  source: AsyncIterator<Buffer>,
): Promise<Buffer | undefined> {
  let given = 0;
  for (let chunk = first ?? (await next(source)); chunk !== undefined; chunk = await next(source)) {
    const bytes = chunk;
    given += bytes.length;
    await new Promise<void>((resolve, reject) => {
      frame.write(bytes, (error) => (error == null ? resolve() : reject(error)));
    });
    const left = given - frame.bytesWritten;
    if (left > 0) return bytes.subarray(bytes.length - left);
  }
  frame.end();
  return undefined;
}

async function next(source: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  const one = await source.next();
  return one.done === true ? undefined : one.value;
}
