/**
 * What COPY, ADD and `RUN --mount=type=bind` ask of the context and do not find there. Only the stages that are built count.
 * Measured (Docker 28, BuildKit): a plain path that is not there stops the build, a pattern that fits nothing does not.
 */
import { filesAt, plainFolder, sourceMatcher, sourcePath, withoutLinks } from '../../context/source-paths.ts';
import type { IgnorePattern } from '../../context/types.ts';
import type { Span } from '../../dockerfile/types.ts';
import { builtStages, contextCopies } from './ask.ts';
import { copiedFiles } from './copied-files.ts';
import { question } from './question.ts';
import type { Subject } from '../rule.ts';

/** A source that brings nothing. */
export interface AbsentSource {
  /** As written, after variables. */
  readonly source: string;
  /** Relative to the root of the context. */
  readonly path: string;
  readonly span: Span;
  readonly instruction: string;
  /**
   * `missing`: the upload does not have it. `ignored`: it has, and the ignore file leaves it out. `nothing`: a pattern that
   * fits no file. `refused`: a pattern that the builder cannot read.
   */
  readonly kind: 'missing' | 'ignored' | 'nothing' | 'refused';
  /** No other source of the instruction brings anything either. */
  readonly isAlone: boolean;
  /** The line of the ignore file, when that is why. */
  readonly by: IgnorePattern | undefined;
}

/** Every source that brings nothing, in file order; none when the files of the context are not known. */
export const absentSources = question((subject): readonly AbsentSource[] => {
  if (subject.context.files === undefined) return [];
  const absent: AbsentSource[] = [];
  for (const copy of copiedFiles(subject)) {
    const [{ keyword: instruction, excludes, sources }, taken] = copy;
    const isAlone = taken.length === sources.length && taken.every(({ files }) => files.length === 0);
    for (const { source, word, path, kind, files } of taken) {
      if (files.length > 0) continue;
      const about = { source, path, span: word.span, instruction, isAlone };
      if (kind === 'refused') absent.push({ ...about, kind: 'refused', by: undefined });
      // What --exclude leaves out was there.
      else if (excludes.length === 0)
        absent.push(...(kind === 'plain' ? lookUp(subject, about) : lookUpPattern(subject, about)));
    }
  }
  for (const { path, span } of boundSources(subject)) {
    if (filesAt(subject.context.sent, path).length > 0) continue;
    absent.push(...lookUp(subject, { source: path, path, span, instruction: 'RUN --mount', isAlone: true }));
  }
  return absent.toSorted((a, b) => a.span.start.offset - b.span.start.offset);
});

type About = Omit<AbsentSource, 'kind' | 'by'>;

/** The same path may be asked for as often as the file has lines. */
const leftOut = question(({ context }): ((path: string) => IgnorePattern | undefined) => {
  const known = new Map<string, IgnorePattern | undefined>();
  return (path) => {
    if (!known.has(path)) known.set(path, context.ignore?.excludedBy(path));
    return known.get(path);
  };
});

function lookUp(subject: Subject, about: About): readonly AbsentSource[] {
  const { context } = subject;
  const { path } = about;
  // A link that leads round, or to something that is not in the upload: not followed any further.
  if (path === '' || context.folders?.has(path) === true || leadsNowhere(context, path)) return [];
  const isUploaded = filesAt(context.files ?? [], path).length > 0;
  const by = leftOut(subject)(path);
  if (isUploaded) return by === undefined ? [] : [{ ...about, kind: 'ignored', by }];
  return [{ ...about, kind: 'missing', by }];
}

function leadsNowhere(context: Subject['context'], path: string): boolean {
  return withoutLinks(context, path) === undefined;
}

function lookUpPattern({ context }: Subject, about: About): readonly AbsentSource[] {
  const matches = sourceMatcher(about.path);
  const hidden = filesAt(context.files ?? [], plainFolder(about.path)).find((file) => matches?.(file.path) === true);
  const by = hidden === undefined ? undefined : context.ignore?.excludedBy(hidden.path);
  return [{ ...about, kind: by === undefined ? 'nothing' : 'ignored', by }];
}

/** `source=` of the bind mounts that take from the context. */
function boundSources(subject: Subject): readonly { readonly path: string; readonly span: Span }[] {
  const bound: { path: string; span: Span }[] = [];
  for (const stage of builtStages(subject)) {
    for (const run of stage.instructions) {
      if (run.keyword !== 'RUN') continue;
      for (const { type, options, span } of run.mounts) {
        const source = options.get('source');
        if (type !== 'bind' || options.has('from') || source === undefined) continue;
        const path = sourcePath(source);
        bound.push({ path: withoutLinks(subject.context, path) ?? path, span });
      }
    }
  }
  return bound;
}

/** True when something that is built takes from the context at all. */
export function takesFromContext(subject: Subject): boolean {
  return builtStages(subject).flatMap(contextCopies).length > 0 || boundSources(subject).length > 0;
}

/** True when the name can only be a file's: an upload does not tell of folders that are empty. */
export function isNamedLikeFile(source: string): boolean {
  const name = source.slice(source.lastIndexOf('/') + 1);
  return (
    /[^.].*\.(?!d$)[a-z\d]{1,8}$/i.test(name) ||
    /^(?:\.env|\.npmrc|\.nvmrc|\.yarnrc(?:\.yml)?|Makefile|Procfile|Gemfile|Pipfile|Rakefile|Dockerfile|gradlew|mvnw|artisan|LICENSE|README)$/.test(
      name,
    )
  );
}
