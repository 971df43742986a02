/** Which uploaded files a COPY really takes, given the ignore file in force. */
import { parseIgnoreFile } from '../context/ignore.ts';
import { cleanPath } from '../context/pattern.ts';
import type { ContextFile } from '../context/types.ts';
import type { CopyInstruction } from '../dockerfile/types.ts';
import { builtStages, contextCopies } from './ask.ts';
import { question } from './question.ts';
import type { Subject } from './rule.ts';

/** One source of a COPY and the files it brings; empty when the files of the context are not known. */
export interface Taken {
  readonly source: string;
  readonly files: readonly ContextFile[];
}

/** Files looked at for all COPYs together; a file that needs more was made to need it. */
const MOST_LOOKS = 2_000_000;

/** What every COPY and ADD from the context takes, in the stages that are built; sources that cannot be known left out. */
export const copiedFiles = question((subject): ReadonlyMap<CopyInstruction, readonly Taken[]> => {
  let looks = 0;
  const taken = builtStages(subject)
    .flatMap(contextCopies)
    .map((copy) => {
      const sources = copy.sources.flatMap(({ value }) => (value === undefined ? [] : [value]));
      looks += sources.length * subject.context.sent.length;
      return [copy, looks > MOST_LOOKS ? [] : sources.map((source) => takenBy(subject, copy, source))] as const;
    });
  return new Map(taken);
});

/** The files that a COPY takes, each once. */
export function filesOf(subject: Subject, copy: CopyInstruction): readonly ContextFile[] {
  return [
    ...new Set(
      copiedFiles(subject)
        .get(copy)
        ?.flatMap(({ files }) => files),
    ),
  ];
}

function takenBy(subject: Subject, copy: CopyInstruction, source: string): Taken {
  const path = cleanPath(`/${source}`).slice(1);
  const matches = matcher(path);
  const isExcluded = excluder(copy, path);
  return { source, files: subject.context.sent.filter((file) => matches(file.path) && !isExcluded(file.path)) };
}

/** A source of COPY as Go's filepath.Match reads it; a match of a folder takes everything below it. */
function matcher(path: string): (file: string) => boolean {
  if (path === '') return () => true;
  if (!/[*?[\\]/.test(path)) return (file) => file === path || file.startsWith(`${path}/`);
  const form = path
    .replace(/(?<!\[)\^|[.+${}()|]/g, String.raw`\$&`)
    .replace(/\*+/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  try {
    const pattern = new RegExp(`^${form}(?:/|$)`);
    return (file) => pattern.test(file);
  } catch {
    // A character class that no builder accepts matches nothing.
    return () => false;
  }
}

/** `--exclude` speaks of paths below the folder that is copied, or of the name of a file that is. */
function excluder(copy: CopyInstruction, path: string): (file: string) => boolean {
  if (copy.excludes.length === 0) return () => false;
  const ignore = parseIgnoreFile(copy.excludes.map((one) => one.value ?? '').join('\n'), '--exclude');
  const depth = path === '' ? 0 : path.split('/').length;
  return (file) => {
    const parts = file.split('/');
    return ignore.excludes(parts.slice(Math.min(depth, parts.length - 1)).join('/'));
  };
}
