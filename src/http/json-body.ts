/** A small JSON body -> a value of a schema. For addresses that read nothing else; those that take uploads: upload.ts. */
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AppError } from '../use-cases/errors.ts';
import { bodyEmpty, chunksOf, jsonIn, mediaTypeOf, readBytes } from './body.ts';
import { refuseOtherCharset } from './charset.ts';
import { parse } from './parse.ts';

const MAX_BYTES = 64 * 1024;

/**
 * Reads the body and parses it. Throws AppError `media-type-unsupported`, `upload-too-large`, `body-empty`, `body-invalid`.
 * @param wanted  a sentence that says what belongs there
 */
export async function readJsonBody<S extends z.ZodType>(
  request: FastifyRequest,
  schema: S,
  wanted: string,
): Promise<z.output<S>> {
  const type = mediaTypeOf(request);
  if (type !== 'application/json' && (type !== '' || hasBody(request))) {
    const given = type === '' ? 'There is no Content-Type' : `The Content-Type ${type.slice(0, 100)} is not read here`;
    throw new AppError('media-type-unsupported', `${given}. Read here: application/json.`);
  }
  refuseOtherCharset(request.headers['content-type'], 'The body');
  const bytes = hasBody(request) ? await readBytes(chunksOf(request), MAX_BYTES, tooLarge) : Buffer.alloc(0);
  if (bytes.length === 0) throw bodyEmpty(wanted);
  let value: unknown;
  try {
    value = jsonIn(bytes);
  } catch (error) {
    throw new AppError('body-invalid', 'The body is not valid JSON.', { cause: error });
  }
  return parse(schema, value, '#');
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function tooLarge(sizeBytes: number): AppError {
  return new AppError('upload-too-large', `The body has ${sizeBytes} bytes or more; at most ${MAX_BYTES} are taken.`);
}
