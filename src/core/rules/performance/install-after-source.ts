/** Rule: the dependencies are installed after the source was copied, so that every source change installs them again. */
import type { CopyInstruction, Instruction, RunInstruction, Stage } from '../../dockerfile/types.ts';
import { builtStages, chainOf, contextCopies, isWholeContext, takesWholeContext } from '../questions/ask.ts';
import { copiedFiles, filesOf } from '../questions/copied-files.ts';
import { hiddenCopies, lastName } from '../questions/hidden-copies.ts';
import { compilations, installs, installsFromManifest } from '../questions/installs.ts';
import type { Install } from '../questions/installs.ts';
import { fits, isManifest, listsNothing } from '../questions/manifests.ts';
import type { PackageManager } from '../tables/package-managers/types.ts';
import { question } from '../questions/question.ts';
import { startedFolders } from '../questions/start-words.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';

/** Files that change with every day's work. */
const SOURCE = /\.(?:py|[jt]sx?|vue|svelte|go|rb|php|java|kt|scala|rs|cs|fs|exs?|swift|c|cc|cpp)$/;
/** Scripts that set up tools; they look like source and are none. */
const SETTINGS = /\.config\.\w+$|^\.|rc\.\w+$|^build\.rs$/;
/** Options with which the dependencies must be there already, or are not looked at. */
const ONLY_PROJECT = ['--no-deps', '--only-root', '--no-restore'];
const OFFLINE = ['--offline', '-mod=vendor'];

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
    const hidden: CopyInstruction[] = [];
    for (const install of dependencyInstalls(subject)) {
      const source = sourceBefore(subject, install);
      if (source === undefined) hidden.push(...hiddenSourceBefore(subject, install));
      if (source === undefined || dependenciesCameBefore(subject, install, source)) continue;
      const how =
        source === install.run
          ? 'The whole source is mounted into this install'
          : `The source is copied in line ${source.span.start.line}, before this install`;
      yield {
        at: install.span,
        // What is downloaded again comes out of the mounted cache: seconds, not minutes.
        ...(hasCacheMount(install) ? { severity: 'warning' as const } : {}),
        message: `${how}: every source change repeats it.`,
      };
    }
    for (const build of firstCompilations(subject)) {
      const source = sourceBefore(subject, build);
      if (source === undefined && !hasCacheMount(build)) hidden.push(...hiddenSourceBefore(subject, build));
      if (source === undefined || hasCacheMount(build) || dependenciesCameBefore(subject, build, source)) continue;
      // A build of a dummy, to have the dependencies: the real source is yet to come.
      if (
        lastSources(subject)
          .get(build.stage)
          ?.some((copy) => stands(build.run, copy)) === true
      )
        continue;
      yield {
        at: build.span,
        severity: 'warning',
        message: `This build fetches the dependencies too, and no step before the source does: every source change repeats that. Fetch them first, from the manifest alone: \`${build.manager.fetchedBy}\`.`,
      };
    }
    const [copy] = hidden;
    if (copy !== undefined) {
      yield {
        cannotTell: `Whether the source is copied before the dependencies are installed: what line ${copy.span.start.line} takes has no value here.`,
      };
    }
  },
});

function hasCacheMount({ run }: Install): boolean {
  return run.mounts.some(({ type }) => type === 'cache');
}

/** The installs of what a manifest of the project lists. */
const dependencyInstalls = question((subject): readonly Install[] =>
  installs(subject).filter(
    (one) =>
      one.manager.kind === 'language' &&
      installsFromManifest(one) &&
      !ONLY_PROJECT.some((flag) => one.flags.includes(flag)) &&
      !listsNothing(subject, one.manager),
  ),
);

/** The builds of the project that fetch what is missing. */
const projectCompilations = question((subject): readonly Install[] =>
  compilations(subject).filter(
    (one) =>
      installsFromManifest(one) &&
      !isWithoutModule(subject, one) &&
      ![...ONLY_PROJECT, ...OFFLINE].some((flag) => one.flags.includes(flag)) &&
      !(one.manager.id === 'maven build' && one.flags.includes('-o')) &&
      !listsNothing(subject, one.manager),
  ),
);

/** Go before it knew modules, or outside of one: there is no manifest to install from. */
function isWithoutModule(subject: Subject, { manager, packages, stage }: Install): boolean {
  if (manager.id !== 'go build') return false;
  return packages.some((name) => name?.endsWith('.go') === true) || stagesInGopath(subject).has(stage);
}

const stagesInGopath = question((subject): ReadonlySet<Stage> => {
  const stages = builtStages(subject).filter((stage) => {
    const last = contextCopies(stage).at(-1)?.destination?.value ?? '';
    // The WORKDIRs of the stage itself: its whole state would cost all the stages below it.
    const folders = stage.instructions.flatMap((one) => (one.keyword === 'WORKDIR' ? [one.words[0]?.value ?? ''] : []));
    return folders.some((folder) => /^\/go\/src(?:\/|$)/.test(folder)) || /\/src\/[\w-]+\.\w+\//.test(last);
  });
  return new Set(stages);
});

/** The last COPY of each stage that brings the whole source, or its folder. */
const lastSources = question(
  (subject): ReadonlyMap<Stage, readonly CopyInstruction[]> =>
    new Map(
      builtStages(subject).map((stage) => [
        stage,
        contextCopies(stage)
          .filter(
            (copy) => takesWholeContext(copy) || copy.sources.some(({ value }) => /(?:^|\/)src\/?$/.test(value ?? '')),
          )
          .slice(-1),
      ]),
    ),
);

/** The first of each stage and language, unless an install of the same dependencies stands before it: that is told then. */
const firstCompilations = question((subject): readonly Install[] => {
  const seen = new Map<Stage, Set<Manifests>>();
  return projectCompilations(subject).filter((one) => {
    const { manifests } = one.manager;
    const known = seen.get(one.stage) ?? new Set<Manifests>();
    seen.set(one.stage, known);
    if (known.has(manifests)) return false;
    known.add(manifests);
    return !chainOf(one.stage).some((stage) => {
      const first = firstInstalls(subject).get(stage)?.get(manifests);
      return first !== undefined && first !== one && first.span.start.offset < one.span.start.offset;
    });
  });
});

/** The first COPY that puts source in front of the install, or the install itself when it mounts the source. */
function sourceBefore(subject: Subject, install: Install): CopyInstruction | RunInstruction | undefined {
  const wanted = keyOf(install);
  for (const stage of chainOf(install.stage)) {
    const copy = sourceCopies(subject).get(stage)?.get(wanted);
    if (copy !== undefined && stands(copy, install.run)) return copy;
  }
  return mountsWholeContext(install.run) ? install.run : undefined;
}

/** The first COPY in front of an install that may bring the source, for nobody knows what it takes; none where that changes nothing. */
function hiddenSourceBefore(subject: Subject, install: Install): readonly CopyInstruction[] {
  const copy = chainOf(install.stage)
    .flatMap((stage) => hiddenCopies(subject).get(stage) ?? [])
    .find((one) => stands(one, install.run));
  return copy === undefined || dependenciesCameBefore(subject, install, copy) ? [] : [copy];
}

/** Names of the files that an install reads: those it is told, else those its package manager looks for. */
function manifestsOf({ manager, manifests }: Install): readonly string[] {
  const told = manifests.flatMap((path) => (path === undefined || path.startsWith('.') ? [] : [nameOf(path)]));
  return told.length > 0 ? told : manager.manifests;
}

/** Installs with the same key have the same COPY before them. */
function keyOf(install: Install): string {
  return [install.manager.step, ...manifestsOf(install)].join('\0');
}

/** The first COPY of each stage that brings the source, by the names of the manifests that are installed from. */
const sourceCopies = question((subject): ReadonlyMap<Stage, ReadonlyMap<string, CopyInstruction>> => {
  const wanted = new Map(
    [...dependencyInstalls(subject), ...projectCompilations(subject)].map((one) => [keyOf(one), one] as const),
  );
  return new Map(
    builtStages(subject).map((stage) => {
      const copies = contextCopies(stage);
      // More kinds than these nobody installs from in one file.
      const firsts = [...wanted].slice(0, 8).flatMap(([key, one]) => {
        const named = copies.find((copy) => bringsEverything(subject, copy) || namesSource(subject, copy, one));
        const folder = one.manager.step === 'install' ? firstWithFolder(subject, copies, manifestsOf(one)) : undefined;
        const first = named !== undefined && (folder === undefined || !stands(folder, named)) ? named : folder;
        return first === undefined ? [] : [[key, first] as const];
      });
      return [stage, new Map(firsts)];
    }),
  );
});

/** A COPY that names source: `COPY src ./src`, `COPY package.json server.js ./`; for a build also one that is known to bring some. */
function namesSource(subject: Subject, copy: CopyInstruction, { manager }: Install): boolean {
  const names = copy.sources.flatMap((word) => lastName(word) ?? []);
  if (names.some((name) => name === 'src' || startedFolders(subject).has(name))) return true;
  const files = names.filter((name) => SOURCE.test(name) && !SETTINGS.test(name) && !isManifest(name));
  if (manager.step === 'install') return files.length > 0 && names.some(isManifest);
  return files.length > 0 || filesOf(subject, copy).some(({ path }) => SOURCE.test(path) && !isManifest(path));
}

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

/** The first install or build of each stage, by what its package manager reads. */
const firstInstalls = question((subject): ReadonlyMap<Stage, ReadonlyMap<Manifests, Install>> => {
  const all = new Map<Stage, Map<Manifests, Install>>();
  // `go get` of a name fetches as well.
  const fetches = compilations(subject).filter(({ verb }) => verb === 'get');
  const both = [...new Set([...dependencyInstalls(subject), ...projectCompilations(subject), ...fetches])];
  for (const install of both.toSorted((a, b) => a.span.start.offset - b.span.start.offset)) {
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
