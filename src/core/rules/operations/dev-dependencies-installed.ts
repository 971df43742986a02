/** Rule: what only development needs is installed into the image that ships. */
import type { ShellCommand } from '../../dockerfile/types.ts';
import { commandsOf, contextCopies, isShipped, runsOf, shippedStages } from '../questions/ask.ts';
import { filesOf } from '../questions/copied-files.ts';
import { callsFor, installs, installsFromManifest, isGiven, mayBeSkipped } from '../questions/installs.ts';
import type { Install } from '../questions/installs.ts';
import { deletesNamed, isSetFor } from '../questions/leftovers.ts';
import { isDevelopmentRequirements } from '../tables/development-files.ts';
import type { DevelopmentSwitch } from '../tables/package-managers/types.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';

const DEV_EXTRA = /^(?:\.|\/).*\[[^\]]*\b(?:dev|develop|development|tests?|testing|lint)\b[^\]]*\]$/i;

export default defineRule({
  id: 'dev-dependencies-installed',
  item: 'no-dev-dependencies',
  severity: 'warning',
  title: 'Development dependencies in the final image',
  why: 'Test runners, linters and build tools of the project are in the image that serves: larger to pull, slower to start, and every one of them is code that an attacker can reach and a scanner reports.',
  fix: 'Leave them out where the image is made: `npm ci --omit=dev`, `uv sync --locked --no-dev`, `poetry install --only main`, `composer install --no-dev`, `BUNDLE_WITHOUT="development:test"`. Where a build needs them, build in an earlier stage and copy the result.',
  source:
    'Lessons, "One production image", 6: development packages are absent; npm docs, npm-ci, omit; uv docs, no-dev.',
  aliases: [],
  examples: {
    bad: 'FROM node:24-slim\nCOPY package*.json ./\nRUN npm ci\nCMD ["node", "server.js"]\n',
    good: 'FROM node:24-slim\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCMD ["node", "server.js"]\n',
  },
  *check(subject) {
    for (const install of installs(subject)) {
      const { development } = install.manager;
      if (development === undefined || !isShipped(subject, install.stage) || mayBeSkipped(install)) continue;
      if (!installsFromManifest(install) || isGiven(install, [{ name: '-g' }, { name: '--global' }])) continue;
      const named = namedForDevelopment(install);
      const asked =
        named !== undefined ||
        isSetFor(subject, install, development.askedFor.variables) ||
        isGiven(install, development.askedFor.flags);
      if (!asked && (!development.comeByDefault || isSetFor(subject, install, development.leftOutBy.variables)))
        continue;
      if (!asked && isGiven(install, development.leftOutBy.flags)) continue;
      const has = asked || hasSome(subject, development);
      if (has === false || isSettled(subject, install)) continue;
      yield {
        at: install.span,
        confidence: has === undefined ? 'medium' : 'high',
        message: messageFor(subject, install, development, named),
      };
    }
  },
});

function messageFor(
  subject: Subject,
  install: Install,
  { write }: DevelopmentSwitch,
  named: string | undefined,
): string {
  if (named !== undefined) return `${named} is what development needs, and the image keeps it.`;
  const build = buildAfter(subject, install);
  return build === undefined
    ? `This installs the development dependencies into the image; \`${write}\` leaves them out.`
    : `The development dependencies that ${build} needs stay in the image: build in an earlier stage and copy the result, or take them away afterwards.`;
}

/** The file or extra that says what it is for. */
function namedForDevelopment({ manifests, packages }: Install): string | undefined {
  const file = manifests.find(
    (path) => path !== undefined && (isDevelopmentRequirements(path) || DEV_EXTRA.test(path)),
  );
  return file ?? packages.find((name) => name !== undefined && DEV_EXTRA.test(name));
}

/** Whether the manifests that ship list any; `undefined` when that cannot be known. */
function hasSome(subject: Subject, { listedIn }: DevelopmentSwitch): boolean | undefined {
  const found = Object.entries(listedIn).flatMap(([name, form]) =>
    (shippedManifests(subject).get(name) ?? []).map((content) => ({ content, form })),
  );
  // Groups of poetry that say so come only when asked for.
  if (found.some(({ content = '', form }) => form.test(content) && !/^optional *= *true/m.test(content))) return true;
  return found.length > 0 && found.every(({ content }) => content !== undefined && content.trim() !== '')
    ? false
    : undefined;
}

/** What is in the files that a COPY of the shipped stages takes, by name; only the names that can be manifests. */
const shippedManifests = question((subject): ReadonlyMap<string, readonly (string | undefined)[]> => {
  const names = new Set(installs(subject).flatMap(({ manager }) => Object.keys(manager.development?.listedIn ?? {})));
  const all = new Map<string, (string | undefined)[]>();
  const files = new Set(
    shippedStages(subject).flatMap((stage) => contextCopies(stage).flatMap((one) => filesOf(subject, one))),
  );
  for (const { path, content } of files) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (!names.has(name) || /(?:^|\/)node_modules\//.test(path)) continue;
    all.set(name, [...(all.get(name) ?? []), content]);
  }
  return all;
});

/** Every command of the shipped stages, in order. */
const shippedCommands = question((subject): readonly ShellCommand[] =>
  runsOf(shippedStages(subject)).flatMap((run) => [...commandsOf(run)]),
);

/** Offsets: of the first command that says that they shall not come, and of the last one that takes them away. */
interface Settling {
  toldAt: number;
  removedAt: number;
}

const settlings = question((subject): ReadonlyMap<string, Settling> => {
  const all = new Map<string, Settling>();
  const kinds = new Map(installs(subject).map(({ manager }) => [manager.id, manager] as const));
  for (const { id, development } of kinds.values()) {
    const calls = development?.settledBy ?? [];
    const settings = calls.filter(isSetting);
    const removals = calls.filter((call) => !isSetting(call));
    const told = shippedCommands(subject).find((one) => settings.some((call) => callsFor(one, ...call)));
    const removed = shippedCommands(subject).findLast(
      (one) => removals.some((call) => callsFor(one, ...call)) || deletesNamed(one, 'node_modules'),
    );
    all.set(id, {
      toldAt: told?.span.start.offset ?? Number.POSITIVE_INFINITY,
      removedAt: removed?.span.start.offset ?? -1,
    });
  }
  for (const install of installs(subject)) {
    const { development, manifests } = install.manager;
    if (development === undefined || !isShipped(subject, install.stage)) continue;
    if (!isGiven(install, development.leftOutBy.flags) || isGiven(install, development.askedFor.flags)) continue;
    for (const { id, manifests: same } of kinds.values()) {
      const settling = same === manifests ? all.get(id) : undefined;
      if (settling !== undefined) settling.removedAt = Math.max(settling.removedAt, install.span.start.offset);
    }
  }
  return all;
});

/** `npm config set omit dev`, `bundle config set without development` */
function isSetting(call: readonly (string | RegExp)[]): boolean {
  return call.includes('config') || call.includes('set');
}

function isSettled(subject: Subject, install: Install): boolean {
  const settling = settlings(subject).get(install.manager.id);
  const at = install.span.start.offset;
  return (settling !== undefined && (settling.toldAt < at || settling.removedAt > at)) || deletesItsFolder(install);
}

/** `cd /tmp/build && npm ci && … && rm -rf /tmp/build`: nothing of it stays. */
function deletesItsFolder({ run }: Install): boolean {
  const commands = commandsOf(run);
  const folder = commands.find((one) => one.name === 'cd')?.args[0]?.value;
  const name = folder?.slice(folder.lastIndexOf('/') + 1);
  return name !== undefined && name !== '' && commands.some((one) => deletesNamed(one, name));
}

const builds = question((subject): readonly ShellCommand[] =>
  shippedCommands(subject).filter(
    (one) =>
      callsFor(one, /^(?:npm|pnpm|yarn|bun)$/, /^run(?:-script)?$/, /^build/) ||
      callsFor(one, /^(?:pnpm|yarn)$/, /^build/) ||
      callsFor(one, /^(?:npx|bunx|yarn|pnpm)$/, /^(?:vite|next|nuxt|tsc|webpack|ng|nest|react-scripts|parcel|rollup)$/),
  ),
);

function buildAfter(subject: Subject, install: Install): string | undefined {
  if (install.manager.development?.listedIn['package.json'] === undefined) return undefined;
  const build = builds(subject).at(-1);
  if (build === undefined || build.span.start.offset < install.span.start.offset) return undefined;
  return `\`${[build.name, ...build.args.map(({ raw }) => raw)].slice(0, 4).join(' ')}\``;
}
