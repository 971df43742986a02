/** Where the lock files of a project are, and which of them a step of the build can see. */
import type { Stage } from '../../dockerfile/types.ts';
import { cleanPath } from '../../context/pattern.ts';
import { builtStages, chainOf, contextCopies } from './ask.ts';
import { filesOf } from './copied-files.ts';
import { compilations, installs, installsFromManifest } from './installs.ts';
import type { Install } from './installs.ts';
import { packageManagers } from '../tables/package-managers.ts';
import { fits, isManifest } from './manifests.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';

/** What is known of the lock file of an install. */
export type LockState =
  /** It is there when the install runs. */
  | { readonly kind: 'copied'; readonly path: string; readonly isSure: boolean }
  /** The project has it, and the install does not get it. */
  | { readonly kind: 'left-out'; readonly path: string; readonly isIgnored: boolean }
  /** The project has a manifest and no lock file. */
  | { readonly kind: 'missing'; readonly manifest: string }
  | { readonly kind: 'unknown' };

const UNKNOWN: LockState = { kind: 'unknown' };

/** What reads a lock file, from a manifest of the project; more than these nobody wrote by hand. */
export const lockReaders = question((subject): readonly Install[] =>
  [...installs(subject), ...compilations(subject)]
    .filter(
      (one) =>
        one.manager.lockFiles.length > 0 &&
        one.manager.readsManifest &&
        installsFromManifest(one) &&
        !one.given.some(({ name }) => name === '-g' || name === '--global'),
    )
    .slice(0, 500),
);

interface Arrival {
  readonly path: string;
  readonly offset: number;
}

/** What each stage copies of manifests and lock files, with the place of the first COPY that does. */
const arrivals = question(
  (subject): ReadonlyMap<Stage, readonly Arrival[]> =>
    new Map(
      builtStages(subject).map((stage) => {
        const first = new Map<string, number>();
        for (const copy of contextCopies(stage)) {
          const files = subject.context.files === undefined ? namesOf(copy.sources) : filesOf(subject, copy);
          for (const { path } of files) {
            if (isManifest(path) && !first.has(path)) first.set(path, copy.span.start.offset);
          }
        }
        return [stage, [...first].map(([path, offset]) => ({ path, offset }))];
      }),
    ),
);

/** The sources of a COPY as if they were files: all that is known when the context is not. `package*.json` names the lock file too. */
function namesOf(sources: readonly { readonly value: string | undefined }[]): readonly { readonly path: string }[] {
  return sources.flatMap(({ value }) => {
    if (value === undefined) return [];
    const path = cleanPath(`/${value}`).slice(1);
    const name = nameOf(path);
    if (!name.includes('*') || name.startsWith('*')) return [{ path }];
    return KNOWN_NAMES.filter((one) => fits(name, one)).map((one) => ({ path: folderOf(path) + one }));
  });
}

const KNOWN_NAMES = [...new Set(packageManagers.flatMap(({ lockFiles, manifests }) => [...lockFiles, ...manifests]))];

/** What is known of the lock file of an install that reads a manifest of the project. */
export function lockOf(subject: Subject, install: Install): LockState {
  const { lockFiles, manifests } = install.manager;
  if (lockFiles.length === 0) return UNKNOWN;
  const before = [
    ...chainOf(install.stage).flatMap((stage) => arrivals(subject).get(stage) ?? []),
    ...mountedFiles(install),
  ].filter(({ offset }) => offset < install.run.span.end.offset);
  const isLock = ({ path }: { readonly path: string }): boolean => lockFiles.includes(nameOf(path));
  const copied = [...new Set(before.filter(isLock).map(({ path }) => path))];
  const [path] = copied;
  if (path !== undefined) {
    // Of several it is not known which one is meant.
    const isSure = subject.context.files !== undefined && copied.length === 1;
    return { kind: 'copied', path: copied.length === 1 ? path : nameOf(path), isSure };
  }
  // What comes out of another stage, or is mounted as a whole, may hold anything.
  if (subject.context.files === undefined || takesFromStage(install) || mountsFolder(install)) return UNKNOWN;
  const own = before.filter(({ path }) => manifests.some((form) => fits(form, nameOf(path))));
  const folders = new Set(own.map(({ path }) => folderOf(path)));
  if (folders.size !== 1) return UNKNOWN;
  const [folder = ''] = folders;
  const locks = locksOf(subject);
  const beside = lockFiles.map((name) => folder + name).find((path) => locks.has(path));
  if (beside !== undefined) {
    return { kind: 'left-out', path: beside, isIgnored: subject.context.ignore?.excludes(beside) === true };
  }
  // In a workspace one lock file at the top serves all; that of another tool says what somebody meant.
  return locks.size > 0 ? UNKNOWN : { kind: 'missing', manifest: own[0]?.path ?? '' };
}

const LOCK = /(?:^|[-.])lock(?:b|ed)?(?:[.-]|$)|^npm-shrinkwrap\.json$|^go\.sum$|^Gemfile\.lock$/;

/** Every lock file of the project, ignored ones too. */
const locksOf = question(
  (subject): ReadonlySet<string> =>
    new Set(
      (subject.context.files ?? [])
        .map(({ path }) => path)
        .filter((path) => LOCK.test(nameOf(path)) && !/(?:^|\/)node_modules\//.test(path)),
    ),
);

function mountedFiles({ run }: Install): readonly Arrival[] {
  return run.mounts.flatMap(({ type, options }) => {
    const source = options.get('source');
    return type === 'bind' && source !== undefined && !options.has('from') ? [{ path: source, offset: 0 }] : [];
  });
}

function mountsFolder({ run }: Install): boolean {
  return run.mounts.some(
    ({ type, options }) => type === 'bind' && (options.has('from') || !/\.\w+$/.test(options.get('source') ?? '')),
  );
}

function takesFromStage({ stage, run }: Install): boolean {
  return chainOf(stage).some(
    (one) => (firstFromStage(stage === one ? stage : one) ?? Number.POSITIVE_INFINITY) < run.span.start.offset,
  );
}

const firsts = new WeakMap<Stage, number>();

/** Where a stage first copies from another stage; never: infinity. */
function firstFromStage(stage: Stage): number {
  let first = firsts.get(stage);
  if (first === undefined) {
    const copy = stage.instructions.find(
      (one) => one.keyword === 'COPY' && one.from !== undefined && one.source?.kind !== 'image',
    );
    firsts.set(stage, (first = copy?.span.start.offset ?? Number.POSITIVE_INFINITY));
  }
  return first;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
