/** Rule: a HEALTHCHECK by curl that takes every answer for a good one. */
import type { Edit } from '../../../schemas/finding.ts';
import type { Command, ShellCommand } from '../../dockerfile/types.ts';
import { shellCommands } from '../../dockerfile/shell/shell.ts';
import { finalStage } from '../questions/ask.ts';
import { effectiveWords } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'healthcheck-ignores-errors',
  item: 'healthcheck',
  severity: 'warning',
  title: 'HEALTHCHECK with curl but without -f',
  why: 'curl ends with 0 as soon as anything answers. A service that says 503 because its database is gone, or 500 to everybody, is called healthy and keeps getting requests.',
  fix: 'Let HTTP errors count: `HEALTHCHECK CMD curl -f http://localhost:8000/health || exit 1`.',
  source: 'curl(1), --fail; lessons, "Health".',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12\nHEALTHCHECK CMD curl http://localhost:8000/health || exit 1\n',
    good: 'FROM python:3.12\nHEALTHCHECK CMD curl -f http://localhost:8000/health || exit 1\n',
  },
  *check(subject) {
    const healthcheck = finalStage(subject)?.state.healthcheck;
    const command = healthcheck?.command;
    // What another program makes of the output is not known.
    if (healthcheck === undefined || command === undefined || /\$\(|`/.test(command.text)) return;
    const commands = shellCommands(command);
    const index = commands.findIndex((one) => effectiveWords(one)[0] === 'curl');
    const curl = commands[index];
    if (curl === undefined || commands[index + 1]?.joinedBy === '|' || !ignoresErrors(effectiveWords(curl).slice(1)))
      return;
    const edit = withFail(command, curl, subject.dockerfile.text);
    yield {
      at: healthcheck.span,
      message: 'curl without -f ends with 0 for every answer, a 500 among them.',
      ...(edit === undefined ? {} : { edits: [edit] }),
    };
  },
});

function ignoresErrors(args: readonly (string | undefined)[]): boolean {
  if (args.some((word) => word === undefined)) return false;
  const fails = args.some((word) => word?.startsWith('--fail') === true || /^-[a-zA-Z#]*f/.test(word ?? ''));
  // `-w %{http_code}`, a configuration, another protocol.
  const isOther = args.some((word) =>
    /^(?:-w|--write-out|-K|--config|-I|--head)|^(?:telnet|tcp|ftp|file|gopher|smtp):/.test(word ?? ''),
  );
  return !fails && !isOther && args.length > 0;
}

/** `-f` right behind `curl`, where that word stands as it is. */
function withFail(command: Command, curl: ShellCommand, text: string): Edit | undefined {
  if (command.form === 'exec') {
    const word = command.args[0];
    const end = word?.span.end.offset;
    const isQuoted = word !== undefined && text.slice(word.span.start.offset, end) === JSON.stringify(word.value);
    return end === undefined || !isQuoted || word?.value !== 'curl' ? undefined : { start: end, end, text: ', "-f"' };
  }
  const { offset } = curl.span.start;
  const end = offset + 'curl'.length;
  return text.slice(offset, end + 1) === 'curl ' ? { start: end, end, text: ' -f' } : undefined;
}
