/** Which uploaded files a COPY really takes, given the ignore file in force. */
import { parseIgnoreFile } from '../../context/ignore.ts';
import {
  filesAt,
  isPattern,
  plainFolder,
  sourceMatcher,
  sourcePath,
  withoutLinks,
} from '../../context/source-paths.ts';
import type { ContextFile } from '../../context/types.ts';
import type { CopyInstruction, Word } from '../../dockerfile/types.ts';
import { builtStages, contextCopies } from './ask.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';

/** One source of a COPY and the files it brings; empty when the files of the context are not known. */
export interface Taken {
  readonly source: string;
  readonly word: Word;
  /** The source as the builder looks for it: cleaned, links followed; `''` is the whole context. */
  readonly path: string;
  /** It has wildcards, and takes nothing where nothing fits; `refused` when the builder cannot read it. */
  readonly kind: 'plain' | 'pattern' | 'refused';
  readonly files: readonly ContextFile[];
}

/** Files looked at for all COPYs together; a file that needs more was made to need it. */
const MOST_LOOKS = 2_000_000;

/**
 * What every COPY and ADD from the context takes, in the stages that are built. Left out: sources that cannot be known,
 * addresses, and the COPYs of a file that was made to have too many.
 */
export const copiedFiles = question((subject): ReadonlyMap<CopyInstruction, readonly Taken[]> => {
  let looks = 0;
  const all = new Map<CopyInstruction, readonly Taken[]>();
  for (const copy of builtStages(subject).flatMap(contextCopies)) {
    const taken: Taken[] = [];
    for (const word of copy.sources) {
      if (word.value === undefined || (copy.keyword === 'ADD' && isAddress(word.value))) continue;
      const one = takenBy(subject, copy, word, word.value);
      looks += one.looks + one.taken.files.length;
      taken.push(one.taken);
    }
    if (looks > MOST_LOOKS) break;
    all.set(copy, taken);
  }
  return all;
});

/** The files that a COPY takes, each once. */
export function filesOf(subject: Subject, copy: CopyInstruction): readonly ContextFile[] {
  const taken = copiedFiles(subject).get(copy) ?? [];
  const [only] = taken;
  if (only !== undefined && taken.length === 1) return only.files;
  return [...new Set(taken.flatMap(({ files }) => files))];
}

/** True for what ADD fetches instead of looking it up: `https://…`, `git@…`, `github.com/…` with `.git`. */
export function isAddress(source: string): boolean {
  return /^(?:[a-z][a-z\d+.-]*:\/\/|git@|github\.com\/)/i.test(source);
}

function takenBy(
  { context }: Subject,
  copy: CopyInstruction,
  word: Word,
  source: string,
): { readonly taken: Taken; readonly looks: number } {
  const written = sourcePath(source);
  const about = { source, word };
  if (!isPattern(written)) {
    const path = withoutLinks(context, written) ?? written;
    const isExcluded = excluder(copy, path);
    const found = filesAt(context.sent, path);
    const files = isExcluded === undefined ? found : found.filter((file) => !isExcluded(file.path));
    return { taken: { ...about, path, kind: 'plain', files }, looks: isExcluded === undefined ? 1 : found.length };
  }
  const matches = sourceMatcher(written);
  if (matches === undefined) return { taken: { ...about, path: written, kind: 'refused', files: [] }, looks: 1 };
  const isExcluded = excluder(copy, written);
  const near = filesAt(context.sent, plainFolder(written));
  const files = near.filter((file) => matches(file.path) && isExcluded?.(file.path) !== true);
  return { taken: { ...about, path: written, kind: 'pattern', files }, looks: near.length };
}

/** `--exclude` speaks of paths below the folder that is copied, or of the name of a file that is. */
function excluder(copy: CopyInstruction, path: string): ((file: string) => boolean) | undefined {
  if (copy.excludes.length === 0) return undefined;
  const ignore = parseIgnoreFile(copy.excludes.map((one) => one.value ?? '').join('\n'), '--exclude');
  const depth = path === '' ? 0 : path.split('/').length;
  return (file) => {
    const parts = file.split('/');
    return ignore.excludes(parts.slice(Math.min(depth, parts.length - 1)).join('/'));
  };
}
