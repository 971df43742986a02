/** Questions about users: who a step runs as, and in which folder. Accounts and homes: accounts.ts. */
import type { Instruction, ShellCommand, Stage, WordsInstruction } from '../../dockerfile/types.ts';
import { isRoot, userName } from './ask.ts';
import { knownImage } from '../tables/base-images.ts';
import { question } from './question.ts';
import { folderAtStart } from './working-folders.ts';

/** Who and where a step is. */
export interface Acting {
  readonly as: 'root' | 'non-root' | 'unknown';
  /** Name or number; `undefined` when it is the base image's, or not known. */
  readonly name: string | undefined;
  /** The USER that says so; `undefined`: the base image does. */
  readonly by: WordsInstruction | undefined;
  /** Absolute; `undefined` when not known. */
  readonly workdir: string | undefined;
  /**
   * True when the builder made that folder for root: by a WORKDIR while the user was root. Measured with BuildKit: a folder
   * belongs to whoever is the user at its first WORKDIR, and COPY --chown into it does not change that.
   */
  readonly inRootsFolder: boolean;
}

/** Who and where each instruction of each stage is. */
export const acting = question((subject): ReadonlyMap<Instruction, Acting> => {
  const at = new Map<Instruction, Acting>();
  const last = new Map<Stage, Acting>();
  for (const stage of subject.dockerfile.stages) {
    let now = (stage.base.kind === 'stage' ? last.get(stage.base.stage) : undefined) ?? atStart(stage);
    const madeByRoot = new Map<string, boolean>();
    if (now.workdir !== undefined) madeByRoot.set(now.workdir, now.inRootsFolder);
    for (const one of [...stage.triggers, ...stage.instructions]) {
      at.set(one, now);
      now = after(one, now, madeByRoot);
    }
    last.set(stage, now);
  }
  return at;
});

function after(one: Instruction, now: Acting, madeByRoot: Map<string, boolean>): Acting {
  if (one.keyword === 'USER') return { ...now, ...userOf(one) };
  if (one.keyword !== 'WORKDIR') return now;
  const workdir = absolute(one.words[0]?.value, now.workdir);
  if (workdir !== undefined && !madeByRoot.has(workdir)) madeByRoot.set(workdir, now.as === 'root');
  return { ...now, workdir, inRootsFolder: workdir !== undefined && madeByRoot.get(workdir) === true };
}

function atStart(stage: Stage): Acting {
  const { base } = stage;
  const known = base.kind === 'image' ? knownImage(base.reference)?.user : base.kind === 'scratch' ? 'root' : undefined;
  const as = known === undefined ? 'unknown' : known === 'non-root' ? 'non-root' : 'root';
  return { as, name: undefined, by: undefined, workdir: folderAtStart(stage), inRootsFolder: false };
}

function userOf(instruction: WordsInstruction): Pick<Acting, 'as' | 'name' | 'by'> {
  const word = instruction.words[0];
  const name = word === undefined ? undefined : userName(word);
  if (name === undefined || name === '') return { as: 'unknown', name: undefined, by: instruction };
  // Windows has its own administrator.
  const isPowerful = isRoot(name) || /administrator$/i.test(name);
  return { as: isPowerful ? 'root' : 'non-root', name, by: instruction };
}

/** A path as it is seen from a folder, without its last slash; `undefined` when either is needed and not known. */
export function absolute(path: string | undefined, workdir: string | undefined): string | undefined {
  if (path === undefined || (!path.startsWith('/') && workdir === undefined)) return undefined;
  const parts: string[] = [];
  for (const part of `${path.startsWith('/') ? '' : workdir}/${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** True when one path is the other or lies below it. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [`${one.replace(/\/$/, '')}/`, `${other.replace(/\/$/, '')}/`];
  return a.startsWith(b) || b.startsWith(a);
}

/** True for a command that gets its rights from elsewhere: `sudo`, `su`, `fakeroot`. */
export function changesRights({ name }: ShellCommand): boolean {
  return /(?:^|\/)(?:sudo|su|gosu|su-exec|doas|fakeroot|setpriv|runuser|chroot)$/.test(name ?? '');
}
