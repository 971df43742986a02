/** Rule: a context without an ignore file. */
import { contextCopies, shippedStages, takesWholeContext } from '../ask.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'dockerignore-missing',
  item: 'context-excludes',
  severity: 'error',
  title: 'No .dockerignore',
  why: 'Everything in the folder is sent to the builder and, with `COPY . .`, ends up in the image: `.git` with its history, `.env` with its secrets, virtual environments of another machine. Every change to any of it breaks the cache.',
  fix: 'Add a `.dockerignore` with at least `.git`, `.env*`, virtual environments, caches and tests.',
  source: 'Lessons, "Six mistakes": no .dockerignore.',
  aliases: ['ID.10001'],
  examples: {
    bad: { dockerfile: 'FROM python:3.12-slim\nCOPY . .\n', files: { 'app.py': '' } },
    good: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: { 'app.py': '', '.dockerignore': '.git\n.env*\n' },
    },
  },
  needs: 'files',
  *check(subject) {
    if (subject.context.ignore !== undefined) return;
    const stages = shippedStages(subject);
    const copies = stages.flatMap(contextCopies);
    // Without it, single files that are copied by name carry nothing along: a smaller trouble.
    const whole = copies.find(takesWholeContext);
    yield {
      at: whole?.span,
      message:
        whole === undefined
          ? 'The context has no .dockerignore, so everything in its folder is sent to the builder.'
          : 'The context has no .dockerignore, so this COPY takes everything that lies in its folder.',
      ...(whole === undefined ? { severity: 'warning' as const } : {}),
    };
  },
});
