/** Rule: a line of the ignore file that cannot mean what its writer meant. */
import type { BuildContext, IgnoreFile, IgnorePattern } from '../../context/types.ts';
import { aloneOf, mayTry } from '../questions/ignore-patterns.ts';
import { nearMiss } from '../questions/near-misses.ts';
import { cleanPath } from '../../context/pattern.ts';
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
    if (ignore === undefined || !mayTry(context)) return;
    for (const pattern of ignore.patterns) {
      const message = whatIsWrong(pattern, ignore, context);
      const about = { at: pattern.span, file: ignore.path, identity: pattern.raw };
      if (message !== undefined) yield { ...about, message };
      else if (!pattern.negated) yield* missed(subject, pattern, about);
    }
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
  if (/[*?[\]\\]/.test(raw)) return;
  const miss = nearMiss(subject, cleanPath(`/${raw}`).slice(1));
  if (miss === undefined) return;
  const { path, kind } = miss;
  const told = `${raw} fits nothing, and ${path} is sent`;
  if (kind === 'case') yield { ...about, message: `${told}: capital letters count.` };
  else if (kind === 'letter') yield { ...about, message: `${told}: they differ by a letter.` };
  else yield { ...about, severity: 'info', message: `${told}: patterns start at the root of the context.` };
}

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
