/**
 * `.dockerignore`, read as moby/patternmatcher reads it.
 *
 * It looks like .gitignore and is not: patterns are anchored at the root of the context, the last one that fits decides, and
 * a `!` may take back a file below an excluded folder. What a pattern fits it fits with everything below it. Source:
 * patternmatcher's MatchesUsingParentResults, which the builder's walk over the context uses.
 */
import { Source } from '../dockerfile/text/source.ts';
import { isSpace, skipSpaces, trimEnd } from '../dockerfile/text/characters.ts';
import type { IgnoreFile, IgnorePattern } from './types.ts';
import { cleanPath, matcherOf, type PathMatcher } from './pattern.ts';

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
    const fits = pattern === '' ? undefined : matcherOf(pattern);
    if (isException && pattern === '') {
      problems.push({ message: 'A ! needs a pattern behind it.', span });
    } else if (fits === undefined) {
      problems.push({ message: `The brackets, ranges or escapes of ${raw} are not whole.`, span });
    } else {
      rules.push({ fits, isException });
      patterns.push({ raw, negated: isException, span });
    }
  }
  return { path, patterns, problems, excludes: makeExcludes(rules) };
}

/** Which patterns fit a path or a folder that it is in, and what comes of it. */
interface Verdict {
  readonly fitting: readonly boolean[];
  readonly isExcluded: boolean;
}

const atRoot: Verdict = { fitting: [], isExcluded: false };

/**
 * Asks for a path after its folders, as the builder walks the context: a pattern that fits a folder fits all that is in it,
 * but only if the folder was asked for it at all.
 */
function makeExcludes(rules: readonly Rule[]): (file: string) => boolean {
  const folders = new Map<string, Verdict>();
  const verdictOn = (path: string, above: Verdict): Verdict => {
    let isExcluded = false;
    const fitting = rules.map((rule, index) => {
      // A pattern that would not change the answer is not asked.
      const fits = above.fitting[index] === true || (rule.isException === isExcluded && rule.fits(path));
      if (fits) isExcluded = !rule.isException;
      return fits;
    });
    return { fitting, isExcluded };
  };
  return (file) => {
    const path = cleanPath(file);
    if (path === '.') return false;
    let above = atRoot;
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      let verdict = folders.get(folder);
      if (verdict === undefined) folders.set(folder, (verdict = verdictOn(folder, above)));
      above = verdict;
    }
    return verdictOn(path, above).isExcluded;
  };
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
