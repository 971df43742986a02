/** Which uploaded files a COPY really takes, given the ignore file in force. */
import type { ContextFile } from '../context/types.ts';
import type { CopyInstruction, Stage } from '../dockerfile/types.ts';
import { contextCopies, shippedStages } from './ask.ts';
import { question } from './question.ts';
import type { Subject } from './rule.ts';

/** A COPY of the image, and the files it brings. */
export interface Copied {
  readonly copy: CopyInstruction;
  readonly files: readonly ContextFile[];
}

/** Every COPY and ADD from the context in the stages that ship. Empty lists when the files of the context are not known. */
export const copiedFiles = question((subject): readonly Copied[] =>
  shippedStages(subject)
    .flatMap((stage: Stage) => contextCopies(stage))
    .map((copy) => ({ copy, files: taken(subject, copy) })),
);

function taken(subject: Subject, copy: CopyInstruction): readonly ContextFile[] {
  const sources = copy.sources.flatMap((source) => (source.value === undefined ? [] : [matcher(source.value)]));
  return subject.context.sent.filter((file) => sources.some((matches) => matches(file.path)));
}

/** A source of COPY as Go's filepath.Match reads it; a match of a folder takes everything below it. */
function matcher(source: string): (path: string) => boolean {
  const plain = source.replace(/^(?:\.?\/)+|\/+$/g, '').replace(/^\.$/, '');
  if (plain === '') return () => true;
  const form = plain
    .replace(/[.+^${}()|\\]/g, String.raw`\$&`)
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  try {
    const pattern = new RegExp(`^${form}(?:/|$)`);
    return (path) => pattern.test(path);
  } catch {
    // A character class that no builder accepts matches nothing.
    return () => false;
  }
}
