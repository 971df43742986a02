/**
 * An upload -> the bytes of a plain tar: tells by the first bytes how it was packed, unpacks it on the way, and stops at
 * the first byte over a limit. Nothing is held but a few chunks.
 */
import { Readable, finished, pipeline } from 'node:stream';
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
  { magic: Buffer.from('PK\x03\x04', 'latin1'), name: 'a zip archive' },
  { magic: Buffer.from('PK\x05\x06', 'latin1'), name: 'a zip archive' },
  { magic: Buffer.from('BZh', 'latin1'), name: 'packed with bzip2' },
  { magic: Buffer.from('fd377a585a00', 'hex'), name: 'packed with xz' },
  { magic: Buffer.from('377abcaf271c', 'hex'), name: 'a 7z archive' },
];
const MAGIC_BYTES = Math.max(...packings.map(({ magic }) => magic.length));

/**
 * The bytes of the tar in `archive`.
 * Throws AppError `upload-too-large`, `archive-broken`, and what unpacking throws.
 */
export async function* expand(archive: Readable, limits: ArchiveLimits, signal: AbortSignal): AsyncGenerator<Buffer> {
  const sent = bounded(chunksOf(archive, signal), limits.maxUploadBytes, () => uploadTooLarge(limits));
  const head = await take(sent, MAGIC_BYTES);
  if (head.length === 0) throw new AppError('archive-broken', 'The archive is empty. Check how it was made and sent.');
  const packing = packings.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
  if (packing !== undefined && packing.unpack === undefined) {
    throw new AppError(
      'archive-broken',
      `This is ${packing.name}. What is read is a tar, plain or packed with gzip or zstd: tar -C my-project -czf context.tgz .`,
    );
  }
  const whole = joined(head, sent);
  const plain = packing?.unpack === undefined ? whole : through(whole, packing.unpack());
  yield* bounded(plain, limits.maxExpandedBytes, () => expandsTooFar(limits));
}

/**
 * The chunks of a stream that belongs to somebody else: however the reading ends, the stream is neither destroyed nor
 * drained and carries no listener of ours, so that its owner can still answer whoever sends it.
 */
async function* chunksOf(stream: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  let wake: (() => void) | undefined;
  let end: { readonly error: unknown } | undefined;
  const stir = (): void => wake?.();
  const forget = finished(stream, { writable: false }, (error) => {
    end = { error };
    wake?.();
  });
  stream.on('readable', stir);
  signal.addEventListener('abort', stir);
  try {
    while (!signal.aborted) {
      // A stream without encoding, as ports.ts asks for, gives buffers.
      const chunk = stream.read() as Buffer | null;
      if (chunk !== null) yield chunk;
      else if (end === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if (end.error === undefined || end.error === null) return;
      else throw brokenOff(end.error);
    }
  } finally {
    stream.off('readable', stir);
    signal.removeEventListener('abort', stir);
    forget();
  }
}

function brokenOff(cause: unknown): AppError {
  // What the sender's own side refused has its name already.
  if (cause instanceof AppError) return cause;
  return new AppError('archive-broken', 'The upload broke off before its end. Send it again.', { cause });
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
