/** What uv makes of a project: whether it builds it, and which uv it is. */
import { tomlSettings } from '../../image/toml.ts';
import type { Base, RunInstruction } from '../../dockerfile/types.ts';
import { chainOf } from './ask.ts';
import { installs } from './installs.ts';
import type { Install } from './installs.ts';
import type { Subject } from '../rule.ts';

/**
 * True for a project that `uv sync` builds and installs beside its dependencies: `tool.uv.package` decides, else whether there is
 * a build system. Source: uv documentation, "Projects: Packaging".
 *
 * @param manifest  the text of pyproject.toml
 */
export function isUvPackage(manifest: string): boolean {
  let isProject = false;
  let isBuilt = false;
  let told: string | undefined;
  for (const { name, word } of tomlSettings(manifest)) {
    if (name === 'project' || name.startsWith('project.')) isProject = true;
    else if (name === 'build-system' || name.startsWith('build-system.')) isBuilt = true;
    else if (name === 'tool.uv.package') told = word;
  }
  // Without a project there is nothing to install: the root of a workspace.
  return isProject && (told === undefined ? isBuilt : told === 'true');
}

/** The first uv that heeds `UV_NO_INSTALL_PROJECT`, `UV_NO_INSTALL_WORKSPACE` and `UV_NO_INSTALL_LOCAL`. Source: uv's changelog. */
export const HEEDS_NO_INSTALL = [0, 11, 20] as const;

/** True when every uv that the stage of an install is known to get is older than a release; false when none is known. */
export function isUvBefore(subject: Subject, install: Install, release: readonly number[]): boolean {
  const versions = [...uvVersions(subject, install)];
  return versions.length > 0 && versions.every((one) => isBefore(one, release));
}

function* uvVersions(subject: Subject, { stage, run }: Install): Generator<string | undefined> {
  const chain = chainOf(stage);
  for (const { base, instructions } of chain) {
    yield* versionIn(base);
    for (const one of instructions) {
      if (one === run) break;
      if (one.keyword === 'COPY') yield* versionIn(one.source);
    }
  }
  yield* mountedVersions(run);
  for (const { manager, packages, stage: where } of installs(subject)) {
    if (!chain.includes(where) || manager.id !== 'pip') continue;
    for (const name of packages) {
      if (name !== undefined && /^uv(?![\w.-])/.test(name)) yield /^uv==([\d.]+)$/.exec(name)?.[1];
    }
  }
}

function* mountedVersions({ mounts }: RunInstruction): Generator<string | undefined> {
  for (const { source } of mounts) yield* versionIn(source);
}

/** The version in the tag of uv's own image; `undefined` for a tag that moves. */
function* versionIn(base: Base | undefined): Generator<string | undefined> {
  let from = base;
  while (from?.kind === 'stage') from = from.stage.base;
  if (from?.kind !== 'image' || !/^(?:astral-sh|astral)\/uv$/.test(from.reference.repository)) return;
  yield /^(\d+\.\d+(?:\.\d+)?)(?:-|$)/.exec(from.reference.tag ?? '')?.[1];
}

/** `0.11` stands for its newest release. */
function isBefore(version: string | undefined, release: readonly number[]): boolean {
  const parts = version?.split('.').map(Number) ?? [];
  const at = parts.findIndex((part, index) => part !== release[index]);
  return at !== -1 && (parts[at] ?? 0) < (release[at] ?? 0);
}
