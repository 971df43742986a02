/** Rule: a file that COPY puts into the image holds a secret. */
import { contextCopies, shippedStages } from '../questions/ask.ts';
import { filesOf } from '../questions/copied-files.ts';
import { filesWorthReading, leaksByPath } from '../questions/leaks.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';
import { fileHoldsSecrets } from '../tables/secrets.ts';

const COMPOSE = /(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$/;

export default defineRule({
  id: 'secret-in-copied-file',
  item: 'no-secrets',
  severity: 'error',
  title: 'Secret in a file that is copied',
  why: 'The file is in a layer of the image, in plain text, for everybody who can pull it; deleting it in a later step changes nothing.',
  fix: 'Exclude the file in `.dockerignore` and revoke the value. Give it at run time, or to the build through `RUN --mount=type=secret,id=env …`.',
  source: 'Lessons, "Secrets" and "Six mistakes"; the forms are those that the issuers document.',
  aliases: ['DS-0031', 'CIS-DI-0010'],
  examples: {
    bad: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: { 'app.py': '', '.env': 'DB_PASSWORD=h7Gt2xQz\n' },
    },
    good: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: { 'app.py': '', '.env': 'DB_PASSWORD=h7Gt2xQz\n', '.dockerignore': '.env\n' },
    },
  },
  *check(subject) {
    const worth = new Set(filesWorthReading(subject));
    if (worth.size === 0) return;
    for (const copy of shippedStages(subject).flatMap(contextCopies)) {
      for (const file of filesOf(subject, copy)) {
        // Each file once, where it is copied first.
        if (!worth.delete(file)) continue;
        const kind = secretIn(subject, file.path, file.content ?? '');
        if (kind === undefined) continue;
        yield {
          at: copy.span,
          identity: file.path,
          // What a compose file gives its neighbours is mostly meant for the developer's own machine.
          ...(COMPOSE.test(file.path) ? { severity: 'warning' as const, confidence: 'medium' as const } : {}),
          message: `This takes ${file.path} into the image, which holds ${kind}.`,
        };
      }
    }
  },
});

function secretIn(subject: Subject, path: string, content: string): string | undefined {
  // The Dockerfile's own text is the business of secret-value.
  if (path === subject.path) return undefined;
  const [leak] = leaksByPath(subject).get(path) ?? [];
  if (leak !== undefined) return `${leak.kind} (line ${content.slice(0, leak.start).split('\n').length})`;
  return fileHoldsSecrets(path, content) ? 'a secret' : undefined;
}
