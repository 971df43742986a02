/** What is kept of one layer while it streams by: its entries, and what was found in its files. Bounded by the pass. */
import type { CanaryFound, SecretSeen } from './seen.ts';

/** The first of the bits of `marks`: a folder. */
export const DIRECTORY = 1;
/** A program that runs as its owner or with its group. */
export const SET_ID = 2;
/** Everybody may write it. */
export const WORLD_WRITABLE = 4;
/** A `.wh.` entry: the path is deleted in the layers below. */
export const WHITEOUT = 8;
/** `.wh..wh..opq`: everything below the folder is. */
export const OPAQUE = 16;

/** A secret in a file, before it is known which layer of which line that is. */
export type SecretInFile = Pick<SecretSeen, 'kind' | 'masked' | 'isCertain'> & { readonly path: string };
/** The same for a canary. */
export type CanaryInFile = Pick<CanaryFound, 'name' | 'form'> & { readonly path: string };

/** The record of an installed package, with the packages that it needs. Names as packages.ts writes them. */
export interface PackageRecord {
  readonly path: string;
  readonly needs: readonly string[];
}

/** One layer, as read. The three arrays run side by side: objects would take several times the memory. */
export interface LayerRead {
  readonly paths: string[];
  readonly sizes: number[];
  readonly marks: number[];
  /** Bytes and number of its files, also of those that are no longer listed. */
  sizeBytes: number;
  files: number;
  readonly secrets: SecretInFile[];
  secretsTotal: number;
  readonly canaries: CanaryInFile[];
  canariesTotal: number;
  /** Virtual environments, with the folder of the Python that they were made for. */
  readonly environments: { readonly path: string; readonly home: string }[];
  readonly records: PackageRecord[];
}

/** An empty layer. */
export function emptyLayer(): LayerRead {
  return {
    paths: [],
    sizes: [],
    marks: [],
    sizeBytes: 0,
    files: 0,
    secrets: [],
    secretsTotal: 0,
    canaries: [],
    canariesTotal: 0,
    environments: [],
    records: [],
  };
}

/** A path of a tar without its decoration; `''` for the root. */
export function plainPath(name: string): string {
  return name.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '');
}

/** What an entry of a layer is and where, by its name and mode; whiteouts under the path that they delete. Pure. */
export function entryOf(
  name: string,
  mode: number,
  type: 'file' | 'directory' | 'other',
): { readonly path: string; readonly marks: number } {
  const path = plainPath(name);
  const slash = path.lastIndexOf('/');
  const last = path.slice(slash + 1);
  if (last.startsWith('.wh.')) {
    const folder = path.slice(0, Math.max(0, slash));
    if (last === '.wh..wh..opq') return { path: folder, marks: OPAQUE };
    // The rest of `.wh..wh.` is the book-keeping of a file system that nobody uses any more.
    if (last.startsWith('.wh..wh.')) return { path: '', marks: 0 };
    return { path: folder === '' ? last.slice(4) : `${folder}/${last.slice(4)}`, marks: WHITEOUT };
  }
  if (type === 'directory') {
    // Everybody may put files into a folder like /tmp; only their owners may take them away.
    const isOpen = (mode & 0o002) !== 0 && (mode & 0o1000) === 0;
    return { path, marks: DIRECTORY | (isOpen ? WORLD_WRITABLE : 0) };
  }
  if (type === 'other') return { path, marks: 0 };
  // setgid without the group's right to execute was the mark of a lock, and gives nobody anything.
  const isSetId = (mode & 0o4000) !== 0 || (mode & 0o2010) === 0o2010;
  return { path, marks: (isSetId ? SET_ID : 0) | ((mode & 0o002) === 0 ? 0 : WORLD_WRITABLE) };
}
