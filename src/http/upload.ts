/**
 * A request with a body -> the arguments of a use case. What kind of body it is says its Content-Type; options come from
 * the body, and from the query where the body has none.
 */
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AnalyzeOptions, AnalyzeRequest, BuildOptions } from '../schemas/options.ts';
import type { AnalyzeContextInput } from '../use-cases/analyze-context.ts';
import type { AnalyzeInput } from '../use-cases/analyze-dockerfile.ts';
import { dockerfileText, dockerfileTooLarge } from '../use-cases/dockerfile-text.ts';
import { AppError } from '../use-cases/errors.ts';
import {
  announcedBytes,
  bodyEmpty,
  chunksOf,
  jsonIn,
  mediaTypeOf,
  rawUpload,
  readBytes,
  uploadTooLarge,
} from './body.ts';
import type { Upload } from './body.ts';
import { refuseOtherCharset } from './charset.ts';
import { readForm } from './form.ts';
import type { FormParts } from './form.ts';
import { cleanPath, givenFiles } from './given-files.ts';
import { invalid, parse } from './parse.ts';

/** How much is read. */
export interface Limits {
  readonly maxDockerfileBytes: number;
  readonly maxUploadBytes: number;
}

/** What a client wants analysed: texts that are in memory, or an archive that is on its way. */
export type AnalyzeWish =
  | { readonly kind: 'dockerfile'; readonly input: Omit<AnalyzeInput, 'access' | 'requestId'> }
  | {
      readonly kind: 'context';
      readonly input: Omit<AnalyzeContextInput, 'archive' | 'access' | 'requestId'>;
      readonly upload: Upload;
    };

/** What to build, with its options: an archive on its way, or a Dockerfile alone. */
export type BuildWish =
  | { readonly kind: 'context'; readonly options: BuildOptions; readonly upload: Upload }
  | { readonly kind: 'dockerfile'; readonly options: BuildOptions; readonly dockerfile: Buffer };

/** Media types of a raw archive; what it really is, its first bytes say. */
export const ARCHIVE_TYPES = [
  'application/x-tar',
  'application/gzip',
  'application/x-gzip',
  'application/zstd',
  'application/zip',
  'application/x-zip-compressed',
  'application/octet-stream',
] as const;

/** What `POST /analyze` reads. */
export const ANALYZE_TYPES = ['text/plain', 'application/json', 'multipart/form-data', ...ARCHIVE_TYPES] as const;

/** What `POST /build-verify` reads. */
export const BUILD_TYPES = ['text/plain', 'multipart/form-data', ...ARCHIVE_TYPES] as const;

/** Largest part `options`: two full hands of long variables. */
const OPTIONS_BYTES = 1024 * 1024;

/** Largest JSON body, unless a Dockerfile may be larger: it is held in memory, unlike an archive. */
const JSON_BYTES = 16 * 1024 * 1024;

/** What stands around the texts of a body: boundaries and headers of a form, names in JSON. */
const FRAME_BYTES = 64 * 1024;

/** What belongs into an empty body. */
const ANALYZE_WANTED =
  'Send a Dockerfile (text/plain, JSON or multipart/form-data) or a context as a tar or zip archive.';
const BUILD_WANTED =
  'Send a context as a tar or zip archive, as it is or as the part `context` of multipart/form-data, or a Dockerfile alone as text/plain.';

/** Refuses what can be refused from the headers alone, before a byte of the body is asked for. */
export function refuseUnread(request: FastifyRequest, types: readonly string[], limits: Limits): void {
  const type = mediaTypeOf(request);
  const announced = announcedBytes(request);
  if (type === '' && (announced ?? 0) === 0 && request.headers['transfer-encoding'] === undefined) {
    throw bodyEmpty(types.includes('application/json') ? ANALYZE_WANTED : BUILD_WANTED);
  }
  if (!types.includes(type)) throw unsupported(type, types);
  // Of an archive it says nothing: `file -i` calls each one charset=binary.
  if (!isArchive(type)) refuseOtherCharset(request.headers['content-type'], 'The body');
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity' && !isArchive(type)) {
    throw new AppError(
      'media-type-unsupported',
      `The body is compressed (Content-Encoding: ${encoding.slice(0, 50)}). Send it as it is; only archives may be compressed.`,
    );
  }
  const most = limits.maxUploadBytes + (isArchive(type) ? 0 : OPTIONS_BYTES + textsBytes(limits));
  if (announced !== undefined && announced > most) throw uploadTooLarge(announced, limits.maxUploadBytes);
}

/** Reads the body of `POST /analyze`, up to the archive where there is one. */
export async function readAnalyzeWish(
  request: FastifyRequest,
  query: AnalyzeOptions & { readonly path?: string | undefined },
  limits: Limits,
): Promise<AnalyzeWish> {
  const { path: asked, ...options } = query;
  const path = asked === undefined ? undefined : cleanPath(asked, '#/query/path');
  const type = mediaTypeOf(request);
  if (type === 'text/plain') {
    const bytes = await readBytes(chunksOf(request), limits.maxDockerfileBytes, dockerfileRefusal(limits));
    if (bytes.length === 0) throw bodyEmpty(ANALYZE_WANTED);
    return textWish(dockerfileText(bytes, limits.maxDockerfileBytes), path, undefined, options);
  }
  if (type === 'application/json') return jsonWish(await readJson(request, limits), path, options, limits);
  if (type !== 'multipart/form-data') {
    return {
      kind: 'context',
      input: { path, options },
      upload: await rawUpload(request, limits.maxUploadBytes, ANALYZE_WANTED),
    };
  }

  const { parts, upload } = await readForm(request, analyzeParts(limits), limits.maxUploadBytes);
  if (parts.size === 0 && upload === undefined) throw bodyEmpty(ANALYZE_WANTED);
  const both = { ...options, ...optionsPart(AnalyzeOptions, parts) };
  const given = parts.get('dockerfile');
  const dockerfile = given === undefined ? undefined : dockerfileText(given, limits.maxDockerfileBytes);
  const dockerignore = parts.get('dockerignore')?.toString('utf8');
  if (upload !== undefined) {
    return { kind: 'context', input: { path, dockerfile, dockerignore, options: both }, upload };
  }
  if (dockerfile === undefined) {
    throw invalid([
      { pointer: '#/dockerfile', detail: 'Missing. Send the part `dockerfile`, the part `context`, or both.' },
    ]);
  }
  return textWish(dockerfile, path, dockerignore, both);
}

/** Reads the body of `POST /build-verify`, up to its archive where there is one. */
export async function readBuildWish(request: FastifyRequest, query: BuildOptions, limits: Limits): Promise<BuildWish> {
  const plain = withCleanPath(query, '#/query');
  const type = mediaTypeOf(request);
  if (type === 'text/plain') {
    const dockerfile = await readBytes(chunksOf(request), limits.maxDockerfileBytes, dockerfileRefusal(limits));
    if (dockerfile.length === 0) throw bodyEmpty(BUILD_WANTED);
    return { kind: 'dockerfile', options: plain, dockerfile };
  }
  if (type !== 'multipart/form-data') {
    return {
      kind: 'context',
      options: plain,
      upload: await rawUpload(request, limits.maxUploadBytes, BUILD_WANTED),
    };
  }
  const dockerfileLimit = { maxBytes: limits.maxDockerfileBytes, tooLarge: dockerfileRefusal(limits) };
  const known: FormParts = new Map([optionsLimit, ['dockerfile', dockerfileLimit]]);
  const { parts, upload } = await readForm(request, known, limits.maxUploadBytes);
  if (parts.size === 0 && upload === undefined) throw bodyEmpty(BUILD_WANTED);
  const options = { ...plain, ...withCleanPath(optionsPart(BuildOptions, parts) ?? {}, '#/options') };
  const dockerfile = parts.get('dockerfile');
  if (upload === undefined) {
    if (dockerfile !== undefined) return { kind: 'dockerfile', options, dockerfile };
    throw invalid([
      { pointer: '#/context', detail: 'Missing. Send the archive, for example: -F context=@context.tgz.' },
    ]);
  }
  if (dockerfile !== undefined) {
    throw invalid([
      {
        pointer: '#/dockerfile',
        detail:
          'A Dockerfile of its own is built without a context. Put it into the archive, or leave the archive out.',
      },
    ]);
  }
  return { kind: 'context', options, upload };
}

function withCleanPath(options: BuildOptions, place: '#/query' | '#/options'): BuildOptions {
  const { dockerfile } = options;
  return dockerfile === undefined ? options : { ...options, dockerfile: cleanPath(dockerfile, `${place}/dockerfile`) };
}

function textWish(
  dockerfile: string,
  path: string | undefined,
  dockerignore: string | undefined,
  options: AnalyzeOptions,
): AnalyzeWish {
  const given = dockerignore === undefined ? { dockerfile } : { dockerfile, dockerignore };
  return dockerfileWish(given, path, options);
}

function jsonWish(body: unknown, path: string | undefined, options: AnalyzeOptions, limits: Limits): AnalyzeWish {
  const wish = parse(AnalyzeRequest, body, '#');
  dockerfileText(Buffer.from(wish.dockerfile), limits.maxDockerfileBytes);
  if (Buffer.byteLength(wish.dockerignore ?? '') > limits.maxDockerfileBytes) throw ignoreTooLarge(limits);
  return dockerfileWish(wish, path, { ...options, ...wish.options });
}

function dockerfileWish(wish: AnalyzeRequest, asked: string | undefined, options: AnalyzeOptions): AnalyzeWish {
  const path = wish.path === undefined ? (asked ?? 'Dockerfile') : cleanPath(wish.path, '#/path');
  const { project, profile, policy, store = true } = options;
  return {
    kind: 'dockerfile',
    input: { dockerfile: wish.dockerfile, path, ...givenFiles(wish, path), project, profile, policy, store },
  };
}

async function readJson(request: FastifyRequest, limits: Limits): Promise<unknown> {
  const maxBytes = Math.max(textsBytes(limits), Math.min(limits.maxUploadBytes, JSON_BYTES));
  const bytes = await readBytes(
    chunksOf(request),
    maxBytes,
    (sizeBytes) =>
      new AppError(
        'upload-too-large',
        `The JSON body has ${sizeBytes} bytes or more; at most ${maxBytes} are taken. Send a larger context as a tar or zip archive.`,
      ),
  );
  if (bytes.length === 0) throw bodyEmpty(ANALYZE_WANTED);
  return json(bytes, 'The body is not valid JSON. A bare Dockerfile goes with Content-Type: text/plain.');
}

function optionsPart<S extends z.ZodType>(schema: S, parts: ReadonlyMap<string, Buffer>): z.output<S> | undefined {
  const bytes = parts.get('options');
  if (bytes === undefined) return undefined;
  return parse(schema, json(bytes, 'The part `options` is not valid JSON.'), '#/options');
}

function json(bytes: Buffer, refusal: string): unknown {
  try {
    return jsonIn(bytes);
  } catch (error) {
    throw new AppError('body-invalid', refusal, { cause: error });
  }
}

const optionsLimit = [
  'options',
  {
    maxBytes: OPTIONS_BYTES,
    tooLarge: (): AppError => invalid([{ pointer: '#/options', detail: `At most ${OPTIONS_BYTES} bytes.` }]),
  },
] as const;

function analyzeParts(limits: Limits): FormParts {
  const maxBytes = limits.maxDockerfileBytes;
  return new Map([
    ['dockerfile', { maxBytes, tooLarge: dockerfileRefusal(limits) }],
    ['dockerignore', { maxBytes, tooLarge: () => ignoreTooLarge(limits) }],
    optionsLimit,
  ]);
}

function dockerfileRefusal({ maxDockerfileBytes }: Limits): (sizeBytes: number) => AppError {
  return (sizeBytes) => dockerfileTooLarge(sizeBytes, maxDockerfileBytes);
}

function ignoreTooLarge({ maxDockerfileBytes }: Limits): AppError {
  return invalid([{ pointer: '#/dockerignore', detail: `At most ${maxDockerfileBytes} bytes.` }]);
}

/** Room for a Dockerfile and its ignore file, each twice as long where JSON escapes it. */
function textsBytes({ maxDockerfileBytes }: Limits): number {
  return 4 * maxDockerfileBytes + FRAME_BYTES;
}

function isArchive(type: string): boolean {
  return ARCHIVE_TYPES.some((one) => one === type);
}

function unsupported(type: string, types: readonly string[]): AppError {
  const isPlainCurl = type === 'application/x-www-form-urlencoded';
  const hint = !types.includes('application/json')
    ? " Send the whole build context: an archive with -H 'Content-Type: application/gzip', or -F context=@context.tgz."
    : isPlainCurl
      ? " curl calls every --data-binary so: add -H 'Content-Type: text/plain' for a Dockerfile, or -H 'Content-Type: application/gzip' for an archive."
      : '';
  return new AppError(
    'media-type-unsupported',
    `${type === '' ? 'There is no Content-Type' : `The Content-Type ${type.slice(0, 100)} is not read here`}.${hint} Read here: ${types.join(', ')}.`,
  );
}
