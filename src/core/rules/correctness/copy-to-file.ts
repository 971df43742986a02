/** Rule: several files for one file's name. */
import type { Base, CopyInstruction, Instruction, Stage } from '../../dockerfile/types.ts';
import { builtStages, contextCopies } from '../questions/ask.ts';
import { knownImage } from '../tables/base-images.ts';
import { copiedFiles } from '../questions/copied-files.ts';
import { behind } from '../edits.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';

export default defineRule({
  id: 'copy-to-file',
  item: 'builds-and-starts',
  severity: 'warning',
  title: 'COPY of several files to something that is no folder',
  why: 'When the destination is not there yet, each file is written over the one before, and only the last is left. Older builders stop.',
  fix: 'End the destination with a slash: `COPY package.json package-lock.json /app/`.',
  source: 'Dockerfile reference, "COPY"; measured with the builder of Docker 28.',
  aliases: ['DL3021', 'AVD-DS-0011'],
  examples: {
    bad: 'FROM node:24-slim\nCOPY package.json package-lock.json /app\n',
    good: 'FROM node:24-slim\nWORKDIR /app\nCOPY package.json package-lock.json /app\n',
  },
  *check(subject) {
    if (!builtStages(subject).some((stage) => contextCopies(stage).some(mayBeMistaken))) return;
    const byStage = new Map<Stage, Made>();
    for (const stage of builtStages(subject)) {
      const below = stage.base.kind === 'stage' ? byStage.get(stage.base.stage) : undefined;
      const made: Made = { own: new Set(), below, isKnown: below?.isKnown ?? isKnown(stage.base) };
      byStage.set(stage, made);
      const copies = new Set(contextCopies(stage));
      for (const one of stage.instructions) {
        for (const path of foldersOf(one)) addAll(made.own, path);
        if ((one.keyword !== 'COPY' && one.keyword !== 'ADD') || one.destination?.value === undefined) continue;
        const { destination, sources } = one;
        const path = one.destination.value;
        if (copies.has(one) && sources.length > 1 && isNewFile(path, made) && areFiles(subject, one)) {
          yield {
            at: destination.span,
            message: `${sources.length} files go to ${path}, which is taken for the name of one file.`,
            ...(destination.raw === path ? { edits: [behind(destination.span, '/')] } : {}),
          };
        }
        // From here on it may be a folder, and so are those above it.
        addAll(made.own, path);
      }
    }
  },
});

/** Several files that go to a path without a slash at its end; few Dockerfiles have that, and the folders above need not be known. */
function mayBeMistaken({ sources, destination }: CopyInstruction): boolean {
  return sources.length > 1 && destination?.value?.endsWith('/') === false;
}

/** True where the folders at the root are known: those of COMMON, and no /app. */
function isKnown(base: Base | undefined): boolean {
  return base?.kind === 'scratch' || (base?.kind === 'image' && knownImage(base.reference) !== undefined);
}

/** Folders that images have, and files that are written into them. */
const COMMON = /^\/(?:bin|boot|dev|etc|go|home|lib|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)(?:\/|$)/;

/** Folders that the steps of a stage may have made, and those of the stage below it. */
interface Made {
  readonly own: Set<string>;
  readonly below: Made | undefined;
  readonly isKnown: boolean;
}

/** Stages that are looked through; a file with more was made to have them. */
const MOST_STAGES = 64;

/** An absolute path that no step above is known to have made. */
function isNewFile(path: string, made: Made): boolean {
  if (!made.isKnown || !/^\/.*[^/.]$/.test(path) || COMMON.test(path)) return false;
  let left = MOST_STAGES;
  for (let one: Made | undefined = made; one !== undefined; one = one.below)
    if (one.own.has(path) || (left -= 1) === 0) return false;
  return true;
}

/** Folders that a step may make: WORKDIR, VOLUME, and whatever a RUN names. */
function foldersOf(one: Instruction): readonly string[] {
  if (one.keyword === 'WORKDIR' || one.keyword === 'VOLUME') return one.words.map(({ value }) => value ?? '');
  return one.keyword === 'RUN' ? (one.command.text.match(/\/[\w./-]+/g) ?? []) : [];
}

/** A path with all folders that it is in. */
function addAll(made: Set<string>, path: string): void {
  const clean = path.replace(/\/+$/, '');
  for (let end = clean.length; end > 0; end = clean.lastIndexOf('/', end - 1)) made.add(clean.slice(0, end));
}

/** True unless a pattern brings one file alone, or none. */
function areFiles(subject: Subject, copy: CopyInstruction): boolean {
  const taken = copiedFiles(subject).get(copy) ?? [];
  return subject.context.files === undefined || taken.filter(({ files }) => files.length > 0).length > 1;
}
