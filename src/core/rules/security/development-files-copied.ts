/** Rule: a broad COPY takes along what only development needs. */
import type { ContextFile } from '../../context/types.ts';
import type { CopyInstruction } from '../../dockerfile/types.ts';
import { contextCopies, shippedStages } from '../questions/ask.ts';
import { copiedFiles } from '../questions/copied-files.ts';
import { developmentKindOf, patternFor } from '../tables/development-files.ts';
import type { DevelopmentKind } from '../tables/development-files.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';
import type { Subject } from '../rule.ts';

export default defineRule({
  id: 'development-files-copied',
  item: 'context-excludes',
  severity: 'warning',
  title: 'COPY takes what only development needs',
  why: 'History tells everybody who can pull the image what was once deleted; a virtual environment or installed packages of another machine replace the ones that the image has; the rest is dead weight. A change to any of it runs the following steps again.',
  fix: 'Add the patterns to `.dockerignore`: `.git`, `**/.venv`, `**/node_modules`, `**/__pycache__`, `**/tests`.',
  source: 'Lessons, "Six mistakes" and "Patterns".',
  aliases: ['DKL-LI-0003'],
  examples: {
    bad: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: { 'app.py': '', '.git/config': '', '.dockerignore': 'tests\n' },
    },
    good: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: { 'app.py': '', '.git/config': '', '.dockerignore': '.git\nDockerfile\n.dockerignore\n' },
    },
  },
  needs: 'files',
  *check(subject) {
    const told = new Set<DevelopmentKind>();
    for (const copy of shippedStages(subject).flatMap(contextCopies)) {
      const found = alongWith(subject, copy);
      const fresh = [...found].filter(([kind]) => !told.has(kind));
      for (const [kind] of fresh) told.add(kind);
      for (const [{ name, severity }, { first, count, patterns }] of fresh) {
        if (severity === 'info') continue;
        yield {
          at: copy.span,
          message: `This takes ${name} into the image: ${first.path}${more(count)}. Exclude it with ${listOf(patterns)}.`,
        };
      }
      const light = fresh.filter(([{ severity }]) => severity === 'info');
      if (light.length === 0) continue;
      const list = light.map(([{ name }, { first, count }]) => `${name} (${first.path}${more(count)})`).join(', ');
      const patterns = light.map(([, found]) => listOf(found.patterns)).join(', ');
      yield {
        at: copy.span,
        severity: 'info',
        message: `This takes along what the image may not need: ${list}. Exclude it with ${patterns}.`,
      };
    }
  },
});

interface Found {
  readonly first: ContextFile;
  count: number;
  /** Lines of the ignore file that leave all of them out. */
  readonly patterns: Set<string>;
}

/** Whoever has more of them writes them down by themselves. */
const MOST_PATTERNS = 6;

/** What came along in a folder that was copied, by kind. Version control is told of however it is named. */
function alongWith(subject: Subject, copy: CopyInstruction): ReadonlyMap<DevelopmentKind, Found> {
  const found = new Map<DevelopmentKind, Found>();
  for (const { path, kind: reading, files } of copiedFiles(subject).get(copy) ?? []) {
    // `COPY tests ./tests` is meant: only what is below the named folder came along unasked.
    const named =
      reading === 'plain' && path !== '' ? (developmentKindOf(`${path}/`) ?? developmentKindOf(path)) : undefined;
    for (const file of files) {
      const kind = kinds(subject).get(file);
      if (kind === undefined || (kind === named && kind.name !== 'version control')) continue;
      if (file.path === path) continue;
      const pattern = patternFor(kind, file.path) ?? file.path;
      const one = found.get(kind);
      if (one === undefined) found.set(kind, { first: file, count: 1, patterns: new Set([pattern]) });
      else {
        one.count += 1;
        if (one.patterns.size < MOST_PATTERNS) one.patterns.add(pattern);
      }
    }
  }
  return found;
}

/** A name at the root is left out with those that lie deeper. */
function listOf(patterns: ReadonlySet<string>): string {
  return [...patterns].filter((one) => !patterns.has(`**/${one}`)).join(', ');
}

function more(count: number): string {
  return count === 1 ? '' : ` and ${count - 1} more`;
}

const kinds = question(
  ({ context }): ReadonlyMap<ContextFile, DevelopmentKind> =>
    new Map(
      context.sent.flatMap((file) => {
        const kind = developmentKindOf(file.path);
        return kind === undefined ? [] : [[file, kind] as const];
      }),
    ),
);
