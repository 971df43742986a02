/** Rule: a context without an ignore file, or with one that excludes nothing. */
import { cleanPath } from '../../context/pattern.ts';
import type { CopyInstruction } from '../../dockerfile/types.ts';
import { builtStages, contextCopies, isShipped, takesWholeContext } from '../questions/ask.ts';
import { copiedFiles, filesOf } from '../questions/copied-files.ts';
import { developmentKindOf } from '../tables/development-files.ts';
import { privateKindOf } from '../tables/private-files.ts';
import { defineRule } from '../rule.ts';
import type { Subject, Trouble } from '../rule.ts';

export default defineRule({
  id: 'dockerignore-missing',
  item: 'context-excludes',
  severity: 'error',
  title: 'No .dockerignore',
  why: 'Everything in the folder is sent to the builder and, with `COPY . .`, ends up in the image: `.git` with its history, `.env` with its secrets, virtual environments of another machine. Every change to any of it breaks the cache.',
  fix: 'Add a `.dockerignore` with at least `.git`, `.env*`, virtual environments, caches and tests.',
  source: 'Lessons, "Six mistakes": no .dockerignore.',
  aliases: ['ID.10001', 'ID.10002'],
  examples: {
    bad: { dockerfile: 'FROM python:3.12-slim\nCOPY . .\n', files: { 'app.py': '' } },
    good: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: { 'app.py': '', '.dockerignore': '.git\n.env*\n' },
    },
  },
  needs: 'files',
  *check(subject) {
    const { ignore } = subject.context;
    if (ignore?.patterns.some(({ negated }) => !negated) === true) return;
    const what = ignore === undefined ? 'The context has no .dockerignore' : `${ignore.path} excludes nothing`;
    const widest = widestCopy(subject);
    if (widest !== undefined) yield { ...widest, message: `${what}, so ${widest.message}` };
  },
});

/** The COPY that takes most along; `undefined` when every one names its files. */
function widestCopy(subject: Subject): Trouble | undefined {
  const copies = builtStages(subject).flatMap((stage) =>
    contextCopies(stage).map((copy) => ({ copy, isInImage: isShipped(subject, stage) })),
  );
  const wide = copies.filter(({ copy }) => takesWholeContext(copy));
  const whole = wide.find(({ isInImage }) => isInImage) ?? wide[0];
  if (whole !== undefined) {
    const at = whole.copy.span;
    if (whole.isInImage) return { at, message: 'this COPY takes everything that lies in its folder.' };
    return {
      at,
      severity: 'warning',
      message: 'every file in its folder makes this COPY, and what follows, run again.',
    };
  }
  const folder = copies.find(({ copy }) => takesFolder(subject, copy));
  if (folder === undefined) return undefined;
  const isHarmless = filesOf(subject, folder.copy).every(
    (file) => developmentKindOf(file.path) === undefined && privateKindOf(file) === undefined,
  );
  return {
    at: folder.copy.span,
    severity: isHarmless ? 'info' : 'warning',
    message: 'this COPY takes everything that lies in that folder.',
  };
}

/** A file deeper than what was named came along in a folder. */
function takesFolder(subject: Subject, copy: CopyInstruction): boolean {
  return (copiedFiles(subject).get(copy) ?? []).some(({ source, files }) => {
    const depth = cleanPath(`/${source}`).split('/').length - 1;
    return files.some(({ path }) => path.split('/').length > depth);
  });
}
