/**
 * One table of package managers: how each is called, what it installs from, what it leaves behind and what excuses it.
 * Rules ask installs.ts, which reads RUN with this table; a new package manager is one more row in one of its parts.
 * Source: the manuals of the package managers, and the images they are used in.
 */
import { compiledManagers } from './package-managers/compiled.ts';
import { nodeManagers } from './package-managers/node.ts';
import { pythonManagers } from './package-managers/python.ts';
import { scriptingManagers } from './package-managers/scripting.ts';
import { systemManagers } from './package-managers/system.ts';
import type { PackageManager } from './package-managers/types.ts';

/** Every package manager that is known; where two share a call, the first one whose verb fits is meant. */
export const packageManagers: readonly PackageManager[] = [
  ...systemManagers,
  ...pythonManagers,
  ...nodeManagers,
  ...scriptingManagers,
  ...compiledManagers,
];
