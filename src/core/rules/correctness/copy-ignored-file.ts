/** Rule: COPY, ADD or a bind mount of something that the ignore file leaves out. */
import { isPattern, sourcePath } from '../../context/source-paths.ts';
import type { IgnorePattern } from '../../context/types.ts';
import { absentSources } from '../questions/absent-sources.ts';
import { builtStages, contextCopies } from '../questions/ask.ts';
import { isAddress } from '../questions/copied-files.ts';
import { defineRule } from '../rule.ts';
import type { Subject, Trouble } from '../rule.ts';

export default defineRule({
  id: 'copy-ignored-file',
  item: 'builds-and-starts',
  severity: 'error',
  title: 'COPY of a file that .dockerignore leaves out',
  why: 'What the ignore file leaves out is not sent, so the builder does not find it and the build stops at this step.',
  fix: 'Take the pattern out of `.dockerignore`, or take the file back behind it: `!path/of/the/file`.',
  source: 'BuildKit, build check CopyIgnoredFile; measured with the builder of Docker 28.',
  aliases: ['CopyIgnoredFile'],
  provenBy: 'builds',
  examples: {
    bad: {
      dockerfile: 'FROM nginx:1.27\nCOPY dist /usr/share/nginx/html\n',
      files: { 'dist/index.html': '', '.dockerignore': 'node_modules\ndist\n' },
    },
    good: {
      dockerfile: 'FROM nginx:1.27\nCOPY dist /usr/share/nginx/html\n',
      files: { 'dist/index.html': '', '.dockerignore': 'node_modules\ndist/*.map\n' },
    },
  },
  *check(subject) {
    const { ignore, files } = subject.context;
    if (ignore === undefined) return;
    if (files === undefined) {
      yield* fromTextAlone(subject);
      return;
    }
    for (const { kind, source, path, span, by } of absentSources(subject)) {
      if (kind !== 'ignored' || by === undefined) continue;
      const where = `line ${by.span.start.line} of ${ignore.path}`;
      if (isPattern(path))
        yield {
          at: span,
          severity: 'warning',
          message: `What fits ${source} is left out by ${where}, ${by.raw}, so nothing is taken.`,
        };
      else
        yield { at: span, message: `${source} is left out by ${where}, ${by.raw}, so the builder does not find it.` };
    }
  },
});

/** Without the files: what is left out whatever there is, when no later line could take a part of it back. */
function* fromTextAlone(subject: Subject): Iterable<Trouble> {
  const { ignore } = subject.context;
  if (ignore === undefined) return;
  const exceptions = ignore.patterns.filter(({ negated }) => negated);
  for (const { keyword, sources } of builtStages(subject).flatMap(contextCopies)) {
    for (const { value, span } of sources) {
      if (value === undefined || isPattern(value) || (keyword === 'ADD' && isAddress(value))) continue;
      const path = sourcePath(value);
      const by = ignore.excludedBy(path);
      if (path === '' || by === undefined || exceptions.some((one) => mayReachInto(one, path))) continue;
      const where = `line ${by.span.start.line} of ${ignore.path}`;
      yield { at: span, message: `${value} is left out by ${where}, ${by.raw}, so the builder does not find it.` };
    }
  }
}

function mayReachInto({ raw }: IgnorePattern, path: string): boolean {
  const pattern = sourcePath(raw.slice(1).trim());
  return isPattern(pattern) || pattern.startsWith(`${path}/`);
}
