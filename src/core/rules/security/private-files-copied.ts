/** Rule: COPY takes files along that hold secrets. */
import type { ContextFile } from '../../context/types.ts';
import { contextCopies, shippedStages } from '../ask.ts';
import { filesOf } from '../copied-files.ts';
import { privateKindOf } from '../private-files.ts';
import type { PrivateKind } from '../private-files.ts';
import { question } from '../question.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'private-files-copied',
  item: 'context-excludes',
  severity: 'error',
  title: 'COPY takes files with secrets',
  why: 'What a COPY takes is in the image for everybody who can pull it, also when a later step deletes it: the passwords of `.env`, the key of a server, the token of a registry.',
  fix: 'Exclude them in `.dockerignore` (`**/.env*`, `**/*.key`), and hand them to the container when it starts.',
  source: 'Lessons, "Six mistakes" and "Secrets".',
  aliases: ['CIS-DI-0010'],
  examples: {
    bad: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: { 'app.py': '', '.env': 'DB_PASSWORD=h7Gt2xQz\n', '.dockerignore': '.git\n' },
    },
    good: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: {
        'app.py': '',
        '.env': 'DB_PASSWORD=h7Gt2xQz\n',
        '.env.example': 'DB_PASSWORD=\n',
        '.dockerignore': '.git\n.env\n',
      },
    },
  },
  needs: 'files',
  *check(subject) {
    for (const copy of shippedStages(subject).flatMap(contextCopies)) {
      const found = new Map<string, { first: Charged; count: number }>();
      for (const file of filesOf(subject, copy)) {
        const charged = charges(subject).get(file);
        if (charged === undefined) continue;
        const same = found.get(charged.kind.name);
        if (same === undefined) found.set(charged.kind.name, { first: charged, count: 1 });
        else {
          same.count += 1;
          if (same.first.charge === 'warning' && charged.charge === 'error') same.first = charged;
        }
      }
      for (const [name, { first, count }] of found) {
        const more = count === 1 ? '' : ` and ${count - 1} more`;
        yield {
          at: copy.span,
          severity: first.charge,
          message: `This takes ${name} into the image: ${first.file.path}${more}.`,
        };
      }
    }
  },
});

interface Charged {
  readonly file: ContextFile;
  readonly kind: PrivateKind;
  readonly charge: 'error' | 'warning';
}

const charges = question(({ context }): ReadonlyMap<ContextFile, Charged> => {
  const all = new Map<ContextFile, Charged>();
  for (const file of context.sent) {
    const held = privateKindOf(file);
    if (held !== undefined) all.set(file, { file, ...held });
  }
  return all;
});
