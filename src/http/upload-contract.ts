/** What the contract says of an upload, whichever address takes it. */
import type { ProblemCode } from '../schemas/problem.ts';
import { shown } from './examples/example.ts';
import type { JsonSchema, MediaType } from './operation.ts';
import { ARCHIVE_TYPES } from './upload.ts';

/** A build context. */
export const archive: JsonSchema = {
  type: 'string',
  contentMediaType: 'application/octet-stream',
  description: 'A tar (plain, gzip or zstd), or a zip.',
};

/** A build context as the whole body, by media type. */
export const rawArchives: Readonly<Record<string, MediaType>> = Object.fromEntries(
  ARCHIVE_TYPES.map((type) => [type, { schema: archive, examples: shown('archive') }]),
);

/** Why an upload may be refused. */
export const uploadProblems = [
  'body-empty',
  'body-invalid',
  'dockerfile-not-text',
  'archive-broken',
  'unauthorized',
  'scope-missing',
  'project-forbidden',
  'cross-origin-refused',
  'rate-limited',
  'dockerfile-too-large',
  'upload-too-large',
  'media-type-unsupported',
  'dockerfile-missing',
  'dockerfile-ambiguous',
  'dockerignore-unreadable',
  'project-file-invalid',
  'analysis-too-costly',
  'analysis-queue-full',
  'archive-unsafe',
  'shutting-down',
  'storage-unavailable',
] as const satisfies readonly ProblemCode[];
