/** Rule: a script of the context that starts the program and stays in front of it. */
import { serverOf } from '../questions/listening.ts';
import { finalStage } from '../questions/ask.ts';
import { isAllArguments, mainCommand, startedCommands } from '../questions/start-commands.ts';
import { packageScriptName } from '../questions/package-scripts.ts';
import { defineRule } from '../rule.ts';
import type { Started } from '../questions/start-commands.ts';

export default defineRule({
  id: 'entrypoint-script-without-exec',
  item: 'signal-handling',
  severity: 'error',
  title: 'Script that starts the program without exec',
  why: 'The shell that reads the script stays PID 1 and does not pass SIGTERM on. The application never hears that it should stop: after ten seconds everything is killed, requests in the middle.',
  fix: 'Let the last line take the place of the shell: `exec "$@"`, or `exec uvicorn main:app`.',
  source:
    'Lessons, "Stopping". Measured: bash 5.2 and dash 0.5.12 start the last command of a script file as a child and wait for it.',
  aliases: [],
  examples: {
    bad: {
      dockerfile: 'FROM python:3.12-slim\nCOPY entrypoint.sh /\nENTRYPOINT ["/entrypoint.sh"]\n',
      files: { 'entrypoint.sh': '#!/bin/sh\nset -e\npython check.py\nuvicorn main:app --host 0.0.0.0\n' },
    },
    good: {
      dockerfile: 'FROM python:3.12-slim\nCOPY entrypoint.sh /\nENTRYPOINT ["/entrypoint.sh"]\n',
      files: { 'entrypoint.sh': '#!/bin/sh\nset -e\npython check.py\nexec uvicorn main:app --host 0.0.0.0\n' },
    },
  },
  provenBy: 'stops-on-signal',
  *check(subject) {
    const main = mainCommand(subject);
    const script = main?.handedOnBy ?? main?.script;
    if (main === undefined || script === undefined) return;
    if (signalsItsGroup(finalStage(subject)?.state.entrypoint?.command.args)) return;
    const own = startedCommands(subject).filter((one) => (one.handedOnBy ?? one.script)?.path === script.path);
    if (own.some((one) => execs(one) || one.words[0]?.value === 'trap')) return;
    // Handed to something in the background, or through a pipe, it is not what PID 1 waits for.
    if (!runsOn(main) || main.joinedBy === '|') return;
    const what = main.words[0]?.value ?? 'the program';
    yield {
      at: script.span,
      file: script.path,
      identity: main.text.slice(0, 500),
      message: `The script starts ${what.slice(0, 100)} without exec and stays in front of it.`,
    };
  },
});

/** `exec` anywhere: some branch of the script may be the one that counts. */
function execs({ launchers, words }: Started): boolean {
  return launchers.includes('exec') || (words[0]?.value === 'exec' && words.length > 1);
}

/** True for a server, an interpreter with a program, a script of package.json, or what CMD says. */
function runsOn(started: Started): boolean {
  const [first] = started.words;
  if (isAllArguments(first?.raw)) return true;
  const server = serverOf(started);
  if (server !== undefined) return !/^(?:nginx|httpd|dotnet|php -S)$/.test(server.name) && !isQuick(started);
  return packageScriptName(started.words.map(({ value }) => value)) === 'start';
}

/** `python -c …`, `celery inspect`: something that ends by itself. */
function isQuick({ words }: Started): boolean {
  return words.some(({ value }) =>
    /^(?:-c|-e|--eval|-p|-V|--version|inspect|status|migrate|collectstatic|check|purge)$/.test(value ?? ''),
  );
}

function signalsItsGroup(args: readonly { readonly value: string | undefined }[] = []): boolean {
  const [first, ...rest] = args.map(({ value }) => value ?? '');
  return /(?:^|\/)dumb-init$/.test(first ?? '') || (/(?:^|\/)tini$/.test(first ?? '') && rest.includes('-g'));
}
