/** Rule: the dependencies are installed after the source was copied, so that every source change installs them again. */
import type { CopyInstruction, Instruction, RunInstruction, Stage } from '../../dockerfile/types.ts';
import { builtStages, chainOf, contextCopies, isWholeContext, takesWholeContext } from '../ask.ts';
import { copiedFiles, filesOf } from '../copied-files.ts';
import { installs, installsFromManifest } from '../installs.ts';
import type { Install } from '../installs.ts';
import { isManifest } from '../package-managers.ts';
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
  for (const stage of chainOf(install.stage)) {
    const copy = sourceCopies(subject).get(stage)?.get(install.manager.manifests);
    if (copy !== undefined && stands(copy, install.run)) return copy;
  }
  return mountsWholeContext(install.run) ? install.run : undefined;
}

type Manifests = Install['manager']['manifests'];

/** The first COPY of each stage that brings the source, for each kind of manifest that is installed from in this file. */
const sourceCopies = question((subject): ReadonlyMap<Stage, ReadonlyMap<Manifests, CopyInstruction>> => {
  const managers = new Map(dependencyInstalls(subject).map(({ manager }) => [manager.manifests, manager]));
  return new Map(
    builtStages(subject).map((stage) => {
      const firsts = new Map<Manifests, CopyInstruction>();
      for (const copy of contextCopies(stage)) {
        for (const [manifests, manager] of managers) {
          if (!firsts.has(manifests) && bringsSource(subject, copy, manager)) firsts.set(manifests, copy);
        }
      }
      return [stage, firsts];
    }),
  );
});

function bringsSource(subject: Subject, copy: CopyInstruction, manager: PackageManager): boolean {
  if (takesWholeContext(copy)) {
    // What the ignore file leaves may be the manifests alone.
    const files = filesOf(subject, copy);
    return files.length === 0 || files.some(({ path }) => !isManifest(path));
  }
  // A folder with the manifest and the source in it.
  return (copiedFiles(subject).get(copy) ?? []).some(
    ({ files }) =>
      files.some(({ path }) => isManifest(path, manager)) &&
      files.some(({ path }) => SOURCE.test(path) && !isManifest(path)),
  );
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
    [stage, ...stagesTakenBefore(stage, source)].some((one) => {
      const first = firstInstalls(subject).get(one)?.get(install.manager.manifests);
      return first !== undefined && first !== install && stands(first.run, source);
    }),
  );
}

const firstInstalls = question((subject): ReadonlyMap<Stage, ReadonlyMap<Manifests, Install>> => {
  const all = new Map<Stage, Map<Manifests, Install>>();
  for (const install of dependencyInstalls(subject)) {
    const firsts = all.get(install.stage) ?? new Map<Manifests, Install>();
    if (!firsts.has(install.manager.manifests)) firsts.set(install.manager.manifests, install);
    all.set(install.stage, firsts);
  }
  return all;
});

function stagesTakenBefore({ uses, instructions }: Stage, source: Instruction): readonly Stage[] {
  return uses.filter((used) =>
    instructions.some(
      (one) =>
        one.keyword === 'COPY' && one.source?.kind === 'stage' && one.source.stage === used && stands(one, source),
    ),
  );
}

function stands(one: Instruction, before: Instruction): boolean {
  return one.span.start.offset < before.span.start.offset;
}
