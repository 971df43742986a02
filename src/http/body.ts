/**
 * Bodies as bytes: small ones read whole, archives handed on as streams, both within a limit and neither ever trusted.
 * The parsers of Fastify are not used: they buffer first and ask later.
 */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../use-cases/errors.ts';

/** How long a refused upload may go on, so that its sender can read the answer before the connection ends. */
const LINGER_MS = 10_000;

/** An archive on its way in. */
export interface Upload {
  readonly archive: Readable;
  /** What broke the stream itself, whatever its reader made of that. */
  readonly failure: () => AppError | undefined;
}

/** The media type of a request, lower case and without parameters; empty when none was sent. */
export function mediaTypeOf(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** The length that was announced; `undefined` for a body of unknown length. */
export function announcedBytes(request: FastifyRequest): number | undefined {
  const length = request.headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

/** The body as it comes. Leaving the loop early does not cut the connection, as the answer still has to go out on it. */
export function chunksOf(request: FastifyRequest): AsyncIterable<Buffer> {
  return request.raw.iterator({ destroyOnReturn: false });
}

/** Reads a small body to its end. Throws what `tooLarge` makes of the size met; `body-invalid` when it ends too early. */
export async function readBytes(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
  tooLarge: (sizeBytes: number) => AppError,
): Promise<Buffer> {
  const read: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of named(chunks)) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw tooLarge(sizeBytes);
    read.push(chunk);
  }
  return Buffer.concat(read, sizeBytes);
}

/**
 * An archive as a stream that fails with `upload-too-large` at the first byte over the limit, and with `body-invalid`
 * when the sender goes away. It ends only after `ended` has found nothing wrong with what follows the archive.
 */
export function makeUpload(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
  ended: () => Promise<void> = async () => {},
): Upload {
  let failure: AppError | undefined;
  async function* bounded(): AsyncGenerator<Buffer> {
    let sizeBytes = 0;
    try {
      for await (const chunk of named(chunks)) {
        sizeBytes += chunk.length;
        if (sizeBytes > maxBytes) throw uploadTooLarge(sizeBytes, maxBytes);
        yield chunk;
      }
      await ended();
    } catch (error) {
      if (error instanceof AppError) failure = error;
      throw error;
    }
  }
  const archive = Readable.from(bounded(), { objectMode: false });
  // Its reader may be gone when it breaks; `failure` still tells.
  archive.on('error', () => {});
  return { archive, failure: () => failure };
}

/** The upload of a raw archive. Throws `body-empty` with what belongs there when nothing comes. */
export async function rawUpload(request: FastifyRequest, maxBytes: number, wanted: string): Promise<Upload> {
  const rest = named(chunksOf(request));
  const first = await rest.next();
  if (first.done === true) throw bodyEmpty(wanted);
  const head = first.value;
  async function* all(): AsyncGenerator<Buffer> {
    yield head;
    yield* rest;
  }
  return makeUpload(all(), maxBytes);
}

/** Runs a use case on an upload. When the stream broke, that is the reason, and not what the use case says of half a tar. */
export async function withUpload<T>(upload: Upload, use: (archive: Readable) => Promise<T>): Promise<T> {
  try {
    return await use(upload.archive);
  } catch (error) {
    throw upload.failure() ?? error;
  } finally {
    upload.archive.destroy();
  }
}

/** The refusal of an upload of `sizeBytes` or more. */
export function uploadTooLarge(sizeBytes: number, maxBytes: number): AppError {
  return new AppError(
    'upload-too-large',
    `The upload has ${sizeBytes} bytes or more; at most ${maxBytes} are taken (DRYDOCK_MAX_UPLOAD_BYTES). ` +
      'A .dockerignore that is applied when packing usually makes a context far smaller.',
  );
}

/** The refusal of a request without a body; `wanted` is a sentence that says what belongs there. */
export function bodyEmpty(wanted: string): AppError {
  return new AppError('body-empty', `The body is empty. ${wanted}`);
}

/**
 * Lets what is left of a refused body run into the void for a while, so that a sender that reads the answer only after
 * sending gets to see it; then cuts the connection.
 */
export function discardRest(raw: IncomingMessage, maxBytes: number): void {
  if (raw.complete || raw.destroyed || raw.readableEnded) return;
  let left = maxBytes;
  const cut = (): void => void raw.destroy();
  const timer = setTimeout(cut, LINGER_MS).unref();
  raw.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) cut();
  });
  raw.on('error', () => {});
  raw.once('close', () => clearTimeout(timer));
  raw.unpipe();
  raw.resume();
}

/** The same chunks; an error of the connection gets a name. */
async function* named(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'body-invalid',
      'The body ended before its end: the connection was closed or a part is cut off.',
      {
        cause: error,
      },
    );
  }
}

/** The value of JSON bytes. Some programs of Windows begin every file with a byte order mark; it is left out, as RFC 8259, section 8.1 allows. */
export function jsonIn(bytes: Buffer): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}
