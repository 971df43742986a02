/** A path of the context that a pattern of the ignore file almost fits: what its writer probably meant. */
import type { ContextFile } from '../../context/types.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';

/** Names that mistakes are looked for in: a short one is near to too many others, as `.venv` is to `.env`. */
const SHORTEST = 6;
/** From here on the last letter may be the wrong one: `node_module`. */
const LONG = 8;
/** Paths that are compared, for all patterns together. */
const MOST_LOOKS = 2_000_000;

/** What a pattern almost fits, and in which way it does not. */
export interface NearMiss {
  /** A file or folder that is sent. */
  readonly path: string;
  readonly kind: 'case' | 'letter' | 'folder';
}

const sentPaths = question(({ context }): ReadonlySet<string> => withFolders(context.sent));
const uploadedPaths = question(({ context }): ReadonlySet<string> => withFolders(context.files ?? []));

/** Files, and the folders that they are in. */
function withFolders(files: readonly ContextFile[]): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { path } of files) {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const one = path.slice(0, end);
      if (paths.has(one)) break;
      paths.add(one);
    }
  }
  return paths;
}

const lowered = question((subject): ReadonlyMap<string, string> => {
  const paths = new Map<string, string>();
  for (const path of sentPaths(subject)) paths.set(path.toLowerCase(), path);
  return paths;
});

const budget = question(() => ({ left: MOST_LOOKS }));

/**
 * The path that is sent and that a pattern without wildcards misses by its case, by one letter, or by a folder that is not
 * there; `undefined` when there is
 * none, or when the path that it names is there.
 *
 * @param written  the pattern, cleaned: relative to the root, without a slash at its end
 */
export function nearMiss(subject: Subject, written: string): NearMiss | undefined {
  if (isThere(subject, written) || written.length < 2) return undefined;
  const other = lowered(subject).get(written.toLowerCase());
  if (other !== undefined) return { path: other, kind: 'case' };
  const at = written.lastIndexOf('/') + 1;
  const slash = written.indexOf('/');
  const below = written.slice(slash + 1);
  if (slash > 0 && sentPaths(subject).has(below) && !isThere(subject, written.slice(0, slash))) {
    return { path: below, kind: 'folder' };
  }
  if (written.length - at < SHORTEST) return undefined;
  const looks = budget(subject);
  for (const path of sentPaths(subject)) {
    if ((looks.left -= 1) < 0) return undefined;
    if (Math.abs(path.length - written.length) > 1 || !path.startsWith(written.slice(0, at))) continue;
    const name = path.slice(at);
    if (!name.includes('/') && isOneLetterOff(written.slice(at), name)) return { path, kind: 'letter' };
  }
  return undefined;
}

function isThere(subject: Subject, path: string): boolean {
  return subject.context.folders?.has(path) === true || uploadedPaths(subject).has(path);
}

/** One letter more, less or other, or two that changed places, in the name before its ending. */
function isOneLetterOff(a: string, b: string): boolean {
  const [stem, ending] = parted(a);
  const [other, otherEnding] = parted(b);
  if (ending !== otherEnding || stem.replace(/^\./, '').length < SHORTEST) return false;
  let from = 0;
  while (from < stem.length && from < other.length && stem[from] === other[from]) from += 1;
  let end = 0;
  while (end < Math.min(stem.length, other.length) - from && stem.at(-1 - end) === other.at(-1 - end)) end += 1;
  const left = stem.slice(from, stem.length - end);
  const right = other.slice(from, other.length - end);
  // `rests` is no `tests`, and `test` may stand beside `tests`; a number makes another name.
  if (from === 0 || (end === 0 && stem.length < LONG) || !/^[a-z]+$/i.test(left + right)) return false;
  if (left.length === 2 && right.length === 2) return left[0] === right[1] && left[1] === right[0];
  return left.length <= 1 && right.length <= 1;
}

function parted(name: string): readonly [string, string] {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
}
