/** Rule: uv is to build the project, and only its manifest and lock file are there. */
import { filesAt, sourcePath } from '../../context/source-paths.ts';
import type { RunInstruction } from '../../dockerfile/types.ts';
import { chainOf, commandsOf } from '../questions/ask.ts';
import { copiedFiles, filesOf } from '../questions/copied-files.ts';
import { effectiveWords, installs } from '../questions/installs.ts';
import type { Install } from '../questions/installs.ts';
import { isManifest } from '../questions/manifests.ts';
import { isSetFor } from '../questions/leftovers.ts';
import { HEEDS_NO_INSTALL, isUvBefore, isUvPackage } from '../questions/uv-projects.ts';
import { YES } from '../tables/package-managers/types.ts';
import type { Switch } from '../tables/package-managers/types.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';

/** With one of these the project itself is not built. */
const LEAVES_PROJECT_OUT =
  /^--(?:no-install-project|no-install-workspace|no-install-local|no-install-package|only-group|only-dev|package|all-packages|dry-run|check|project|directory)(?:=|$)/;
/** The same as variables; uv reads what they say. */
const LEAVES_PROJECT_OUT_BY_NAME: readonly Switch[] = [
  { name: 'UV_NO_INSTALL_PROJECT', value: YES },
  { name: 'UV_NO_INSTALL_WORKSPACE', value: YES },
  { name: 'UV_NO_INSTALL_LOCAL', value: YES },
];
/** Another project. */
const ANOTHER_PROJECT: readonly Switch[] = [
  { name: 'UV_PROJECT', value: /./ },
  { name: 'UV_WORKING_DIR', value: /./ },
];

export default defineRule({
  id: 'uv-project-without-source',
  item: 'builds-and-starts',
  severity: 'warning',
  title: 'uv builds the project before its source is there',
  why: 'A project with a build system is built and installed by `uv sync`, too. Without its source most build systems stop with an error, and the others install an empty package.',
  fix: 'Install the dependencies alone, and the project after its source: `uv sync --locked --no-install-project`, `COPY . .`, `uv sync --locked`.',
  source: 'uv documentation, Using uv in Docker: Intermediate layers; Lessons, "One production image, six decisions".',
  aliases: [],
  provenBy: 'builds',
  examples: {
    bad: {
      dockerfile:
        'FROM python:3.12-slim\nWORKDIR /app\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --locked --no-dev\nCOPY . .\n',
      files: {
        'pyproject.toml': '[project]\nname = "shop"\n\n[build-system]\nrequires = ["hatchling"]\n',
        'uv.lock': '',
        'shop/main.py': '',
      },
    },
    good: {
      dockerfile:
        'FROM python:3.12-slim\nWORKDIR /app\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --locked --no-dev --no-install-project\nCOPY . .\n',
      files: {
        'pyproject.toml': '[project]\nname = "shop"\n\n[build-system]\nrequires = ["hatchling"]\n',
        'uv.lock': '',
        'shop/main.py': '',
      },
    },
  },
  *check(subject) {
    const seen = new Set<Install['stage']>();
    for (const install of installs(subject)) {
      // The first one of a stage decides: it fails, or the others have what it made.
      if (install.manager.id !== 'uv' || seen.has(install.stage)) continue;
      seen.add(install.stage);
      if (install.given.some(({ name }) => LEAVES_PROJECT_OUT.test(name))) continue;
      // `uv sync $MORE` may say anything.
      if (install.packages.includes(undefined)) continue;
      if (isSetFor(subject, install, ANOTHER_PROJECT)) continue;
      const isLeftOut = isSetFor(subject, install, LEAVES_PROJECT_OUT_BY_NAME);
      const isUnheard = isLeftOut && isUvBefore(subject, install, HEEDS_NO_INSTALL);
      if ((isLeftOut && !isUnheard) || !hasManifestAlone(subject, install)) continue;
      yield {
        at: install.span,
        message: isUnheard
          ? `The variable that leaves the project out is heeded from uv ${HEEDS_NO_INSTALL.join('.')} on, and this uv is older: add --no-install-project.`
          : 'Only the manifest is here, and the project is built from it: add --no-install-project.',
      };
    }
  },
});

/** True when all that is surely there is what says what to install, and the project that it is of is a package. */
function hasManifestAlone(subject: Subject, { stage, run }: Install): boolean {
  const came: string[] = [];
  for (const one of chainOf(stage).flatMap(({ triggers, instructions }) => [...triggers, ...instructions])) {
    if (one === run) break;
    if (one.keyword === 'RUN' && mayMakeFiles(one)) return false;
    if (one.keyword !== 'COPY' && one.keyword !== 'ADD') continue;
    const taken = copiedFiles(subject).get(one);
    if (one.from !== undefined) {
      if (!isForPrograms(one.destination?.value)) return false;
    } else if (one.keyword === 'ADD' && one.sources.every(({ value }) => isUvInstaller(value))) continue;
    else if (taken?.length !== one.sources.length || one.heredocs.length > 0) return false;
    else came.push(...filesOf(subject, one).map(({ path }) => path));
  }
  const mounted = mountedFiles(subject, run);
  if (mounted === undefined) return false;
  came.push(...mounted);
  const content = subject.context.files?.find(({ path }) => path === MANIFEST)?.content;
  return came.includes(MANIFEST) && came.every(isManifest) && content !== undefined && isUvPackage(content);
}

const MANIFEST = 'pyproject.toml';

/** Programs of another image are no source. */
function isForPrograms(path: string | undefined): boolean {
  return /^\/(?:usr\/(?:local\/)?)?bin\//.test(path ?? '');
}

function isUvInstaller(word: string | undefined): boolean {
  return word !== undefined && /^https:\/\/astral\.sh\/uv\/|^\/?uv-install(?:er)?\.sh$/.test(word);
}

/** The files of the context that a RUN mounts one by one; `undefined` when a mount may bring a folder, or what is not known. */
function mountedFiles({ context }: Subject, { mounts }: RunInstruction): readonly string[] | undefined {
  const files: string[] = [];
  for (const { type, options } of mounts) {
    if (type !== 'bind') continue;
    if (options.has('from')) {
      if (!isForPrograms(options.get('target'))) return undefined;
      continue;
    }
    const source = options.get('source');
    const path = source === undefined ? '' : sourcePath(source);
    // A link may lead to a folder.
    if (filesAt(context.sent, path).length !== 1 || context.file(path)?.linkTarget !== undefined) return undefined;
    if (context.file(path) === undefined) return undefined;
    files.push(path);
  }
  return files;
}

const MAKERS = /^(?:git|touch|mkdir|cp|mv|ln|install|curl|wget|tar|unzip|rsync|tee|sed|dd|make|sh|bash|python[\d.]*)$/;

/** True for a step that may put source where the project is. */
function mayMakeFiles(run: RunInstruction): boolean {
  if (run.command.text.includes('>') || run.heredocs.length > 0) return true;
  return commandsOf(run).some((command, index, all) => {
    const [program, ...words] = effectiveWords(command);
    if (program === undefined) return true;
    if (!MAKERS.test(program) || words.some(isUvInstaller)) return false;
    // `curl … | sh`
    const before = index === 0 || words.length > 0 ? undefined : all[index - 1];
    const isPiped = before !== undefined && effectiveWords(before).some(isUvInstaller);
    return !isPiped && !(program.startsWith('python') && words[0] === '-m' && words[1] === 'pip');
  });
}
