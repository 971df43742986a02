/** Rule: USER names an account that nothing creates and that the base image does not have. */
import type { Stage } from '../../dockerfile/types.ts';
import { accountsIn, createsAccountsSomehow, usersOf } from '../questions/accounts.ts';
import { chainOf, commandsOf, finalStage, runsOf, userName } from '../questions/ask.ts';
import { effectiveWords, installs } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';

export default defineRule({
  id: 'user-not-created',
  item: 'non-root-user',
  severity: 'error',
  title: 'USER names an account that does not exist',
  why: 'The image builds, and no container of it starts: `unable to find user app: no matching entries in passwd file`.',
  fix: 'Create it before: `RUN useradd --uid 1001 --no-create-home app`, or write a number, which needs no account: `USER 1001`. A stage on scratch can take `/etc/passwd` from another one.',
  source: 'Measured with docker run. Accounts of the official images: their /etc/passwd.',
  aliases: ['tally/named-identity-in-passwdless-stage'],
  examples: {
    bad: 'FROM python:3.12-slim\nUSER app\nCMD ["python", "app.py"]\n',
    good: 'FROM python:3.12-slim\nRUN useradd --uid 1001 app\nUSER app\nCMD ["python", "app.py"]\n',
  },
  provenBy: 'processes-not-root',
  *check(subject) {
    const stage = finalStage(subject);
    const user = stage?.state.user;
    const name = user === undefined ? undefined : userName(user);
    if (stage === undefined || user === undefined || name === undefined || /^\d*$|\\/.test(name)) return;
    const base = chainOf(stage)[0]?.base;
    const brought = base?.kind === 'scratch' ? [] : base?.kind === 'image' ? usersOf(base.reference) : undefined;
    if (brought === undefined || brought.includes(name) || /administrator|containeruser/i.test(name)) return;
    const sureness = howSure(subject, stage, name);
    if (sureness === 'not') return;
    const image = base?.kind === 'image' ? base.reference.name : 'scratch';
    yield {
      at: user.span,
      ...(sureness === 'quite' ? { severity: 'warning' as const, confidence: 'medium' as const } : {}),
      message:
        sureness === 'quite'
          ? `No step creates the user ${name}, and ${image} does not bring it; unless a package that is installed does, no container starts.`
          : `No step creates the user ${name}, and ${image} does not bring it: no container starts.`,
    };
  },
});

/** Commands that speak of an account and create none. */
const SPEAKERS = new Set([
  'chown',
  'chgrp',
  'chmod',
  'mkdir',
  'install',
  'su',
  'gosu',
  'su-exec',
  'sudo',
  'setfacl',
  'id',
]);

/** `quite`: packages are installed, and many of them create an account. */
function howSure(subject: Subject, last: Stage, name: string): 'sure' | 'quite' | 'not' {
  const chain = chainOf(last);
  if (accountsIn(subject, last).some((one) => one.isPartlyUnknown || one.words.includes(name))) return 'not';
  if (createsAccountsSomehow(chain)) return 'not';
  const form = new RegExp(`(?<![\\w./-])${name.replace(/[^\w-]/g, String.raw`\$&`)}(?![\\w./-])`);
  const { text } = subject.dockerfile;
  const isSpokenOf = runsOf(chain).some((run) =>
    commandsOf(run).some(
      (command) =>
        !SPEAKERS.has(effectiveWords(command)[0] ?? '') &&
        form.test(text.slice(command.span.start.offset, command.span.end.offset)),
    ),
  );
  if (isSpokenOf) return 'not';
  const own = new Set(chain);
  const system = installs(subject).filter(({ manager, stage }) => manager.kind === 'system' && own.has(stage));
  const packages = system.flatMap((one) => one.packages);
  if (packages.some((one) => one === undefined || isAkin(one, name))) return 'not';
  return system.length === 0 ? 'sure' : 'quite';
}

/** A package that may create the account: `postgresql-16` and postgres, `mariadb-server` and mysql. */
function isAkin(one: string, name: string): boolean {
  const [first = one] = one.split(/[-\d.=:_]/, 1);
  if (one.includes(name) || (first.length > 2 && name.includes(first))) return true;
  return /^(?:mysql|maria)/.test(one) && name === 'mysql';
}
