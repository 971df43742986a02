/**
 * `.dockerignore`, read as moby/patternmatcher reads it.
 *
 * It looks like .gitignore and is not: patterns are anchored at the root of the context, the last one that fits decides, and
 * a `!` may take back a file below an excluded folder. What a pattern fits it fits with everything below it.
 */
import { Source } from '../dockerfile/source.ts';
import { isSpace, skipSpaces, trimEnd } from '../dockerfile/characters.ts';
import type { IgnoreFile, IgnorePattern } from './types.ts';
import { cleanPath, isWellFormed, matcherOf, type PathMatcher } from './pattern.ts';

/** A pattern, ready to be asked. */
interface Rule {
  readonly fits: PathMatcher;
  readonly isException: boolean;
}

/**
 * Reads an ignore file. Pure; never throws: lines that the builder would refuse are in `problems` and exclude nothing.
 *
 * @param text  the decoded text
 * @param path  where it stands in the context
 */
export function parseIgnoreFile(text: string, path: string): IgnoreFile {
  const source = new Source(text);
  const patterns: IgnorePattern[] = [];
  const problems: { readonly message: string; readonly span: IgnorePattern['span'] }[] = [];
  const rules: Rule[] = [];
  for (const [lineFrom, lineTo] of linesOf(text)) {
    if (text.charCodeAt(lineFrom) === 35) continue;
    const from = skipSpaces(text, lineFrom, lineTo);
    const to = trimEnd(text, from, lineTo);
    if (from === to) continue;
    const raw = text.slice(from, to);
    const span = source.span(from, to);
    const isException = raw.startsWith('!');
    const pattern = normalize(isException ? raw.slice(1) : raw);
    if (isException && pattern === '') problems.push({ message: 'A ! needs a pattern behind it.', span });
    else if (!isWellFormed(pattern)) problems.push({ message: `The brackets or escapes of ${raw} do not end.`, span });
    else {
      rules.push({ fits: matcherOf(pattern), isException });
      patterns.push({ raw, negated: isException, span });
    }
  }
  return { path, patterns, problems, excludes: (file) => excludes(rules, file) };
}

function excludes(rules: readonly Rule[], file: string): boolean {
  const path = cleanPath(file);
  if (path === '.') return false;
  let isExcluded = false;
  for (const rule of rules) {
    // Only a pattern that would change the answer is asked.
    if (rule.isException === isExcluded && fitsOrParentFits(rule.fits, path)) isExcluded = !rule.isException;
  }
  return isExcluded;
}

function fitsOrParentFits(fits: PathMatcher, path: string): boolean {
  if (fits(path)) return true;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    if (fits(path.slice(0, slash))) return true;
  }
  return false;
}

/** Go's filepath.Clean, without the slash in front. */
function normalize(pattern: string): string {
  const trimmed = trim(pattern);
  if (trimmed === '') return '';
  const cleaned = cleanPath(trimmed);
  return cleaned.length > 1 && cleaned.startsWith('/') ? cleaned.slice(1) : cleaned;
}

function trim(text: string): string {
  let from = 0;
  while (from < text.length && isSpace(text.charCodeAt(from))) from++;
  return text.slice(from, trimEnd(text, from, text.length));
}

/** Ranges of the lines, a byte order mark left out. */
function* linesOf(text: string): Generator<readonly [number, number]> {
  for (let from = text.charCodeAt(0) === 0xfeff ? 1 : 0; from < text.length;) {
    const lineFeed = text.indexOf('\n', from);
    const to = lineFeed < 0 ? text.length : lineFeed;
    yield [from, to];
    from = to + 1;
  }
}
