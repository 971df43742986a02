/** Rule: uv is to build the project, and only its manifest and lock file are there. */
import { chainOf } from '../questions/ask.ts';
import { copiedFiles, filesOf } from '../questions/copied-files.ts';
import { installs } from '../questions/installs.ts';
import type { Install } from '../questions/installs.ts';
import { isManifest } from '../questions/manifests.ts';
import { isSetFor } from '../questions/leftovers.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';

/** With one of these the project itself is not built. */
const LEAVES_PROJECT_OUT =
  /^--(?:no-install-project|no-install-workspace|no-install-local|no-install-package|only-group|only-dev|package|all-packages|dry-run|check|project|directory)(?:=|$)/;
/** uv builds what names a build system, unless told that it is no package. */
const IS_PACKAGE = /^\[build-system\]/m;
/** In a table, an inline table or a dotted key. */
const IS_NO_PACKAGE = /^[^#\n]*\bpackage["']? *= *false\b/m;
/** The same as variables, or another project. */
const LEAVES_PROJECT_OUT_BY_NAME = [
  'UV_NO_INSTALL_PROJECT',
  'UV_NO_INSTALL_WORKSPACE',
  'UV_NO_INSTALL_LOCAL',
  'UV_PROJECT',
  'UV_WORKING_DIR',
].map((name) => ({ name }));

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
      if (isSetFor(subject, install, LEAVES_PROJECT_OUT_BY_NAME)) continue;
      if (!hasManifestAlone(subject, install)) continue;
      yield {
        at: install.span,
        message: 'Only the manifest is here, and the project is built from it: add --no-install-project.',
      };
    }
  },
});

/** True when all that is surely there is what says what to install, and the project that it is of is a package. */
function hasManifestAlone(subject: Subject, { stage, run }: Install): boolean {
  // A mount may bring the source, or the manifest: what it brings is not followed.
  if (run.mounts.some(({ type }) => type === 'bind')) return false;
  const came: string[] = [];
  for (const one of chainOf(stage).flatMap(({ triggers, instructions }) => [...triggers, ...instructions])) {
    if (one === run) break;
    if (one.keyword === 'RUN' && /\b(?:git|touch|mkdir|cp|mv|curl|wget|tar)\b|>/.test(one.command.text)) return false;
    if (one.keyword !== 'COPY' && one.keyword !== 'ADD') continue;
    const taken = copiedFiles(subject).get(one);
    if (one.from !== undefined) {
      // Programs of another image are no source.
      if (!/^\/(?:usr\/(?:local\/)?)?bin\//.test(one.destination?.value ?? '')) return false;
    } else if (taken?.length !== one.sources.length || one.heredocs.length > 0) return false;
    else came.push(...filesOf(subject, one).map(({ path }) => path));
  }
  const manifests = came.filter((path) => path === 'pyproject.toml');
  const content = subject.context.files?.find(({ path }) => path === 'pyproject.toml')?.content;
  if (manifests.length === 0 || content === undefined || !came.every(isManifest)) return false;
  return IS_PACKAGE.test(content) && !IS_NO_PACKAGE.test(content);
}
