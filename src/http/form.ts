/**
 * multipart/form-data: small parts are read whole, the part `context` is handed on as a stream. So everything that
 * belongs to an archive has to stand before it, and what follows it is looked at before the stream ends.
 */
import multipart from '@fastify/multipart';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../use-cases/errors.ts';
import { makeUpload, readBytes } from './body.ts';
import type { Upload } from './body.ts';
import { refuseOtherCharset } from './charset.ts';
import { invalid } from './parse.ts';
import { watchPartTypes } from './part-types.ts';

/** The part that is an archive. */
const ARCHIVE = 'context';

/** What a form of one address may hold besides the archive: the limit of each small part, and its refusal. */
export type FormParts = ReadonlyMap<
  string,
  { readonly maxBytes: number; readonly tooLarge: (sizeBytes: number) => AppError }
>;

/** A form, read up to its archive or to its end. */
export interface Form {
  readonly parts: ReadonlyMap<string, Buffer>;
  readonly upload: Upload | undefined;
}

/** Teaches Fastify the media type. Limits are ours: each part is counted while it is read. */
export async function readForms(app: FastifyInstance): Promise<void> {
  await app.register(multipart, {
    limits: { fileSize: Number.MAX_SAFE_INTEGER, parts: 50, headerPairs: 50 },
    throwFileSizeLimit: false,
    // A part is bytes to us, with a file name or without; so fields are not decoded, cut or parsed by anyone else.
    isPartAFile: () => true,
  });
}

/**
 * Reads a form. Throws AppError `body-invalid` with the part and what is wrong with it, and `media-type-unsupported` for a small one
 * that is not UTF-8.
 */
export async function readForm(request: FastifyRequest, known: FormParts, maxUploadBytes: number): Promise<Form> {
  const stream = request.parts();
  const parts = new Map<string, Buffer>();
  const names = `Known here: ${[...known.keys(), ARCHIVE].join(', ')}.`;
  const accept = (name: string): void => {
    if (name !== ARCHIVE && !known.has(name)) throw wrong(name, `Unknown part. ${names}`);
    if (parts.has(name)) throw wrong(name, 'This part is there twice. Send it once.');
  };
  let coming = next(stream, names);
  const typeOf = watchPartTypes(request.raw);
  for (;;) {
    const part = await coming;
    if (part === undefined) return { parts, upload: undefined };
    const name = nameOf(part);
    accept(name);
    const small = known.get(name);
    if (small !== undefined) {
      refuseOtherCharset(typeOf(part.file), `The part \`${name}\``);
      parts.set(name, await readBytes(part.file, small.maxBytes, small.tooLarge));
      coming = next(stream, names);
      continue;
    }
    const ended = async (): Promise<void> => {
      const more = await next(stream, names);
      if (more === undefined) return;
      if (nameOf(more) === ARCHIVE) throw wrong(ARCHIVE, 'This part is there twice. Send it once.');
      accept(nameOf(more));
      throw wrong(nameOf(more), `This part has to stand before \`${ARCHIVE}\`, which is read as it comes.`);
    };
    return { parts, upload: makeUpload(part.file, maxUploadBytes, ended) };
  }
}

async function next(stream: ReturnType<FastifyRequest['parts']>, names: string): Promise<MultipartFile | undefined> {
  try {
    const { done, value: part } = await stream.next();
    // With isPartAFile no part is a field.
    return done === true || part.type !== 'file' ? undefined : part;
  } catch (error) {
    // Names that every object has: refused by the library, which does not say which one it was.
    if (error instanceof Error && Reflect.get(error, 'code') === 'FST_PROTO_VIOLATION') {
      throw invalid([{ pointer: '#', detail: `A part has a name that is never taken, such as __proto__. ${names}` }]);
    }
    throw new AppError(
      'body-invalid',
      'The multipart body cannot be read to its end: it is cut off, or its boundary is missing. `curl -F` makes a good one.',
      { cause: error },
    );
  }
}

/** A part may come without a name, whatever its type says. */
function nameOf(part: { readonly fieldname?: string | undefined }): string {
  return part.fieldname ?? '';
}

function wrong(name: string, detail: string): AppError {
  return invalid([{ pointer: `#/${name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`, detail }]);
}
