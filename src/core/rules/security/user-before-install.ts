/** Rule: a step that needs root, behind a USER that is not root. */
import type { RunInstruction, ShellCommand, Stage } from '../../dockerfile/types.ts';
import { officialName } from '../tables/base-images.ts';
import { builtStages, chainOf, commandsOf, runsOf, variableAt } from '../questions/ask.ts';
import { effectiveWords, installs } from '../questions/installs.ts';
import type { Install } from '../questions/installs.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';
import { absolute, acting, changesRights, overlaps } from '../questions/users.ts';
import type { Acting } from '../questions/users.ts';

export default defineRule({
  id: 'user-before-install',
  item: 'non-root-user',
  severity: 'error',
  title: 'Install that needs root after USER',
  why: 'The build fails with "Permission denied": system packages, global npm packages and folders that belong to root can only be written by root.',
  fix: 'Install first, switch then: move `USER` below the installs, or give the folder to the user before (`RUN chown app /app`).',
  source:
    'Lessons, "Non-root: what breaks, and the order that works". Measured: a folder that WORKDIR made as root stays root\'s, `COPY --chown` into it or not.',
  aliases: [],
  examples: {
    bad: 'FROM debian:bookworm-slim\nRUN useradd app\nUSER app\nRUN apt-get update && apt-get install -y curl\n',
    good: 'FROM debian:bookworm-slim\nRUN useradd app\nRUN apt-get update && apt-get install -y curl\nUSER app\n',
  },
  *check(subject) {
    for (const stage of builtStages(subject)) {
      for (const run of runsOf([stage])) {
        const now = acting(subject).get(run);
        if (now?.by === undefined || now.as !== 'non-root') continue;
        const found = firstThatNeedsRoot(subject, stage, run, now);
        if (found === undefined) continue;
        yield {
          at: found.command.span,
          message: `${found.what}, and USER ${now.name} is not (line ${now.by.span.start.line}).`,
        };
      }
    }
  },
});

function firstThatNeedsRoot(
  subject: Subject,
  stage: Stage,
  run: RunInstruction,
  now: Acting,
): { readonly command: ShellCommand; readonly what: string } | undefined {
  const commands = commandsOf(run);
  // `[ "$(id -u)" = 0 ] || …`: it knows what it does.
  if (commands.some((one) => /(?:^|\/)(?:id|whoami)$/.test(one.name ?? ''))) return undefined;
  const own = installsOf(subject).get(run) ?? [];
  for (const [index, command] of commands.entries()) {
    if (changesRights(command) || commands[index + 1]?.joinedBy === '||') continue;
    if (isSystemInstall(command)) return { command, what: `${effectiveWords(command)[0]} needs root` };
    const install = own.find((one) => one.index === index);
    if (install === undefined || !['npm', 'yarn', 'pnpm'].includes(install.manager.id)) continue;
    if (isGlobalNpm(subject, stage, install))
      return { command, what: 'npm install --global writes to /usr/local, which needs root' };
    const before = commands.slice(0, index);
    if (now.workdir !== undefined && writesIntoRootsFolder(subject, stage, install, now, before))
      return { command, what: `${install.manager.id} writes to ${now.workdir}, which WORKDIR made for root` };
  }
  return undefined;
}

const installsOf = question((subject): ReadonlyMap<RunInstruction, readonly Install[]> =>
  Map.groupBy(installs(subject), (one) => one.run),
);

const SYSTEM: Readonly<Record<string, RegExp>> = {
  'apt-get': /^(?:update|install|upgrade|dist-upgrade|remove|purge|autoremove|build-dep)$/,
  apt: /^(?:update|install|upgrade|full-upgrade|remove|purge|autoremove)$/,
  apk: /^(?:add|update|upgrade|del)$/,
  dnf: /^(?:install|update|upgrade|remove|groupinstall|module)$/,
  microdnf: /^(?:install|update|upgrade|remove|module)$/,
  yum: /^(?:install|update|upgrade|remove|groupinstall)$/,
  tdnf: /^(?:install|update|upgrade|remove)$/,
  zypper: /^(?:install|in|update|up|refresh|remove|rm)$/,
};

function isSystemInstall(command: ShellCommand): boolean {
  const [program = '', ...rest] = effectiveWords(command);
  const verbs = Object.hasOwn(SYSTEM, program) ? SYSTEM[program] : undefined;
  // Another root folder, or no more than a download.
  if (
    verbs === undefined ||
    rest.some(
      (word) =>
        word === undefined ||
        /^(?:-p|--root|--installroot|--initdb|--download-only|-d|--print-uris|-s|--simulate|--help)(?:=|$)/.test(word),
    )
  )
    return false;
  const verb = rest.find((word) => word?.startsWith('-') === false);
  return verb !== undefined && verbs.test(verb);
}

/** On the official image only: elsewhere the prefix may be the user's own. */
function isGlobalNpm(subject: Subject, stage: Stage, { manager, flags, run }: Install): boolean {
  if (manager.id !== 'npm' || !flags.some((one) => one === '-g' || one === '--global')) return false;
  if (!isOfficialNode(stage) || flags.some((one) => /^(?:--prefix|-C)(?:=|$)/.test(one))) return false;
  if (['NPM_CONFIG_PREFIX', 'npm_config_prefix'].some((one) => variableAt(subject, stage, run, one) !== undefined))
    return false;
  return !preparesFolder(subject, stage, '/usr/local/lib/node_modules') && !setsPrefix(subject).has(stage);
}

const setsPrefix = question(
  (subject): ReadonlySet<Stage> =>
    new Set(
      builtStages(subject).filter((stage) =>
        runsOf(chainOf(stage)).some(({ command }) => /\bprefix\b|\.npmrc/.test(command.text)),
      ),
    ),
);

function isOfficialNode(stage: Stage): boolean {
  const base = chainOf(stage)[0]?.base;
  return base?.kind === 'image' && officialName(base.reference) === 'node';
}

function writesIntoRootsFolder(
  subject: Subject,
  stage: Stage,
  { flags, run }: Install,
  { workdir, inRootsFolder }: Acting,
  before: readonly ShellCommand[],
): boolean {
  if (!inRootsFolder || workdir === undefined || !isOfficialNode(stage)) return false;
  if (/^\/(?:tmp|var\/tmp|home|dev|run)(?:\/|$)/.test(workdir) || run.mounts.some(({ type }) => type !== 'secret'))
    return false;
  if (
    flags.some((one) =>
      /^(?:-g|--global|-C|--prefix|--cwd|--dir|--modules-folder|--package-lock-only)(?:=|$)/.test(one),
    )
  )
    return false;
  // `cd web && npm ci`: another folder.
  if (before.some(({ name }) => name === undefined || /^(?:cd|pushd)$/.test(name))) return false;
  return !preparesFolder(subject, stage, workdir);
}

/** Answers per file; one that asks more was made to. */
const MOST_FOLDERS = 20;
const prepared = question((): Map<string, boolean> => new Map());

/** True when some step gives the folder, or one around or in it, to somebody, or may do so. */
function preparesFolder(subject: Subject, stage: Stage, folder: string): boolean {
  const known = prepared(subject);
  const key = `${stage.index} ${folder}`;
  const answer = known.get(key) ?? (known.size >= MOST_FOLDERS || looksPrepared(subject, stage, folder));
  if (known.size < MOST_FOLDERS) known.set(key, answer);
  return answer;
}

function looksPrepared(subject: Subject, stage: Stage, folder: string): boolean {
  return chainOf(stage).some((one) =>
    one.instructions.some((instruction) => {
      const workdir = acting(subject).get(instruction)?.workdir;
      if (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') {
        // Whole folders with their owners, and folders that are made by it.
        const destination = absolute(instruction.destination?.value, workdir);
        if (destination === undefined) return true;
        const mayMake = instruction.from !== undefined || workdir !== folder;
        return mayMake && (instruction.chown ?? instruction.from) !== undefined && overlaps(destination, folder);
      }
      if (instruction.keyword !== 'RUN') return false;
      const commands = commandsOf(instruction);
      return commands.length === 0 || commands.some((command) => mayGive(command, workdir, folder));
    }),
  );
}

function mayGive(command: ShellCommand, workdir: string | undefined, folder: string): boolean {
  const [program, ...rest] = effectiveWords(command);
  if (
    program === undefined ||
    /\.(?:sh|bash|py)$|^(?:find|xargs|eval|setfacl|install|cp|mv|rsync|tar|ln|rm)$/.test(program)
  )
    return true;
  if (/^(?:useradd|adduser)$/.test(program)) return rest.some((word) => word === undefined || word.includes(folder));
  if (!/^(?:chown|chmod|chgrp)$/.test(program)) return false;
  // The first one is the owner or the mode.
  const paths = rest.filter((word) => word?.startsWith('-') !== true).slice(1);
  return paths.some((word) => {
    const path = word === undefined || /[*?$]/.test(word) ? undefined : absolute(word, workdir);
    return path === undefined || overlaps(path, folder);
  });
}
