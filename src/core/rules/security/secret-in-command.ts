/** Rule: a credential written out in a command of RUN, CMD, ENTRYPOINT or HEALTHCHECK. */
import { shellCommands } from '../../dockerfile/shell/shell.ts';
import type { Command, Instruction } from '../../dockerfile/types.ts';
import { credentialsIn } from '../questions/credentials.ts';
import type { Credential } from '../questions/credentials.ts';
import { leaksByPath } from '../questions/leaks.ts';
import { defineRule } from '../rule.ts';
import { isHarmlessValue, isMachineMade, isPlaceholder, secretValues } from '../tables/secrets.ts';

export default defineRule({
  id: 'secret-in-command',
  item: 'no-secrets',
  severity: 'error',
  title: 'Credential written out in a command',
  why: 'The line is in version control and in the history of the image; in CMD and HEALTHCHECK it is in the configuration too, and in the process list of every container. A password of an account that is set here is the same in every container.',
  fix: 'Let the build read it: `RUN --mount=type=secret,id=token curl -H "Authorization: Bearer $(cat /run/secrets/token)" …`. At run time take it from the environment or a file. An account in a container needs no password.',
  source: 'Lessons, "Secrets"; the manuals of the programs for the options that take one.',
  aliases: ['CKV2_DOCKER_17'],
  examples: {
    bad: 'FROM debian:bookworm-slim\nRUN curl -fsSu deploy:h7Gt2xQz https://files.example.com/app.tgz | tar xz\n',
    good: 'FROM debian:bookworm-slim\nRUN --mount=type=secret,id=netrc,target=/root/.netrc curl -fsSn https://files.example.com/app.tgz | tar xz\n',
  },
  *check(subject) {
    const leaks = leaksByPath(subject).get(subject.path) ?? [];
    for (const instruction of subject.dockerfile.instructions) {
      const command = commandOf(instruction);
      if (command === undefined) continue;
      for (const one of credentialsIn(shellCommands(command))) {
        const severity = judge(one);
        if (severity === undefined) continue;
        // secret-value tells of what shows by its form.
        if (leaks.some(({ start, end }) => start < one.at.end.offset && end > one.at.start.offset)) continue;
        yield {
          at: one.at,
          severity,
          identity: `${instruction.keyword} ${one.what}`,
          ...(severity === 'warning' ? { confidence: 'medium' as const } : {}),
          message: `Written out here: ${one.what} (***).`,
        };
      }
    }
  },
});

function commandOf(instruction: Instruction): Command | undefined {
  switch (instruction.keyword) {
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
    case 'HEALTHCHECK':
      return instruction.command;
    default:
      return undefined;
  }
}

function judge({ text, kind, isName }: Credential): 'error' | 'warning' | undefined {
  if (text === undefined || /EXAMPLE/i.test(text) || secretValues(text).length > 0) return undefined;
  if (kind === 'account')
    return text === '' || text === '*' || text === '!'
      ? undefined
      : isName === true || isPlaceholder(text)
        ? 'warning'
        : 'error';
  if (text.length < 3 || isHarmlessValue(text) || isPlaceholder(text)) return undefined;
  // Variables of a single command are mostly stand-ins that a framework wants to see while it builds.
  if (kind === 'variable') return isMachineMade(text) ? 'error' : undefined;
  return 'error';
}
