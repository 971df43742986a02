/** The folders beside the project that installs fill, in the stages that ship: `node_modules`, `.venv`, `vendor`. */
import type { RunInstruction } from '../../dockerfile/types.ts';
import { commandsOf, shippedStages } from './ask.ts';
import { installs, installsFromManifest, mayBeSkipped } from './installs.ts';
import type { Install } from './installs.ts';
import { deletesNamed, variableSeenBy } from './leftovers.ts';
import { listsNothing } from './manifests.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';
import { absolute, acting } from './users.ts';

/** One folder that an install filled, and left to the layers. */
export interface InstalledFolder {
  /** Absolute, in the image. */
  readonly path: string;
  readonly run: RunInstruction;
  /** `npm ci` */
  readonly call: string;
  /** Who the files belong to, as far as it is known. */
  readonly as: 'root' | 'non-root' | 'unknown';
}

const FOLDERS: ReadonlyMap<string, string> = new Map([
  ...['npm', 'yarn', 'pnpm', 'bun'].map((id) => [id, 'node_modules'] as const),
  ['uv', '.venv'],
  ['composer', 'vendor'],
]);
/** With one of these the folder is another one. */
const ELSEWHERE =
  /^(?:-g|--global|--location|--prefix|-C|--cwd|--dir|--modules-folder|--working-dir|-d|--active|--directory|--project)(?:=|$)/;
const ELSEWHERE_BY_NAME = ['UV_PROJECT_ENVIRONMENT', 'UV_PROJECT', 'UV_WORKING_DIR', 'COMPOSER_VENDOR_DIR'];
/** More nobody wrote by hand. */
const MOST = 50;

/** The folders of all installs that list something, in file order; those that a later step empties are left out. */
export const installedFolders = question((subject): readonly InstalledFolder[] => {
  const shipped = new Set(shippedStages(subject));
  const cleanings = new Map<string, number>();
  for (const run of shippedStages(subject).flatMap(({ instructions }) => instructions)) {
    if (run.keyword !== 'RUN') continue;
    for (const command of commandsOf(run)) {
      for (const name of new Set(FOLDERS.values())) {
        if (deletesNamed(command, name)) cleanings.set(name, command.span.start.offset);
      }
    }
  }
  return installs(subject)
    .filter(({ stage, manager }) => shipped.has(stage) && FOLDERS.has(manager.id))
    .slice(0, MOST)
    .flatMap((install) => {
      const name = FOLDERS.get(install.manager.id) ?? '';
      return (cleanings.get(name) ?? -1) > install.span.start.offset ? [] : folderOf(subject, install, name);
    });
});

function folderOf(subject: Subject, install: Install, name: string): readonly InstalledFolder[] {
  const { manager, given, run, verb } = install;
  const who = acting(subject).get(run);
  const isElsewhere =
    given.some((one) => ELSEWHERE.test(one.name)) ||
    ELSEWHERE_BY_NAME.some((one) => variableSeenBy(subject, install, one) !== undefined) ||
    commandsOf(run).some((command) => command.name === 'cd' || command.name === 'pushd' || command.name === 'mv') ||
    run.mounts.some(({ type }) => type === 'bind' || type === 'tmpfs');
  if (isElsewhere || mayBeSkipped(install) || !installsFromManifest(install) || listsNothing(subject, manager))
    return [];
  const path = absolute(name, who?.workdir);
  return path === undefined
    ? []
    : [{ path, run, call: `${manager.id} ${verb || 'install'}`, as: who?.as ?? 'unknown' }];
}
