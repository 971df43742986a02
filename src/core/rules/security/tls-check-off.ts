/** Rule: certificates are not checked. */
import type { ShellCommand } from '../../dockerfile/types.ts';
import { builtStages, commandsOf, isShipped } from '../questions/ask.ts';
import { effectiveWords } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';
import { isSwitchedOffBy, settingsOff, switchOff } from '../questions/trust-switches.ts';

export default defineRule({
  id: 'tls-check-off',
  item: 'hardened',
  severity: 'warning',
  title: 'Certificates are not checked',
  why: 'Whoever sits between the builder and the server can hand over anything, and it becomes part of the image. Set by ENV it holds at run time too: every connection of the application can be read and changed.',
  fix: 'Install `ca-certificates`, add the certificate of an authority of your own (`COPY ca.crt /usr/local/share/ca-certificates/`, `update-ca-certificates`), and leave the switch out.',
  source: 'The manuals of curl, wget, git, pip, npm and Node.js for these switches.',
  aliases: [
    ...['CKV2_DOCKER_2', 'CKV2_DOCKER_3', 'CKV2_DOCKER_4', 'CKV2_DOCKER_5', 'CKV2_DOCKER_6'],
    ...['CKV2_DOCKER_12', 'CKV2_DOCKER_13', 'CKV2_DOCKER_14', 'CKV2_DOCKER_15', 'CKV2_DOCKER_16'],
  ],
  examples: {
    bad: 'FROM debian:bookworm-slim\nRUN curl -fsSLk https://example.com/tool -o /usr/local/bin/tool\n',
    good: 'FROM debian:bookworm-slim\nRUN curl -fsSL https://example.com/tool -o /usr/local/bin/tool\n',
  },
  *check(subject) {
    for (const stage of builtStages(subject)) {
      for (const one of stage.instructions) {
        if (one.keyword === 'ENV' || one.keyword === 'ARG') {
          for (const { key, value, span } of one.pairs) {
            if (key.value === undefined || !isSwitchedOffBy(key.value, value?.value)) continue;
            const lasts = one.keyword === 'ENV' && isShipped(subject, stage);
            yield {
              at: span,
              message: `${key.value} switches the check of certificates off${lasts ? ', at run time too' : ' for what follows'}.`,
            };
          }
        }
        for (const { at, says } of settingsOff(one, 'tls'))
          yield { at, message: `${says} switches the check of certificates off.` };
        if (one.keyword !== 'RUN') continue;
        const commands = commandsOf(one);
        for (const command of commands) {
          const variable = [...command.assignments, ...exported(command)].find(([name, value]) =>
            isSwitchedOffBy(name, value),
          );
          const word = variable?.[0] ?? switchOff(command, 'tls');
          if (word === undefined) continue;
          yield {
            at: command.span,
            // What was downloaded is compared with what it must be.
            ...(commands.some(provesContent) ? { severity: 'info' as const } : {}),
            message: `${word} switches the check of certificates off.`,
          };
        }
      }
    }
  },
});

/** `export NODE_TLS_REJECT_UNAUTHORIZED=0` */
function exported({ name, args }: ShellCommand): readonly (readonly [string, string | undefined])[] {
  if (name !== 'export') return [];
  return args.map(({ value = '' }) => {
    const equals = value.indexOf('=');
    return equals === -1 ? ([value, undefined] as const) : ([value.slice(0, equals), value.slice(equals + 1)] as const);
  });
}

function provesContent(command: ShellCommand): boolean {
  const [program = '', ...rest] = effectiveWords(command);
  if (program === 'gpg' || program === 'gpgv') return program === 'gpgv' || rest.includes('--verify');
  return (
    /^(?:sha(?:1|224|256|384|512)sum|shasum|b2sum)$/.test(program) &&
    rest.some((word) => /^(?:-\w*c\w*|--check|--status)$/.test(word ?? ''))
  );
}
