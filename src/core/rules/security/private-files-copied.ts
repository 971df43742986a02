/** Rule: COPY takes files along that hold secrets. */
import { isPattern, sourcePath } from '../../context/source-paths.ts';
import type { ContextFile } from '../../context/types.ts';
import { contextCopies, shippedStages } from '../questions/ask.ts';
import { filesOf, isAddress } from '../questions/copied-files.ts';
import { privateKindOf } from '../tables/private-files.ts';
import type { PrivateKind } from '../tables/private-files.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';
import type { Doubt, Subject, Trouble } from '../rule.ts';

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
  *check(subject) {
    if (subject.context.files === undefined) {
      yield* namedOnly(subject);
      return;
    }
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

/** Without the files a COPY still says what it takes where it names a file: `COPY .env ./`. */
function* namedOnly(subject: Subject): Generator<Trouble | Doubt> {
  for (const copy of shippedStages(subject).flatMap(contextCopies)) {
    for (const { value } of copy.sources) {
      if (value === undefined || isAddress(value)) continue;
      const path = sourcePath(value);
      const held = isPattern(path) ? undefined : privateKindOf({ path, sizeBytes: 0 });
      if (held === undefined) continue;
      yield {
        at: copy.span,
        severity: held.charge,
        confidence: 'medium',
        message: `This takes ${held.kind.name} into the image: ${path.slice(0, 200)}.`,
      };
      break;
    }
  }
  yield { cannotTell: 'Only the Dockerfile was given; this row needs the files of the build context.' };
}

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
