/** Rule: the dependencies are installed after the source was copied, so that every source change installs them again. */
import type { CopyInstruction, Instruction, RunInstruction } from '../../dockerfile/types.ts';
import { chainOf, contextCopies, isWholeContext, takesWholeContext } from '../ask.ts';
import { copiedFiles, filesOf } from '../copied-files.ts';
import { installs, installsFromManifest } from '../installs.ts';
import type { Install } from '../installs.ts';
import { isManifest } from '../package-managers.ts';
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
    for (const install of installs(subject)) {
      if (install.manager.kind !== 'language' || !installsFromManifest(install)) continue;
      if (ONLY_PROJECT.some((flag) => install.flags.includes(flag))) continue;
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

/** The first COPY that puts source in front of the install, or the install itself when it mounts the source. */
function sourceBefore(subject: Subject, install: Install): CopyInstruction | RunInstruction | undefined {
  const copy = chainOf(install.stage)
    .flatMap(contextCopies)
    .find((one) => stands(one, install.run) && bringsSource(subject, one, install));
  return copy ?? (mountsWholeContext(install.run) ? install.run : undefined);
}

function bringsSource(subject: Subject, copy: CopyInstruction, install: Install): boolean {
  if (takesWholeContext(copy)) {
    // What the ignore file leaves may be the manifests alone.
    const files = filesOf(subject, copy);
    return files.length === 0 || files.some(({ path }) => !isManifest(path));
  }
  // A folder with the manifest and the source in it.
  return (copiedFiles(subject).get(copy) ?? []).some(
    ({ files }) =>
      files.some(({ path }) => isManifest(path, install.manager)) &&
      files.some(({ path }) => SOURCE.test(path) && !isManifest(path)),
  );
}

function mountsWholeContext({ mounts }: RunInstruction): boolean {
  return mounts.some(
    ({ type, options }) =>
      type === 'bind' && !options.has('from') && isWholeContext(options.get('source') ?? (options.has('source') ? '?' : '/')),
  );
}

/** The dependencies are there already, installed here or taken from a stage that did; what is installed now is the project itself. */
function dependenciesCameBefore(subject: Subject, install: Install, source: Instruction): boolean {
  const chain = chainOf(install.stage);
  const stages = new Set([
    ...chain,
    ...chain.flatMap((stage) => stage.instructions).flatMap((one) => (stands(one, source) ? stageTakenBy(one) : [])),
  ]);
  return installs(subject).some(
    (other) =>
      other !== install &&
      stages.has(other.stage) &&
      other.manager.manifests === install.manager.manifests &&
      installsFromManifest(other) &&
      stands(other.run, source),
  );
}

function stageTakenBy(one: Instruction): readonly Install['stage'][] {
  return (one.keyword === 'COPY' || one.keyword === 'ADD') && one.source?.kind === 'stage' ? [one.source.stage] : [];
}

function stands(one: Instruction, before: Instruction): boolean {
  return one.span.start.offset < before.span.start.offset;
}
