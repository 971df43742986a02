/** Rule: a Python service whose output is held back. */
import { finalStage, knownFinalBase } from '../questions/ask.ts';
import { serverOf } from '../questions/listening.ts';
import { mainCommand } from '../questions/start-commands.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'python-buffered',
  item: 'logs-to-stdout',
  severity: 'info',
  title: 'Python without PYTHONUNBUFFERED',
  why: 'Where stdout is no terminal Python gathers some kilobytes before it writes: lines of `print` arrive late, and the last ones before a crash never.',
  fix: 'Switch it off: `ENV PYTHONUNBUFFERED=1`.',
  source: 'Python documentation, "Command line and environment", -u; lessons, "Patterns".',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nCMD ["python", "app.py"]\n',
    good: 'FROM python:3.12-slim\nENV PYTHONUNBUFFERED=1\nCMD ["python", "app.py"]\n',
  },
  *check(subject) {
    const main = mainCommand(subject);
    // A base that nobody knows may set it.
    if (main === undefined || knownFinalBase(subject) === undefined) return;
    // Without a program it is a prompt.
    if (serverOf(main)?.language !== 'python' || main.words.length < 2) return;
    const variable = finalStage(subject)?.state.env;
    const isSet = variable?.has('PYTHONUNBUFFERED') === true && variable.get('PYTHONUNBUFFERED') !== '';
    const isFlag = main.words.some(({ value }) => /^-[A-Za-z]*u[A-Za-z]*$/.test(value ?? ''));
    if (isSet || isFlag || main.assignments.has('PYTHONUNBUFFERED')) return;
    yield { at: main.instruction.span, message: 'PYTHONUNBUFFERED is not set: what Python prints is held back.' };
  },
});
