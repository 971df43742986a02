/** How much of an upload is read, and the refusals of what is more. */
import { AppError } from '../../use-cases/errors.ts';

/** The bounds of one upload. */
export interface ArchiveLimits {
  /** As sent. */
  readonly maxUploadBytes: number;
  /** Unpacked, with the headers of the tar. */
  readonly maxExpandedBytes: number;
  /** Files, folders and links, each as often as it stands in the archive. */
  readonly maxEntries: number;
  readonly maxPathBytes: number;
}

const ADVICE = 'Leave .git, node_modules and virtual environments out when packing, or ask the operator to raise it.';

/** The upload goes on after `maxUploadBytes`. */
export function uploadTooLarge({ maxUploadBytes }: ArchiveLimits): AppError {
  return new AppError(
    'upload-too-large',
    `The upload is larger than ${maxUploadBytes} bytes, the limit for what is sent (DRYDOCK_MAX_UPLOAD_BYTES). ${ADVICE}`,
  );
}

/**
 * The archive unpacks to more than `maxExpandedBytes`.
 *
 * @param told  what it says itself; otherwise it was read up to the limit, and nobody knows how much there is
 */
export function expandsTooFar({ maxExpandedBytes }: ArchiveLimits, told?: number): AppError {
  const met =
    told === undefined
      ? `more than ${maxExpandedBytes} bytes`
      : `${told} bytes or more, which is over ${maxExpandedBytes} bytes`;
  return new AppError(
    'upload-too-large',
    `The archive unpacks to ${met}, the limit for what it holds (DRYDOCK_MAX_EXPANDED_BYTES). ${ADVICE}`,
  );
}

/** The archive holds more than `maxEntries` entries; `told` as above. */
export function tooManyEntries({ maxEntries }: ArchiveLimits, told?: number): AppError {
  const met = told === undefined ? `more than ${maxEntries} entries` : `${told} entries, which is over ${maxEntries}`;
  return new AppError(
    'upload-too-large',
    `The archive holds ${met}, the limit for their number (DRYDOCK_MAX_ENTRIES). ${ADVICE}`,
  );
}

/** What all names and link targets may come to: the index of a context is held in memory, so long names cannot all be long. */
export const MAX_NAMES_BYTES: number = 64 * 1024 * 1024;

/** The names of an archive alone would fill the memory. */
export function namesTooLong(): AppError {
  return new AppError(
    'upload-too-large',
    `The paths in the archive come to more than ${MAX_NAMES_BYTES} bytes. No project needs as many, so check how it was packed.`,
  );
}

/**
 * How many frames a zstd may have: some packers make one of each file, and put another one beside it. A frame takes a tenth of a
 * millisecond, however little it holds, and tens of millions of empty ones fit into an upload.
 */
export function maxFrames({ maxEntries }: ArchiveLimits): number {
  return 1000 + 2 * maxEntries;
}

/** The zstd has more than `maxFrames` frames. */
export function tooManyFrames(limits: ArchiveLimits): AppError {
  return new AppError(
    'upload-too-large',
    `The archive is packed in more than ${maxFrames(limits)} frames, the limit for ${limits.maxEntries} entries (DRYDOCK_MAX_ENTRIES). Pack it into one: tar -C my-project --zstd -cf context.tar.zst .`,
  );
}
