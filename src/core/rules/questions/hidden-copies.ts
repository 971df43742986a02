/** COPYs of which nobody knows what they take: the last name of a source is a variable without a value. */
import type { CopyInstruction, Stage, Word } from '../../dockerfile/types.ts';
import { builtStages, contextCopies } from './ask.ts';
import { question } from './question.ts';

/** The first COPY of each stage with a source such as `$SRC` or `apps/${APP}/`; none where every source is known. */
export const hiddenCopies = question(
  (subject): ReadonlyMap<Stage, readonly CopyInstruction[]> =>
    new Map(
      builtStages(subject).map((stage) => [
        stage,
        contextCopies(stage)
          .filter(({ sources }) => sources.some((word) => isHidden(word)))
          .slice(0, 1),
      ]),
    ),
);

/** The last name of a path, known also behind a folder that is not: `src` of `$APP/src`; `undefined` when it is a variable. */
export function lastName({ value, raw }: Word): string | undefined {
  const path = (value ?? raw.replaceAll(/["']/g, '')).replace(/\/+$/, '');
  const name = path.slice(path.lastIndexOf('/') + 1);
  return value === undefined && name.includes('$') ? undefined : name;
}

/** `$DIR/requirements.txt` and `app-$VERSION.jar` are files, whatever the variable says. */
function isHidden(word: Word): boolean {
  return lastName(word) === undefined && !/\.\w+["']?$/.test(word.raw);
}
