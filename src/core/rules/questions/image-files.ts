/** Which file of the upload stands at a path of the image: COPY and ADD read backwards, through the stages they copy from. */
import type { ContextFile } from '../../context/types.ts';
import type { CopyInstruction, Stage } from '../../dockerfile/types.ts';
import { joinPath } from '../../dockerfile/instructions/paths.ts';
import { chainOf, finalStage } from './ask.ts';
import { copiedFiles } from './copied-files.ts';
import { question } from './question.ts';
import { folderAtEnd, folderAtStart } from './working-folders.ts';
import type { Subject } from '../rule.ts';

/** COPYs looked at for all paths together; a file that needs more was made to need it. */
const MOST_LOOKS = 500_000;

/** Stages that copy from each other are followed no deeper. */
const DEEPEST = 16;

interface Budget {
  readonly looks: { left: number };
  readonly depth: number;
}

/** What was looked up, and how much more may be. */
const lookups = question((): { readonly found: Map<string, ContextFile | undefined>; left: number } => ({
  found: new Map(),
  left: MOST_LOOKS,
}));

/** A COPY with the folder that its relative destination starts from. */
interface Placed {
  readonly copy: CopyInstruction;
  readonly workdir: string | undefined;
}

const placedCopies = question((subject): ReadonlyMap<Stage, readonly Placed[]> => {
  const all = new Map<Stage, readonly Placed[]>();
  const ends = new Map<Stage, string | undefined>();
  for (const stage of subject.dockerfile.stages) {
    const { base } = stage;
    let workdir = base.kind === 'stage' ? ends.get(base.stage) : folderAtStart(stage);
    const placed: Placed[] = [];
    for (const one of stage.instructions) {
      if (one.keyword === 'WORKDIR') workdir = joinPath(workdir, one.words[0]?.value);
      else if (one.keyword === 'COPY' || one.keyword === 'ADD') placed.push({ copy: one, workdir });
    }
    ends.set(stage, workdir);
    all.set(stage, placed.toReversed());
  }
  return all;
});

/** Folders in which a program without a folder is looked for. */
const PROGRAM_FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin', '/sbin'];

/**
 * The uploaded file that the final image has at a path, as far as COPY tells; `undefined` when nothing does. A later RUN may
 * have changed it.
 *
 * @param path  absolute, relative to the last WORKDIR, or the bare name of a program
 */
export function fileInImage(subject: Subject, path: string): ContextFile | undefined {
  const stage = finalStage(subject);
  if (stage === undefined || subject.context.files === undefined) return undefined;
  const known = lookups(subject);
  if (known.found.has(path)) return known.found.get(path);
  const whole = joinPath(folderAtEnd(stage), path);
  const paths = path.includes('/') ? [whole] : [...PROGRAM_FOLDERS.map((folder) => `${folder}/${path}`), whole];
  let file: ContextFile | undefined;
  for (const one of paths) {
    file ??= one === undefined ? undefined : lookUp(subject, stage, one, { looks: known, depth: 0 });
  }
  known.found.set(path, file);
  return file;
}

function lookUp(subject: Subject, last: Stage, path: string, budget: Budget): ContextFile | undefined {
  for (const stage of chainOf(last).toReversed()) {
    for (const { copy, workdir } of placedCopies(subject).get(stage) ?? []) {
      if ((budget.looks.left -= 1) < 0) return undefined;
      const destination = joinPath(workdir, copy.destination?.value);
      if (destination === undefined) continue;
      const isFolder = copy.sources.length > 1 || /(?:^|\/)\.{0,2}$/.test(copy.destination?.value ?? '');
      const found =
        copy.from === undefined
          ? fromContext(subject, copy, path, destination, isFolder, budget)
          : fromStage(subject, copy, path, destination, isFolder, budget);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function fromContext(
  subject: Subject,
  copy: CopyInstruction,
  path: string,
  destination: string,
  isFolder: boolean,
  budget: Budget,
): ContextFile | undefined {
  for (const { path: source, kind, files } of copiedFiles(subject).get(copy) ?? []) {
    for (const file of files) {
      if ((budget.looks.left -= 1) < 0) return undefined;
      const name = file.path.slice(file.path.lastIndexOf('/') + 1);
      if (file.path === source || kind === 'pattern') {
        if (inFolder(destination, name) === path || (!isFolder && destination === path)) return file;
      } else if (inFolder(destination, source === '' ? file.path : file.path.slice(source.length + 1)) === path) {
        return file;
      }
    }
  }
  return undefined;
}

function fromStage(
  subject: Subject,
  copy: CopyInstruction,
  path: string,
  destination: string,
  isFolder: boolean,
  budget: Budget,
): ContextFile | undefined {
  if (copy.source?.kind !== 'stage' || budget.depth >= DEEPEST) return undefined;
  for (const { value } of copy.sources) {
    const source = joinPath('/', value);
    if (source === undefined) continue;
    const name = source.slice(source.lastIndexOf('/') + 1);
    const origins =
      path === destination
        ? isFolder
          ? []
          : [source]
        : path === inFolder(destination, name)
          ? [source, inFolder(source, name)]
          : path.startsWith(inFolder(destination, ''))
            ? [inFolder(source, path.slice(inFolder(destination, '').length))]
            : [];
    for (const origin of origins) {
      const found = lookUp(subject, copy.source.stage, origin, { ...budget, depth: budget.depth + 1 });
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function inFolder(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}
