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
import { makeDecides } from './decide.ts';
import type { Rule } from './decide.ts';
import { cleanPath, matcherOf } from './pattern.ts';

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
    if (
      lineTo - lineFrom > mostOfLine / 3 &&
      new TextEncoder().encode(text.slice(lineFrom, lineTo)).length >= mostOfLine
    ) {
      problems.push({ message: 'The line is longer than 65,535 bytes.', span: source.span(lineFrom, lineTo) });
      break;
    }
    if (text.charCodeAt(lineFrom) === 35) continue;
    const from = skipSpaces(text, lineFrom, lineTo);
    const to = trimEnd(text, from, lineTo);
    if (from === to) continue;
    const raw = text.slice(from, to);
    const span = source.span(from, to);
    const cleaned = normalize(raw);
    const isException = cleaned.startsWith('!');
    const pattern = isException ? cleaned.slice(1) : cleaned;
    const matcher = pattern !== '' && isWellFormed(pattern) ? matcherOf(pattern) : undefined;
    if (pattern === '') {
      problems.push({ message: 'A ! needs a pattern behind it.', span });
    } else if (matcher === undefined) {
      problems.push({ message: `The brackets, ranges or escapes of ${raw} are not whole.`, span });
    } else {
      rules.push({ matcher, isException });
      patterns.push({ raw, negated: isException, span });
    }
  }
  const decides = makeDecides(rules);
  return {
    path,
    patterns,
    problems,
    excludes: (file) => decides(file) !== undefined,
    excludedBy: (file) => patterns[decides(file) ?? -1],
  };
}

/** A line of so many bytes is one too long for the builder, which reads no further. */
const mostOfLine = 65_536;

/**
 * What the builder makes of a line. It cleans twice, and trims in between: once as it reads the file, where a slash in front
 * goes, and once more with the `!` in front, so that `!/` ends as a lone `!`.
 */
function normalize(raw: string): string {
  const isException = raw.startsWith('!');
  const trimmed = trim(isException ? raw.slice(1) : raw);
  const once = trimmed === '' ? '' : cleanPath(trimmed);
  const unrooted = once.length > 1 && once.startsWith('/') ? once.slice(1) : once;
  return cleanPath(trim(isException ? `!${unrooted}` : unrooted));
}

/**
 * True when Go's filepath.Match takes the pattern for the path `.`, with which the builder tries it. Match gives up at the
 * first part between stars that does not fit, and never looks at what is wrong behind it.
 */
function isWellFormed(pattern: string): boolean {
  const parts = /^(\**)((?:\\[^]|\[(?:\\[^]|[^\]\\])*\]?|[^*\\[])*\\?)([^]*)$/u.exec(pattern);
  const first = Array.from(parts?.[2] ?? '');
  const fit = readPart(first);
  if (fit !== 'fits-dot') return fit === 'fits-not';
  const rest = parts?.[3] ?? '';
  return rest === '' || isWellFormed(rest);
}

/** Reads what stands between stars, and tells whether it is a single dot's worth. */
function readPart(characters: readonly string[]): 'fits-dot' | 'fits-not' | 'broken' {
  let count = 0;
  let fitsDot = false;
  for (let at = 0; at < characters.length; at++, count++) {
    const character = characters[at];
    if (character === '[') {
      const end = readClass(characters, at + 1);
      if (end === undefined) return 'broken';
      fitsDot = end.fitsDot;
      at = end.at;
    } else {
      if (character === '\\' && ++at >= characters.length) return 'broken';
      fitsDot = characters[at] === '.' || character === '?';
    }
  }
  return count === 1 && fitsDot ? 'fits-dot' : 'fits-not';
}

function readClass(characters: readonly string[], from: number): { at: number; fitsDot: boolean } | undefined {
  const isNegated = characters[from] === '^';
  let at = isNegated ? from + 1 : from;
  let hasDot = false;
  for (let ranges = 0; ; ranges++) {
    if (characters[at] === ']' && ranges > 0) return { at, fitsDot: hasDot !== isNegated };
    const low = classCharacter(characters, at);
    if (low === undefined) return undefined;
    let high = low;
    if (characters[low.next] === '-') {
      const end = classCharacter(characters, low.next + 1);
      if (end === undefined) return undefined;
      high = end;
    }
    if (low.code <= dot && dot <= high.code) hasDot = true;
    at = high.next;
  }
}

const dot = 46;

/** One character of a class and the index behind it; `undefined` when there is none. */
function classCharacter(characters: readonly string[], at: number): { code: number; next: number } | undefined {
  const character = characters[at];
  if (character === undefined || character === '-' || character === ']') return undefined;
  const place = character === '\\' ? at + 1 : at;
  const code = characters[place]?.codePointAt(0);
  return code === undefined || place + 1 >= characters.length ? undefined : { code, next: place + 1 };
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
