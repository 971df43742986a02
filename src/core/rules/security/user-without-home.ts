/** Rule: a tool that writes to the home of its user, run by a user that has none. */
import { accountsIn, hasHome } from '../questions/accounts.ts';
import { chainOf, variableAt } from '../questions/ask.ts';
import { officialName } from '../tables/base-images.ts';
import { installs } from '../questions/installs.ts';
import type { Install } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';
import { acting, changesRights } from '../questions/users.ts';

export default defineRule({
  id: 'user-without-home',
  item: 'non-root-user',
  severity: 'error',
  title: 'Install by a user without a home',
  why: "npm and uv keep their cache, and pip what it installs for a user, in the home folder. Where there is none they fail: `EACCES: permission denied, mkdir '/.npm'`.",
  fix: 'Install before `USER`, or give the user a home: `RUN useradd --create-home --uid 1001 app`.',
  source:
    'Measured: npm 11 as a number without an account fails with EACCES on /.npm; useradd of Debian makes no home without --create-home.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nRUN useradd app\nUSER app\nRUN pip install --no-cache-dir flask==3.1.0\n',
    good: 'FROM python:3.12-slim\nRUN useradd --create-home app\nUSER app\nRUN pip install --no-cache-dir flask==3.1.0\n',
  },
  *check(subject) {
    let last: unknown;
    for (const install of installs(subject)) {
      if (install.run === last || changesRights(install.command) || !needsHome(subject, install)) continue;
      const now = acting(subject).get(install.run);
      if (now?.as !== 'non-root' || now.by === undefined || now.name === undefined) continue;
      if (hasHome(subject, install.stage, now.name) !== 'no') continue;
      last = install.run;
      const isNumber = accountsIn(subject, install.stage).length === 0;
      yield {
        at: install.span,
        message: `${install.manager.id} writes to the home of its user, and ${now.name} has ${isNumber ? 'no account, so its home is /' : 'none'}.`,
      };
    }
  },
});

function needsHome(subject: Subject, install: Install): boolean {
  const { manager, options, flags, stage, run, command } = install;
  const isSet = (...names: readonly string[]): boolean =>
    names.some((name) => command.assignments.has(name) || variableAt(subject, stage, run, name) !== undefined);
  // A shell variable of the same command is not followed.
  if (isSet('HOME', 'XDG_CACHE_HOME') || /\bHOME=/.test(run.command.text)) return false;
  if (run.mounts.some(({ type }) => type === 'cache' || type === 'tmpfs')) return false;
  const { cache } = manager;
  if (cache === undefined) return false;
  const isMoved =
    isSet(...cache.movedBy.variables) ||
    cache.movedBy.options.some((name) => options.has(name) || flags.some((one) => one.startsWith(`${name}=`)));
  if (manager.id === 'npm') return !isMoved && !setsCache(run.command.text);
  if (manager.id === 'uv' || manager.id === 'uv pip')
    return !isMoved && !isSet('UV_NO_CACHE') && !cache.flags.some((flag) => flags.includes(flag));
  return manager.id === 'pip' && installsForUser(install, isSet);
}

function setsCache(text: string): boolean {
  return /npm config set|\.npmrc/.test(text);
}

/** pip installs for the user only where it may not write to the folder of all: on the official image, without an environment. */
function installsForUser(
  { stage, flags, command, run }: Install,
  isSet: (...names: readonly string[]) => boolean,
): boolean {
  const chain = chainOf(stage);
  const base = chain[0]?.base;
  if (base?.kind !== 'image' || officialName(base.reference) !== 'python') return false;
  if (command.name?.includes('/') === true || /activate|venv|conda/.test(run.command.text)) return false;
  if (isSet('PATH', 'VIRTUAL_ENV', 'PIP_TARGET', 'PIP_PREFIX', 'PYTHONUSERBASE')) return false;
  return !flags.some((one) => /^(?:-t|--target|--prefix|--root|--dry-run)(?:=|$)/.test(one));
}
