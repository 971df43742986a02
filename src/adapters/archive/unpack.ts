/**
 * Packed bytes -> plain ones, as they stream by. Both formats may be put together from several: gzip from members (RFC 1952 §2.2),
 * zstd from frames, some of which hold something else (RFC 8878 §3.1). Node's readers end early in silence where they do not know what
 * goes on, so what they leave of their input is looked at.
 */
import type { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';

const GZIP = Buffer.from('1f8b', 'hex');
const ZSTD = Buffer.from('28b52ffd', 'hex');

/** Whether these are the first bytes of a gzip. */
export function isGzip(head: Buffer): boolean {
  return head.subarray(0, GZIP.length).equals(GZIP);
}

/** Whether these are the first four bytes, or more, of a zstd: of a frame, or of one that holds something else (RFC 8878 §3.1.2). */
export function isZstd(head: Buffer): boolean {
  if (head.length < ZSTD.length) return false;
  return head.subarray(0, ZSTD.length).equals(ZSTD) || head.readUInt32LE(0) >>> 4 === 0x184d2a5;
}

/**
 * All members of a gzip. Zeros behind the last one are passed over, as they fill up tapes; anything else there is an error. Throws what
 * `chunks` and zlib throw.
 */
export async function* gunzip(chunks: AsyncIterable<Buffer>, chunkSize: number): AsyncGenerator<Buffer> {
  const source = chunks[Symbol.asyncIterator]();
  let rest = yield* through(createGunzip({ chunkSize }), undefined, source);
  for (; rest !== undefined; rest = await next(source)) {
    if (rest.some((byte) => byte !== 0)) throw new Error('something lies behind the end of the gzip');
  }
}

/**
 * All frames of a zstd, one after the other: whatever one leaves of a chunk begins the next. Throws what `chunks` and zlib throw.
 *
 * @param onFrame  called at the beginning of each frame, however little it holds; what it throws ends the reading
 */
export async function* unzstd(
  chunks: AsyncIterable<Buffer>,
  chunkSize: number,
  onFrame: () => void = () => undefined,
): AsyncGenerator<Buffer> {
  const source = chunks[Symbol.asyncIterator]();
  let rest: Buffer | undefined;
  do {
    onFrame();
    rest = yield* through(createZstdDecompress({ chunkSize }), rest, source);
  } while (rest !== undefined);
}

/** What comes out of `unpack`; returns what it left of the last chunk it was given, or `undefined` when that was all. */
async function* through(
  unpack: Transform & { readonly bytesWritten: number },
  first: Buffer | undefined,
  source: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer, Buffer | undefined> {
  const feeding = feed(unpack, first, source);
  feeding.catch((error: unknown) => unpack.destroy(error instanceof Error ? error : new Error('unreadable')));
  // zlib streams give buffers.
  for await (const chunk of unpack) yield chunk as Buffer;
  return await feeding;
}

/** Gives it chunks until it wants no more; answers as above. */
async function feed(
  unpack: Transform & { readonly bytesWritten: number },
  first: Buffer | undefined,
  source: AsyncIterator<Buffer>,
): Promise<Buffer | undefined> {
  let given = 0;
  for (let chunk = first ?? (await next(source)); chunk !== undefined; chunk = await next(source)) {
    const bytes = chunk;
    given += bytes.length;
    await new Promise<void>((resolve, reject) => {
      unpack.write(bytes, (error) => (error == null ? resolve() : reject(error)));
    });
    const left = given - unpack.bytesWritten;
    if (left > 0) return bytes.subarray(bytes.length - left);
  }
  unpack.end();
  return undefined;
}

async function next(source: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  const one = await source.next();
  return one.done === true ? undefined : one.value;
}
