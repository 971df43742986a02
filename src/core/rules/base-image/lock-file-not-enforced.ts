/** Rule: a lock file is there, and the install may go past it. */
import { builtStages, commandsOf, runsOf } from '../questions/ask.ts';
import { replacing } from '../edits.ts';
import { callsFor, isGiven, mayBeSkipped } from '../questions/installs.ts';
import type { Install } from '../questions/installs.ts';
import { isSetFor } from '../questions/leftovers.ts';
import { lockOf, lockReaders } from '../questions/locks.ts';
import { packageManagers } from '../tables/package-managers.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';
import type { Trouble } from '../rule.ts';

export default defineRule({
  id: 'lock-file-not-enforced',
  item: 'reproducible',
  severity: 'warning',
  title: 'The lock file is not enforced',
  why: 'Where manifest and lock file no longer agree, this install quietly chooses versions of its own instead of stopping: the image then holds what nobody has tested, and the next build may hold something else.',
  fix: 'Let the install fail instead: `npm ci`, `yarn install --frozen-lockfile` (Yarn 1) or `--immutable`, `pnpm install --frozen-lockfile`, `uv sync --locked`, `pipenv install --deploy`, `cargo build --locked`, `BUNDLE_DEPLOYMENT=1`.',
  source:
    'npm docs, npm-ci; Yarn docs, install; pnpm docs, install: frozen-lockfile; uv docs, Locking and syncing; Cargo Book, --locked.',
  aliases: ['DF031'],
  examples: {
    bad: 'FROM node:24-slim\nCOPY package.json package-lock.json ./\nRUN npm install\n',
    good: 'FROM node:24-slim\nCOPY package.json package-lock.json ./\nRUN npm ci\n',
  },
  *check(subject) {
    for (const install of lockReaders(subject)) {
      const { id, lock } = install.manager;
      if (lock === undefined || lock.verbs.includes(install.verb) || isGiven(install, lock.flags)) continue;
      if (mayBeSkipped(install) || settled(subject).has(id) || isSetFor(subject, install, lock.variables)) continue;
      const state = lockOf(subject, install);
      if (state.kind !== 'copied') continue;
      yield {
        at: install.span,
        confidence: state.isSure ? 'high' : 'medium',
        message: `${state.path} is there, and this install may go past it; \`${lock.write}\` does not.`,
        ...(state.isSure ? editsFor(install) : {}),
      };
    }
  },
});

/** `npm ci` in place of `npm install`, where the lock file is surely there. */
function editsFor({ manager, command, verb, run }: Install): Pick<Trouble, 'edits'> {
  const word = command.args.find(({ raw }) => raw === verb);
  if (manager.id !== 'npm' || verb === 'add' || word === undefined || run.command.form === 'exec') return {};
  return { edits: [replacing(word.span, 'ci')] };
}

/** The package managers that a command of the build holds to their lock files. */
const settled = question((subject): ReadonlySet<string> => {
  const commands = runsOf(builtStages(subject)).flatMap((run) => [...commandsOf(run)]);
  const all = packageManagers.filter(({ lock }) =>
    lock?.settledBy.some((call) => commands.some((one) => callsFor(one, ...call))),
  );
  return new Set(all.map(({ id }) => id));
});
