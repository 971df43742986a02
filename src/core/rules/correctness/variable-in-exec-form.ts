/** Rule: CMD or ENTRYPOINT as JSON names a variable, and nothing is there to put its value in. */
import { finalStage, knownFinalBase } from '../questions/ask.ts';
import { serverOf } from '../questions/listening.ts';
import { mainCommand } from '../questions/start-commands.ts';
import type { Started } from '../questions/start-commands.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'variable-in-exec-form',
  item: 'builds-and-starts',
  severity: 'error',
  title: 'Variable in a command without a shell',
  why: 'CMD and ENTRYPOINT as JSON are started as they are written: no shell reads them, so the program is handed the dollar sign and the name instead of the value, and ends with an error.',
  fix: 'Let a shell put the value in and make room for the program: `CMD ["sh", "-c", "exec gunicorn --bind 0.0.0.0:$PORT app:app"]`; or let the program read the variable.',
  source: 'Dockerfile reference, "Exec form": variable substitution.',
  aliases: [],
  provenBy: 'starts-and-stays-up',
  examples: {
    bad: 'FROM python:3.12-slim\nENV PORT=8000\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "$PORT"]\n',
    good: 'FROM python:3.12-slim\nENV PORT=8000\nCMD ["sh", "-c", "exec uvicorn main:app --host 0.0.0.0 --port $PORT"]\n',
  },
  *check(subject) {
    const main = mainCommand(subject);
    if (main === undefined || !isStartedAsWritten(main)) return;
    // An entrypoint that nobody knows may be a script that reads its arguments once more.
    if (finalStage(subject)?.state.entrypoint === undefined && knownFinalBase(subject) === undefined) return;
    const server = serverOf(main);
    if (server === undefined) return;
    const { args } = main.instruction.command;
    for (const [index, word] of args.entries()) {
      if (!main.words.includes(word) || !NAMES_VARIABLE.test(word.value ?? '')) continue;
      // What stands behind these is a program, in which a dollar sign has a meaning of its own.
      if (TAKES_CODE.has(server.name) && CODE.test(args[index - 1]?.value ?? '')) continue;
      // Spring takes `-Dserver.port=${PORT}` and puts the value in by itself.
      if (server.language === 'jvm' && !WHOLE.test(word.value ?? '')) continue;
      yield {
        at: word.span,
        message: `No shell reads this form: ${server.name} is handed the text ${(word.value ?? '').slice(0, 100)}, not the value.`,
      };
    }
  },
});

const VARIABLE = String.raw`\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*(?::?[-=?+][^{}]*)?\})`;
/** `$PORT`, `0.0.0.0:${PORT}`, `--port=$PORT` */
const NAMES_VARIABLE = new RegExp(String.raw`^[\w.:/=@[\]-]*${VARIABLE}(?:[\w.:/-]|${VARIABLE})*$`);
const WHOLE = new RegExp(`^${VARIABLE}$`);
const TAKES_CODE = new Set(['node', 'bun', 'deno']);
const CODE = /^-(?:[ep]+|-eval|-print)$/;

/** Launchers that hand on what they are given, word by word. */
const PLAIN = new Set(
  (
    'tini docker-init dumb-init catatonit gosu su-exec uv poetry bundle docker-entrypoint.sh docker-php-entrypoint ' +
    'ddtrace-run opentelemetry-instrument'
  ).split(' '),
);

/** True when neither a shell nor a script stands between the words and the program. */
function isStartedAsWritten({ instruction, script, handedOnBy, launchers }: Started): boolean {
  return (
    instruction.command.form === 'exec' &&
    script === undefined &&
    handedOnBy === undefined &&
    launchers.every((one) => PLAIN.has(one))
  );
}
