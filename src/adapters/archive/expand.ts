/**
 * An upload -> the bytes of a plain tar: tells by the first bytes how it was packed, unpacks it on the way, and stops at
 * the first byte over a limit. Nothing is held but a few chunks.
 */
import { AppError } from '../../use-cases/errors.ts';
import { expandsTooFar, maxFrames, tooManyFrames, uploadTooLarge } from './limits.ts';
import type { ArchiveLimits } from './limits.ts';
import { gunzip, isGzip, isZstd, unzstd } from './unpack.ts';

const CHUNK_BYTES = 64 * 1024;

/** What people send by mistake, by its first bytes. */
const unread: readonly (readonly [magic: Buffer, name: string])[] = [
  [Buffer.from('BZh', 'latin1'), 'packed with bzip2'],
  [Buffer.from('fd377a585a00', 'hex'), 'packed with xz'],
  [Buffer.from('377abcaf271c', 'hex'), 'a 7z archive'],
];
const MAGIC_BYTES = Math.max(...unread.map(([magic]) => magic.length));

/**
 * The bytes of the tar in an upload.
 * Throws AppError `upload-too-large`, `archive-broken`, and what unpacking throws.
 */
export async function* expand(upload: AsyncIterable<Buffer>, limits: ArchiveLimits): AsyncGenerator<Buffer> {
  const sent = sentBytes(upload, limits);
  const head = await take(sent, MAGIC_BYTES);
  if (head.length === 0) throw new AppError('archive-broken', 'The archive is empty. Check how it was made and sent.');
  const other = unread.find(([magic]) => head.subarray(0, magic.length).equals(magic));
  if (other !== undefined) {
    throw new AppError(
      'archive-broken',
      `This is ${other[1]}. What is read is a tar, plain or packed with gzip or zstd, or a zip: tar -C my-project -czf context.tgz .`,
    );
  }
  const plain = unpacked(head, joined(head, sent), limits);
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

function unpacked(head: Buffer, packed: AsyncIterable<Buffer>, limits: ArchiveLimits): AsyncIterable<Buffer> {
  if (isGzip(head)) return gunzip(packed, CHUNK_BYTES);
  if (!isZstd(head)) return packed;
  let frames = 0;
  return unzstd(packed, CHUNK_BYTES, () => {
    frames += 1;
    if (frames > maxFrames(limits)) throw tooManyFrames(limits);
  });
}
