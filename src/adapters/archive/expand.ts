/**
 * An upload -> the bytes of a plain tar: tells by the first bytes how it was packed, unpacks it on the way, and stops at
 * the first byte over a limit. Nothing is held but a few chunks.
 */
import { Readable, pipeline } from 'node:stream';
import type { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { AppError } from '../../use-cases/errors.ts';
import { expandsTooFar, uploadTooLarge } from './limits.ts';
import type { ArchiveLimits } from './limits.ts';

const CHUNK_BYTES = 64 * 1024;

/** The first bytes of what can be unpacked, and of what people send by mistake. */
const packings: readonly {
  readonly magic: Buffer;
  readonly name: string;
  readonly unpack?: () => Transform;
}[] = [
  { magic: Buffer.from('1f8b', 'hex'), name: 'gzip', unpack: () => createGunzip({ chunkSize: CHUNK_BYTES }) },
  {
    magic: Buffer.from('28b52ffd', 'hex'),
    name: 'zstd',
    unpack: () => createZstdDecompress({ chunkSize: CHUNK_BYTES }),
  },
  { magic: Buffer.from('BZh', 'latin1'), name: 'packed with bzip2' },
  { magic: Buffer.from('fd377a585a00', 'hex'), name: 'packed with xz' },
  { magic: Buffer.from('377abcaf271c', 'hex'), name: 'a 7z archive' },
];
const MAGIC_BYTES = Math.max(...packings.map(({ magic }) => magic.length));

/**
 * The bytes of the tar in an upload.
 * Throws AppError `upload-too-large`, `archive-broken`, and what unpacking throws.
 */
export async function* expand(upload: AsyncIterable<Buffer>, limits: ArchiveLimits): AsyncGenerator<Buffer> {
  const sent = sentBytes(upload, limits);
  const head = await take(sent, MAGIC_BYTES);
  if (head.length === 0) throw new AppError('archive-broken', 'The archive is empty. Check how it was made and sent.');
  const packing = packings.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
  if (packing !== undefined && packing.unpack === undefined) {
    throw new AppError(
      'archive-broken',
      `This is ${packing.name}. What is read is a tar, plain or packed with gzip or zstd, or a zip: tar -C my-project -czf context.tgz .`,
    );
  }
  const packed = joined(head, sent);
  const plain = packing?.unpack === undefined ? packed : through(packed, packing.unpack());
  yield* bounded(plain, limits.maxExpandedBytes, () => expandsTooFar(limits));
}

/** The bytes of an upload as they were sent. Throws AppError `upload-too-large`, and `archive-broken` when it breaks off. */
export function sentBytes(upload: AsyncIterable<Buffer>, limits: ArchiveLimits): AsyncGenerator<Buffer> {
  return bounded(whole(upload), limits.maxUploadBytes, () => uploadTooLarge(limits));
}

async function* whole(sent: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* sent;
  } catch (error) {
    // What was refused on the way here has its name already.
    if (error instanceof AppError) throw error;
    throw new AppError('archive-broken', 'The upload broke off before its end. Send it again.', { cause: error });
  }
}

async function* bounded(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
  refusal: () => AppError,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw refusal();
    yield chunk;
  }
}

/** The first chunks, until `bytes` are there or nothing comes any more. */
async function take(chunks: AsyncGenerator<Buffer>, bytes: number): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < bytes) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* joined(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* rest;
}

async function* through(chunks: AsyncIterable<Buffer>, unpack: Transform): AsyncGenerator<Buffer> {
  // Errors of either side reach the loop below as errors of `unpack`.
  pipeline(Readable.from(chunks), unpack, () => {});
  for await (const chunk of unpack) {
    // zlib streams give buffers.
    yield chunk as Buffer;
  }
}
