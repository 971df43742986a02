/** Rule: the script that the container starts has the line ends of Windows. */
import { defineRule } from '../rule.ts';
import { startFile } from '../questions/start-files.ts';

export default defineRule({
  id: 'script-crlf',
  item: 'builds-and-starts',
  severity: 'error',
  title: 'Start script with line ends of Windows',
  why: 'The first line then names the interpreter `/bin/sh\\r`, which no image has: the container ends at once with "no such file or directory". Handed to a shell, each command ends in a character that belongs to no name.',
  fix: 'Save the script with LF, and keep it so: `*.sh text eol=lf` in `.gitattributes`.',
  source: 'Linux, execve(2), "Interpreter scripts"; measured with Docker 28.',
  aliases: [],
  provenBy: 'starts-and-stays-up',
  examples: {
    bad: {
      dockerfile: 'FROM python:3.12-slim\nCOPY start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n',
      files: { 'start.sh': '#!/bin/sh\r\nexec python server.py\r\n' },
    },
    good: {
      dockerfile: 'FROM python:3.12-slim\nCOPY start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n',
      files: { 'start.sh': '#!/bin/sh\nexec python server.py\n' },
    },
  },
  *check(subject) {
    const start = startFile(subject);
    if (start === undefined || typeof start.file === 'string') return;
    const { path, content = '' } = start.file;
    if (start.interpreter === undefined && /^#![^\n]*\r\n/.test(content))
      yield {
        at: start.word.span,
        message: `The first line of ${path} ends in CR LF, so its interpreter is not found.`,
      };
    else if (/^(?:ba|a)?sh$/.test(start.interpreter ?? '') && /\S\r\n/.test(content))
      yield {
        at: start.word.span,
        severity: 'warning',
        message: `The lines of ${path} end in CR LF, which the shell reads as a part of each command.`,
      };
  },
});
