/** Rule: the service writes its log into a file of the container. */
import { commandsOf, runsOf, shippedStages } from '../questions/ask.ts';
import { effectiveWords } from '../questions/installs.ts';
import { serverOf } from '../questions/listening.ts';
import { placeOf, startedCommands } from '../questions/start-commands.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';
import type { Started } from '../questions/start-commands.ts';

export default defineRule({
  id: 'logs-to-file',
  item: 'logs-to-stdout',
  severity: 'warning',
  title: 'Log written to a file in the container',
  why: '`docker logs` and every collector see stdout and stderr only. The file is lost with the container, and until then it grows in its writable layer without anything that rotates it.',
  fix: 'Write to stdout: `--access-logfile -`, no `> app.log`; where a program insists on a file: `RUN ln -sf /dev/stdout /var/log/app.log`.',
  source:
    'Docker documentation, "View container logs"; the Dockerfile of the official nginx image links its logs to /dev/stdout.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nCMD ["gunicorn", "-b", "0.0.0.0:8000", "--access-logfile", "/var/log/access.log", "app:app"]\n',
    good: 'FROM python:3.12-slim\nCMD ["gunicorn", "-b", "0.0.0.0:8000", "--access-logfile", "-", "app:app"]\n',
  },
  *check(subject) {
    for (const one of startedCommands(subject)) {
      if (one.isConditional) continue;
      const path = fileOf(one);
      if (path === undefined || /^\/(?:dev|proc)\//.test(path) || linked(subject).has(path)) continue;
      yield { ...placeOf(one), message: `The log goes to ${path.slice(0, 200)} inside the container.` };
      return;
    }
  },
});

const OPTIONS =
  /^--(?:access-?logfile|error-?logfile|access-log-file|log-?file|log-?path|log-file-path|access-log|logto2?)$/;

function fileOf(one: Started): string | undefined {
  const values = one.words.map(({ value }) => value);
  for (const [index, value] of values.entries()) {
    const [name = '', own] = value?.split(/=(.*)/s, 2) ?? [];
    if (!OPTIONS.test(name)) continue;
    const path = own ?? values[index + 1];
    // `-` is stdout, and uvicorn's --access-log takes no value.
    if (path !== undefined && /[/.]/.test(path) && !path.startsWith('-') && !/[:\s]/.test(path)) return path;
  }
  // Only of what serves: the output of a step before it is of no matter to anybody.
  if (serverOf(one) === undefined) return undefined;
  // Without a shell the sign is an argument like any other.
  if (values.some((value) => value !== undefined && /^[12&]?>>?/.test(value))) return undefined;
  return /(?<![0-9&<>])(?:[12&]?>>?)\s*([\w./-]+\.(?:log|txt|out|err))\s*(?:$|[0-9&>|;])/.exec(one.text)?.[1];
}

/** Files that are links to the streams of the container. */
const linked = question(
  (subject): ReadonlySet<string> =>
    new Set(
      runsOf(shippedStages(subject)).flatMap((run) =>
        commandsOf(run).flatMap((command) => {
          const [program, ...args] = effectiveWords(command);
          const isLink =
            program === 'ln' && args.some((word) => /^\/(?:dev\/(?:stdout|stderr|fd)|proc\/)/.test(word ?? ''));
          return isLink ? args.filter((word) => word !== undefined) : [];
        }),
      ),
    ),
);
