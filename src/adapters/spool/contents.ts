/**
 * What a spooled tar holds and where: its entries with the offsets of their bytes. Made while an upload is written, kept
 * beside it as JSON. Here names meet each other: the last entry of a path wins, hard links find their file, and nothing
 * lies below a thing that is not a folder.
 */
import type { SpooledEntry } from '../../use-cases/ports.ts';
import { unsafe } from '../archive/entry-path.ts';

/** An entry and its place in the tar. */
export interface PlacedEntry extends SpooledEntry {
  /** Offset of its header. */
  readonly start: number;
  /** Offset of its data; for a hard link, of the data it shares. */
  readonly data: number;
  /** Offset behind its last block. */
  readonly end: number;
}

/** Contents that grow. */
export interface Contents {
  /**
   * What an entry of the archive becomes here: a hard link gets the size of its file, or becomes a symbolic link when it
   * shares one. Throws AppError `archive-unsafe` for a hard link to what is not an earlier file.
   */
  resolve(entry: SpooledEntry): { readonly entry: SpooledEntry; readonly sharedData: number | undefined };
  add(entry: PlacedEntry): void;
  /** The entries, one for each path, in the order of the tar. Throws AppError `archive-unsafe`: see above. */
  finish(): readonly PlacedEntry[];
}

/** Makes empty contents. */
export function makeContents(): Contents {
  const byPath = new Map<string, PlacedEntry>();
  return {
    resolve: (entry) => {
      if (entry.type !== 'hardlink') return { entry, sharedData: undefined };
      const target = byPath.get(entry.linkTarget ?? '');
      if (target === undefined || target.type === 'directory') {
        throw unsafe(entry.path, 'is a hard link to something that is not a file before it in the archive');
      }
      if (target.type === 'symlink') return { entry: { ...target, path: entry.path }, sharedData: undefined };
      return { entry: { ...entry, sizeBytes: target.sizeBytes }, sharedData: target.data };
    },
    add: (entry) => {
      // Removed first, so that it moves to its place in the order of the tar.
      byPath.delete(entry.path);
      byPath.set(entry.path, entry);
    },
    finish: () => {
      const entries = [...byPath.values()];
      refuseMisplaced(entries);
      return entries;
    },
  };
}

/**
 * Refuses an entry below a link or a file. An engine that extracts it would write to where the link points, or fail.
 * Sorted with the separator as the smallest letter, what lies below a path follows it directly.
 */
function refuseMisplaced(entries: readonly PlacedEntry[]): void {
  const sorted = entries
    .map(({ path, type }) => ({ key: path.replaceAll('/', '\0'), path, type }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  sorted.forEach((entry, index) => {
    const next = sorted[index + 1];
    if (next === undefined || entry.type === 'directory' || !next.key.startsWith(`${entry.key}\0`)) return;
    throw unsafe(next.path, `lies below ${entry.type === 'symlink' ? 'a link' : 'a file'} of the same archive`);
  });
}

/** How many links may follow one another, as on Linux. */
const MAX_HOPS = 40;

/**
 * The file that `path` leads to, through symbolic links of the archive where there are some.
 * `undefined` when there is none: also for links that are absolute or leave the archive, which lead to nothing here.
 */
export function findFile(entries: ReadonlyMap<string, PlacedEntry>, path: string): PlacedEntry | undefined {
  const way: string[] = [];
  const ahead = path.split('/').toReversed();
  for (let hops = 0; ahead.length > 0;) {
    const part = ahead.pop() ?? '';
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (way.pop() === undefined) return undefined;
      continue;
    }
    way.push(part);
    const entry = entries.get(way.join('/'));
    if (entry?.type !== 'symlink') continue;
    const target = entry.linkTarget ?? '';
    hops += 1;
    if (hops > MAX_HOPS || target.startsWith('/')) return undefined;
    way.pop();
    ahead.push(...target.split('/').toReversed());
  }
  const found = entries.get(way.join('/'));
  return found?.type === 'file' || found?.type === 'hardlink' ? found : undefined;
}
