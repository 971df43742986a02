/** Rule: COPY, ADD or a bind mount of something that the context does not have. */
import { filesAt, plainFolder } from '../../context/source-paths.ts';
import { absentSources, isNamedLikeFile, takesFromContext } from '../questions/absent-sources.ts';
import type { AbsentSource } from '../questions/absent-sources.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';
import type { Severity } from '../../../schemas/finding.ts';
import type { Subject } from '../rule.ts';

export default defineRule({
  id: 'copy-missing-file',
  item: 'builds-and-starts',
  severity: 'error',
  title: 'COPY of a file that is not there',
  why: 'The build stops at this step: the builder finds only what is in the context. A pattern that fits nothing does not stop it, and takes nothing.',
  fix: 'Write the path as it is below the root of the context, or add the file to the context.',
  source: 'Dockerfile reference, "COPY"; measured with the builder of Docker 28.',
  aliases: [],
  provenBy: 'builds',
  examples: {
    bad: {
      dockerfile: 'FROM python:3.12-slim\nCOPY requirement.txt ./\n',
      files: { 'requirements.txt': 'flask==3.1.0\n' },
    },
    good: {
      dockerfile: 'FROM python:3.12-slim\nCOPY requirements.txt ./\n',
      files: { 'requirements.txt': 'flask==3.1.0\n' },
    },
  },
  *check(subject) {
    if (subject.context.files === undefined && takesFromContext(subject))
      yield { cannotTell: 'whether what COPY takes is there; send the build context along.' };
    let told = -1;
    for (const absent of absentSources(subject)) {
      if (absent.kind === 'ignored') continue;
      const { span } = absent;
      // Every word behind a comment sign is taken for a file, too; the first one says enough.
      if (told === span.start.line) continue;
      if (absent.kind === 'missing' && isShellWord(absent.source)) {
        told = span.start.line;
        yield {
          at: span,
          message: `${absent.instruction} takes no comment and no shell behind it: ${absent.source} is looked for as a file.`,
        };
        continue;
      }
      yield { at: span, severity: severityOf(subject, absent), message: messageOf(subject, absent) };
    }
  },
});

/** `# comment`, `|| true`, `2>/dev/null`: meant for a shell. */
function isShellWord(source: string): boolean {
  return /^(?:#.*|\|\|?|&&?|;|\d?>.*)$/.test(source);
}

function severityOf({ context }: Subject, { kind, path, source, isAlone }: AbsentSource): Severity {
  if (kind === 'refused') return 'error';
  if (kind === 'nothing') {
    // `package.json yarn.loc[k]`, `certs/*.crt`: taken where it is there, and done without where it is not.
    const folder = plainFolder(path);
    const isThere = folder !== '' && filesAt(context.files ?? [], folder).length > 0;
    return isThere || !isAlone || /\[.\]|\w\*$/.test(path) ? 'info' : 'warning';
  }
  const isCertain = context.folders !== undefined || (!source.endsWith('/') && isNamedLikeFile(source));
  return isCertain ? 'error' : 'warning';
}

function messageOf(subject: Subject, { kind, path, source, instruction }: AbsentSource): string {
  if (kind === 'refused') return `The brackets of ${source} are not whole; the builder refuses the pattern.`;
  if (kind === 'nothing') return `No file of the context fits ${source}, so nothing is taken.`;
  const hint = nearby(subject, path);
  return `${instruction} does not find ${source} in the context${hint === undefined ? '.' : `; ${hint}`}`;
}

/** Where it may be meant to be. */
function nearby(subject: Subject, path: string): string | undefined {
  const { files = [] } = subject.context;
  const folder = subject.path.slice(0, subject.path.lastIndexOf('/') + 1);
  if (folder !== '' && filesAt(files, folder + path).length > 0)
    return `it is in ${folder}, beside the Dockerfile, but paths count from the root of the context.`;
  const other = byLowerCase(subject).get(path.toLowerCase());
  if (other !== undefined) return `there is ${other}, and capitals count.`;
  const [same, ...more] = byName(subject).get(path.slice(path.lastIndexOf('/') + 1)) ?? [];
  return same === undefined || more.length > 0 ? undefined : `there is ${same}.`;
}

const byLowerCase = question(
  ({ context }): ReadonlyMap<string, string> =>
    new Map((context.files ?? []).map(({ path }) => [path.toLowerCase(), path])),
);

const byName = question(({ context }): ReadonlyMap<string, readonly string[]> => {
  const paths = (context.files ?? []).map(({ path }) => path);
  return Map.groupBy(paths, (path) => path.slice(path.lastIndexOf('/') + 1));
});
