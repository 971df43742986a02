/** Rule: the dependencies are installed after the source was copied, so that every source change installs them again. */
import type { CopyInstruction, Instruction, RunInstruction, Stage } from '../../dockerfile/types.ts';
import { builtStages, chainOf, contextCopies, isWholeContext, takesWholeContext } from '../ask.ts';
import { copiedFiles, filesOf } from '../copied-files.ts';
import { installs, installsFromManifest } from '../installs.ts';
import type { Install } from '../installs.ts';
import { fits, isManifest } from '../manifests.ts';
import type { PackageManager } from '../package-managers.ts';
import { question } from '../question.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';

/** Files that change with every day's work. */
const SOURCE = /\.(?:py|[jt]sx?|vue|svelte|go|rb|php|java|kt|scala|rs|cs|fs|exs?|swift|c|cc|cpp)$/;
/** Options that install the project alone; its dependencies are there already. */
const ONLY_PROJECT = ['--no-deps', '--only-root'];

export default defineRule({
  id: 'install-after-source',
  item: 'layer-caching',
  severity: 'error',
  title: 'Dependencies installed after the source is copied',
  why: 'A layer is rebuilt when anything copied before it has changed. With the whole source above the install, every edited line installs every dependency again: minutes instead of seconds, on every build.',
  fix: 'Copy the manifest alone, install, then copy the rest: `COPY requirements.txt .`, `RUN pip install …`, `COPY . .`.',
  source: 'Lessons, "Six mistakes": one COPY before the install.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nCOPY . .\nRUN pip install --no-cache-dir -r requirements.txt\n',
    good: 'FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\n',
  },
  *check(subject) {
    for (const install of dependencyInstalls(subject)) {
      const source = sourceBefore(subject, install);
      if (source === undefined || dependenciesCameBefore(subject, install, source)) continue;
      const how =
        source === install.run
          ? 'The whole source is mounted into this install'
          : `The source is copied in line ${source.span.start.line}, before this install`;
      yield {
        at: install.span,
        // What is downloaded again comes out of the mounted cache: seconds, not minutes.
        ...(install.run.mounts.some(({ type }) => type === 'cache') ? { severity: 'warning' as const } : {}),
        message: `${how}: every source change repeats it.`,
      };
    }
  },
});

/** The installs of what a manifest of the project lists. */
const dependencyInstalls = question((subject): readonly Install[] =>
  installs(subject).filter(
    (one) =>
      one.manager.kind === 'language' &&
      installsFromManifest(one) &&
      !ONLY_PROJECT.some((flag) => one.flags.includes(flag)),
  ),
);

/** The first COPY that puts source in front of the install, or the install itself when it mounts the source. */
function sourceBefore(subject: Subject, install: Install): CopyInstruction | RunInstruction | undefined {
  const wanted = manifestsOf(install).join('\0');
  for (const stage of chainOf(install.stage)) {
    const copy = sourceCopies(subject).get(stage)?.get(wanted);
    if (copy !== undefined && stands(copy, install.run)) return copy;
  }
  return mountsWholeContext(install.run) ? install.run : undefined;
}

/** Names of the files that an install reads: those it is told, else those its package manager looks for. */
function manifestsOf({ manager, manifests }: Install): readonly string[] {
  const told = manifests.flatMap((path) => (path === undefined || path.startsWith('.') ? [] : [nameOf(path)]));
  return told.length > 0 ? told : manager.manifests;
}

/** The first COPY of each stage that brings the source, by the names of the manifests that are installed from. */
const sourceCopies = question((subject): ReadonlyMap<Stage, ReadonlyMap<string, CopyInstruction>> => {
  const wanted = new Map(dependencyInstalls(subject).map((one) => [manifestsOf(one).join('\0'), manifestsOf(one)]));
  return new Map(
    builtStages(subject).map((stage) => {
      const copies = contextCopies(stage);
      // More kinds than these nobody installs from in one file.
      const firsts = [...wanted].slice(0, 8).flatMap(([key, manifests]) => {
        const whole = copies.find((copy) => bringsEverything(subject, copy));
        const folder = firstWithFolder(subject, copies, manifests);
        const first = whole !== undefined && (folder === undefined || !stands(folder, whole)) ? whole : folder;
        return first === undefined ? [] : [[key, first] as const];
      });
      return [stage, new Map(firsts)];
    }),
  );
});

function bringsEverything(subject: Subject, copy: CopyInstruction): boolean {
  if (!takesWholeContext(copy)) return false;
  // What the ignore file leaves may be the manifests alone.
  const files = filesOf(subject, copy);
  return files.length === 0 || files.some(({ path }) => !isManifest(path));
}

/** The first COPY of a folder that holds manifest and source, unless the manifest is copied on its own as well: then the folder is a dependency. */
function firstWithFolder(
  subject: Subject,
  copies: readonly CopyInstruction[],
  manifests: readonly string[],
): CopyInstruction | undefined {
  const found = copies.flatMap((copy) =>
    (copiedFiles(subject).get(copy) ?? [])
      .filter(({ files }) => files.some(({ path }) => manifests.some((form) => fits(form, nameOf(path)))))
      .map(({ files }) => ({ copy, hasSource: files.some(({ path }) => SOURCE.test(path) && !isManifest(path)) })),
  );
  return found.every(({ hasSource }) => hasSource) ? found[0]?.copy : undefined;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function mountsWholeContext({ mounts }: RunInstruction): boolean {
  return mounts.some(({ type, options }) => {
    if (type !== 'bind' || options.has('from')) return false;
    return isWholeContext(options.has('source') ? (options.get('source') ?? 'unknown') : '/');
  });
}

/** The dependencies are there already, installed here or taken from a stage that did; what is installed now is the project itself. */
function dependenciesCameBefore(subject: Subject, install: Install, source: Instruction): boolean {
  return chainOf(install.stage).some((stage) =>
    [stage, ...stagesTakenBefore(subject, stage, source)].some((one) => {
      const first = firstInstalls(subject).get(one)?.get(install.manager.manifests);
      return first !== undefined && first !== install && stands(first.run, source);
    }),
  );
}

type Manifests = PackageManager['manifests'];

/** The first install of each stage, by what its package manager reads. */
const firstInstalls = question((subject): ReadonlyMap<Stage, ReadonlyMap<Manifests, Install>> => {
  const all = new Map<Stage, Map<Manifests, Install>>();
  for (const install of dependencyInstalls(subject)) {
    const firsts = all.get(install.stage) ?? new Map<Manifests, Install>();
    if (!firsts.has(install.manager.manifests)) firsts.set(install.manager.manifests, install);
    all.set(install.stage, firsts);
  }
  return all;
});

function stagesTakenBefore(subject: Subject, stage: Stage, source: Instruction): readonly Stage[] {
  const takes = firstTakes(subject).get(stage) ?? [];
  return takes.flatMap(({ copy, from }) => (stands(copy, source) ? [from] : []));
}

/** The stages that a stage copies from, each with the first COPY that does; more than these nobody wrote by hand. */
const firstTakes = question(
  (subject): ReadonlyMap<Stage, readonly { readonly copy: CopyInstruction; readonly from: Stage }[]> =>
    new Map(
      builtStages(subject).map((stage) => {
        const firsts = new Map<Stage, CopyInstruction>();
        for (const one of stage.instructions) {
          if (one.keyword !== 'COPY' || one.source?.kind !== 'stage' || firsts.has(one.source.stage)) continue;
          firsts.set(one.source.stage, one);
        }
        return [stage, [...firsts].slice(0, 100).map(([from, copy]) => ({ from, copy }))];
      }),
    ),
);

function stands(one: Instruction, before: Instruction): boolean {
  return one.span.start.offset < before.span.start.offset;
}
