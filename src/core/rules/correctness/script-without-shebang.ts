/** Rule: a script is started by the kernel, and its first line does not say what reads it. */
import { defineRule } from '../rule.ts';
import { startFile } from '../questions/start-files.ts';

export default defineRule({
  id: 'script-without-shebang',
  item: 'builds-and-starts',
  severity: 'error',
  title: 'Start script without a first line that names its interpreter',
  why: 'In JSON form no shell stands in between: the kernel does not know how to start the file, and the container ends at once with "exec format error".',
  fix: 'Begin the script with `#!/bin/sh`.',
  source: 'Linux, execve(2), ENOEXEC; measured with Docker 28.',
  aliases: [],
  provenBy: 'starts-and-stays-up',
  examples: {
    bad: {
      dockerfile: 'FROM python:3.12-slim\nCOPY start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n',
      files: { 'start.sh': 'exec python server.py\n' },
    },
    good: {
      dockerfile: 'FROM python:3.12-slim\nCOPY start.sh /start.sh\nENTRYPOINT ["sh", "/start.sh"]\n',
      files: { 'start.sh': 'exec python server.py\n' },
    },
  },
  *check(subject) {
    const start = startFile(subject);
    if (start === undefined || typeof start.file === 'string' || start.interpreter !== undefined) return;
    const { path, content = '' } = start.file;
    // What is no text may be a program.
    if (content.trim() === '' || content.startsWith('#!') || /[\0\uFFFD]/.test(content)) return;
    const what = content.startsWith('\uFEFF#!') ? 'has a byte order mark before #!' : 'does not begin with #!';
    yield { at: start.word.span, message: `${path} ${what}, so nothing says what is to read it.` };
  },
});
