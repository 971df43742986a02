/** Rule: a line of the ignore file that cannot mean what its writer meant. */
import type { BuildContext, IgnoreFile, IgnorePattern } from '../../context/types.ts';
import { aloneOf, mayTry, TOO_MUCH } from '../questions/ignore-patterns.ts';
import { gaveUp, nearMiss } from '../questions/near-misses.ts';
import type { NearMiss } from '../questions/near-misses.ts';
import { defineRule } from '../rule.ts';
import type { Subject, Trouble } from '../rule.ts';

export default defineRule({
  id: 'ignore-pattern-without-effect',
  item: 'context-excludes',
  severity: 'warning',
  title: 'Line of .dockerignore that does nothing',
  why: 'The line looks as if it left files out, or took them back, and does not: what it was meant for is sent, or is missing.',
  fix: 'One pattern a line, without quotes; comments on lines of their own; `/` between folders; `!` behind what it takes back.',
  source: 'Dockerfile reference, ".dockerignore file"; moby/patternmatcher.',
  aliases: [],
  examples: {
    bad: {
      dockerfile: 'FROM node:24-slim\nCOPY . .\n',
      files: { 'index.js': '', 'tmp/a': '', '.dockerignore': '.git\ntmp # scratch\n' },
    },
    good: {
      dockerfile: 'FROM node:24-slim\nCOPY . .\n',
      files: { 'index.js': '', 'tmp/a': '', '.dockerignore': '.git\n# scratch\ntmp\n' },
    },
  },
  *check(subject) {
    const { context } = subject;
    const { ignore } = context;
    if (ignore === undefined) return;
    if (!mayTry(context)) {
      yield TOO_MUCH;
      return;
    }
    for (const pattern of ignore.patterns) {
      const message = whatIsWrong(pattern, ignore, context);
      const about = { at: pattern.span, file: ignore.path, identity: pattern.raw };
      if (message !== undefined) yield { ...about, message };
      else if (!pattern.negated) yield* missed(subject, pattern, about);
    }
    if (gaveUp(subject)) yield TOO_MUCH;
  },
});

function whatIsWrong(pattern: IgnorePattern, ignore: IgnoreFile, context: BuildContext): string | undefined {
  const { raw, negated } = pattern;
  if (negated) return tooEarly(pattern, ignore, context);
  const form = mistakenForm(raw);
  if (form === undefined) return undefined;
  // A file may be named like that.
  const fits = aloneOf(pattern);
  return context.files?.some(({ path }) => fits(path)) === true ? undefined : form;
}

/** Nothing fits, and something almost does. What fits nothing at all is insurance, and good practice. */
function* missed(subject: Subject, { raw }: IgnorePattern, about: Omit<Trouble, 'message'>): Generator<Trouble> {
  const miss = nearMiss(subject, raw);
  if (miss === undefined) return;
  const { path, kind } = miss;
  const isSure = SURE.has(kind);
  yield {
    ...about,
    ...(isSure ? {} : { severity: 'info' as const }),
    message: `${raw} fits nothing, and ${path} is sent: ${REASONS[kind](path, raw)}`,
  };
}

/** The others may be insurance against what is somewhere else. */
const SURE: ReadonlySet<NearMiss['kind']> = new Set(['case', 'letter', 'machine', 'deeper']);

const REASONS: Readonly<Record<NearMiss['kind'], (path: string, raw: string) => string>> = {
  case: () => 'capital letters count.',
  letter: () => 'they differ by a letter.',
  folder: (path) => `patterns start at the root of the context; write ${path}.`,
  machine: (path) => `a pattern is no path of a machine, and starts at the root of the context; write ${path}.`,
  outside: (path) => `what lies outside of the context is never sent; write ${path}.`,
  deeper: (path) => `patterns start at the root of the context; write ${path}.`,
  name: (_, raw) =>
    `patterns start at the root of the context; write **/${raw} if it is to be left out in every folder.`,
};

function mistakenForm(raw: string): string | undefined {
  if (/\s#/.test(raw)) return `A comment needs a line of its own: ${raw} is taken as one pattern, and fits nothing.`;
  if (/^(["']).*\1$/.test(raw)) return `Quotes are part of the pattern: ${raw} fits nothing.`;
  if (/\w\\\w/.test(raw))
    return `A backslash escapes the next character; folders are parted by /: ${raw} fits nothing.`;
  if (/\S\s+\S/.test(raw)) return `One pattern a line: ${raw} is taken as one, and fits nothing.`;
  return undefined;
}

/** `!keep.md` above `*.md`: the later line wins. */
function tooEarly(pattern: IgnorePattern, ignore: IgnoreFile, { files }: BuildContext): string | undefined {
  const fits = aloneOf(pattern);
  const plain = /[*?[\\]/.test(pattern.raw) ? undefined : pattern.raw.slice(1).trim();
  const path = files === undefined ? plain : files.find((file) => fits(file.path))?.path;
  const by = path === undefined ? undefined : ignore.excludedBy(path);
  if (path === undefined || by === undefined || by.span.start.offset < pattern.span.start.offset) return undefined;
  const rest = files?.filter((file) => fits(file.path)) ?? [];
  if (rest.some((file) => !ignore.excludes(file.path))) return undefined;
  return `${pattern.raw} takes ${path} back, and line ${by.span.start.line}, ${by.raw}, leaves it out again; the last line that fits decides.`;
}
