/** What of a folder goes to the service, and what its ignore file leaves out: the same patterns, read by the same code as there. Pure. */
import type { IgnoreFile } from '../../../core/context/types.ts';

/** A file by its path and size in bytes. */
interface Listed {
  readonly path: string;
  readonly size: number;
}

/** Files summed under a name. */
export interface Sum {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
}

/** What is sent, and what is not. */
export interface Sending<T extends Listed> {
  readonly sent: readonly T[];
  readonly sentBytes: number;
  readonly leftOut: Sum;
  /** The same by the line of the ignore file that did it, the most bytes first. */
  readonly leftOutBy: readonly Sum[];
  /** The largest of what is sent. */
  readonly largest: readonly T[];
  /** What is sent and hardly meant to be, by folder or name. */
  readonly unwanted: readonly Sum[];
}

const LARGEST = 5;

/** Folders and files that an image seldom wants, and an upload never. */
const UNWANTED = /(?:^|\/)(\.git|node_modules|\.venv|venv|__pycache__|\.next|\.terraform|\.env(?:\.[\w-]+)?)(?:\/|$)/;
/** Templates of `.env` hold names and no values. */
const TEMPLATE = /\.env\.(?:example|sample|template|dist)$/;

/**
 * Sorts the files of a folder. The Dockerfile, the ignore file and drydock.yaml always go along: whoever builds reads them,
 * also where COPY is not to find them.
 */
export function planSending<T extends Listed>(
  files: readonly T[],
  dockerfile: string | undefined,
  ignore: IgnoreFile | undefined,
): Sending<T> {
  const always = new Set([dockerfile, ignore?.path, 'drydock.yaml']);
  const sent: T[] = [];
  const leftOut: { readonly file: T; readonly by: string }[] = [];
  for (const file of files) {
    const by = always.has(file.path) ? undefined : ignore?.excludedBy(file.path);
    if (by === undefined) sent.push(file);
    else leftOut.push({ file, by: by.raw });
  }
  return {
    sent,
    sentBytes: bytesOf(sent),
    leftOut: { name: 'left out', files: leftOut.length, bytes: bytesOf(leftOut.map(({ file }) => file)) },
    leftOutBy: summed(leftOut.map(({ file, by }) => [by, file.size])),
    largest: sent.toSorted((one, other) => other.size - one.size).slice(0, LARGEST),
    unwanted: summed(
      sent
        .filter(({ path }) => !TEMPLATE.test(path))
        .flatMap(({ path, size }) => {
          const found = UNWANTED.exec(path);
          return found === null
            ? []
            : [[path.slice(0, found.index + found[0].length).replace(/\/$/, ''), size] as const];
        }),
    ),
  };
}

function bytesOf(files: readonly Listed[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function summed(sizes: readonly (readonly [string, number])[]): readonly Sum[] {
  const sums = new Map<string, Sum>();
  for (const [name, bytes] of sizes) {
    const before = sums.get(name) ?? { name, files: 0, bytes: 0 };
    sums.set(name, { name, files: before.files + 1, bytes: before.bytes + bytes });
  }
  return [...sums.values()].sort((one, other) => other.bytes - one.bytes);
}
