/** Layers as they are packed -> their tars, as they stream by. */
import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isGzip, isZstd, unzstd } from '../../archive/unpack.ts';

const CHUNK_BYTES = 256 * 1024;

/** Unpacks chunks. Throws for what is damaged or ends too soon. */
export type Unpack = (chunks: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>;

/** What the first bytes say that a blob is packed with; `undefined`: it is plain. */
export function unpackerOf(head: Buffer): Unpack | undefined {
  if (isGzip(head)) return gunzip;
  return isZstd(head) ? (chunks) => unzstd(chunks, CHUNK_BYTES) : undefined;
}

async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const transform = createGunzip({ chunkSize: CHUNK_BYTES });
  pipeline(Readable.from(chunks), transform, () => {});
  // zlib streams give buffers.
  for await (const chunk of transform) yield chunk as Buffer;
}
