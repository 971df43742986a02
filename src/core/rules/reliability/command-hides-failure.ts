/** Rule: the container stays up, or ends well, although the program has failed. */
import { alwaysSucceeds } from '../../dockerfile/shell/shell-outcome.ts';
import { finalStage } from '../questions/ask.ts';
import { programOf } from '../../dockerfile/shell/starters.ts';
import { mainCommand, placeOf, startedCommands } from '../questions/start-commands.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'command-hides-failure',
  item: 'fails-fast',
  severity: 'warning',
  title: 'Command that hides a failure',
  why: 'The container goes on, or ends with 0, after the program in it has died: nothing restarts it, nobody is told, and the logs of the failure are long gone when somebody looks.',
  fix: 'Start the program in the foreground and let its exit be that of the container: `CMD ["nginx", "-g", "daemon off;"]`, without `|| true` and `tail -f /dev/null` behind it.',
  source:
    'Docker documentation, "Start containers automatically": restart policies look at the exit of the main process.',
  aliases: [],
  examples: {
    bad: 'FROM debian:bookworm-slim\nCMD service nginx start; tail -f /dev/null\n',
    good: 'FROM debian:bookworm-slim\nCMD ["nginx", "-g", "daemon off;"]\n',
  },
  *check(subject) {
    const { entrypoint, cmd } = finalStage(subject)?.state ?? {};
    const first = entrypoint ?? cmd;
    if (first === undefined) return;
    if (first.command.form === 'shell' && alwaysSucceeds(first.command) && startedCommands(subject).length > 1) {
      yield { at: first.span, message: 'The command ends with 0 whatever the program does.' };
      return;
    }
    const main = mainCommand(subject);
    if (main === undefined || main.joinedBy === '|') return;
    const [path = '', ...args] = main.words.map(({ value }) => value);
    const program = programOf(path) ?? '';
    const text = `\`${[path, ...args.map((word) => word ?? '…')].join(' ').slice(0, 100)}\``;
    // `tail --pid` ends when that process does.
    const endsWithIt = main.words.some(({ raw }) => raw.startsWith('--pid'));
    if (idles(program, args) && !endsWithIt) {
      const isAlone = startedCommands(subject).length === 1;
      yield {
        ...placeOf(main),
        message: isAlone
          ? `${text} is all that is started: the container stays up and does nothing.`
          : `${text} keeps the container up whatever becomes of the program.`,
      };
    } else if (startsInBackground(path, args)) {
      yield {
        ...placeOf(main),
        confidence: 'medium',
        message: `${text} starts the program in the background and ends, and the container ends with it.`,
      };
    }
  },
});

function idles(program: string, args: readonly (string | undefined)[]): boolean {
  if (program === 'sleep') return /^(?:inf(?:inity)?|\d{5,}s?|\d+d)$/.test(args[0] ?? '');
  return program === 'tail' && args.some((word) => /^-\w*[fF]$|^--follow/.test(word ?? ''));
}

/** `service nginx start`, `/etc/init.d/nginx start`: scripts of an init system, which come back. */
function startsInBackground(path: string, args: readonly (string | undefined)[]): boolean {
  const verb = /^\/etc\/(?:rc\.d\/)?init\.d\//.test(path)
    ? args[0]
    : programOf(path) === 'service'
      ? args[1]
      : undefined;
  return verb === 'start' || verb === 'restart';
}
