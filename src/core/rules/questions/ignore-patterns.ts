/** What the patterns of an ignore file fit, asked of the uploaded files. */
import { parseIgnoreFile } from '../../context/ignore.ts';
import type { BuildContext, ContextFile, IgnorePattern } from '../../context/types.ts';

/** Files that are looked at for all patterns together; a file that needs more was made to need it. */
const MOST_LOOKS = 2_000_000;

/** True when all patterns may be tried on all files. */
export function mayTry({ files = [], ignore }: BuildContext): boolean {
  return files.length * (ignore?.patterns.length ?? 0) <= MOST_LOOKS;
}

/** A pattern by itself, as it excludes: without its `!`, and without what other lines say. */
export function aloneOf({ raw, negated }: IgnorePattern): (path: string) => boolean {
  const ignore = parseIgnoreFile(negated ? raw.slice(1) : raw, '');
  return (path) => ignore.excludes(path);
}

/** The first file that is sent although a folder below the root, taken as the root, would have it left out. */
export function sentFromBelow(pattern: IgnorePattern, sent: readonly ContextFile[]): ContextFile | undefined {
  const fits = aloneOf(pattern);
  return sent.find(({ path }) => {
    const parts = path.split('/');
    // Its own name, and the names of the folders that it is in, but not at the root.
    return parts.some((part, at) => at > 0 && fits(part));
  });
}
