/** Rule: CMD or ENTRYPOINT names a file that nothing has put into the image. */
import { defineRule } from '../rule.ts';
import { startFile } from '../questions/start-files.ts';

export default defineRule({
  id: 'start-file-missing',
  item: 'builds-and-starts',
  severity: 'error',
  title: 'The container starts a file that is not there',
  why: 'The container ends at once: no such file or directory.',
  fix: 'Write the path as it is in the image, or COPY the file there.',
  source: 'Dockerfile reference, "COPY", "WORKDIR" and "ENTRYPOINT".',
  aliases: [],
  provenBy: 'starts-and-stays-up',
  examples: {
    bad: {
      dockerfile: 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["python", "main.py"]\n',
      files: { 'src/main.py': '' },
    },
    good: {
      dockerfile: 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["python", "src/main.py"]\n',
      files: { 'src/main.py': '' },
    },
  },
  *check(subject) {
    const start = startFile(subject);
    if (start?.file !== 'absent' || subject.context.files === undefined) return;
    yield { at: start.word.span, message: `Nothing has put ${start.path} into the image.` };
  },
});
