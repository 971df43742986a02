/** In which folder a stage starts, and ends. */
import type { Stage } from '../../dockerfile/types.ts';
import { joinPath } from '../../dockerfile/instructions/paths.ts';
import { workingFolder } from '../tables/working-folders.ts';
import { chainOf } from './ask.ts';

/** The folder in which the image starts that a stage is FROM, not counting stages of this file; `undefined`: not known. */
export function folderAtStart({ base }: Stage): string | undefined {
  if (base.kind === 'scratch') return '/';
  return base.kind === 'image' ? workingFolder(base.reference) : undefined;
}

/** The folder that a container of a stage starts in; `undefined`: not known. */
export function folderAtEnd(stage: Stage): string | undefined {
  if (stage.state.workdir !== undefined) return stage.state.workdir;
  const chain = chainOf(stage, Number.POSITIVE_INFINITY);
  let folder = chain[0] === undefined ? undefined : folderAtStart(chain[0]);
  for (const one of chain.flatMap(({ triggers, instructions }) => [...triggers, ...instructions])) {
    if (one.keyword === 'WORKDIR') folder = joinPath(folder, one.words[0]?.value);
  }
  return folder;
}
