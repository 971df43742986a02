/**
 * Which of many patterns decides on a path, in the order of patternmatcher's MatchesUsingParentResults.
 *
 * Not every pattern is held against every path: most begin or end with plain text, and by that they are looked up. Without this
 * 12,000 patterns over 20,000 files, one megabyte and an upload of nothing, were 14 seconds.
 */
import { cleanPath } from './pattern.ts';
import type { PathMatcher } from './pattern.ts';

/** A pattern, ready to be asked. */
export interface Rule {
  readonly matcher: PathMatcher;
  readonly isException: boolean;
}

/** Which patterns fit a path or a folder that it is in, and what comes of it. */
interface Verdict {
  /** Indexes of the patterns, ascending. */
  readonly fitting: readonly number[];
  /** Index of the pattern that leaves it out; `undefined` when it is sent. */
  readonly by: number | undefined;
}

const untouched: Verdict = { fitting: [], by: undefined };

/**
 * Makes the function that answers, for a path, the index of the rule that leaves it out; `undefined` when none does. Asks for a
 * path after its folders, as the builder walks the context: a pattern that fits a folder fits all that is in it, but only if the
 * folder was asked for it at all.
 */
export function makeDecides(rules: readonly Rule[]): (file: string) => number | undefined {
  const candidates = makeCandidates(rules.map(({ matcher }) => matcher));
  const folders = new Map<string, Verdict>();
  const verdictOn = (path: string, above: Verdict): Verdict => {
    const asked = candidates(path);
    if (asked.length === 0) return above;
    const inherited = new Set(above.fitting);
    const fitting: number[] = [];
    let by: number | undefined;
    for (const index of merged(above.fitting, asked)) {
      const rule = rules[index];
      if (rule === undefined) continue;
      // A pattern that would not change the answer is not asked.
      const isAsked = rule.isException === (by !== undefined);
      if (!inherited.has(index) && !(isAsked && rule.matcher.fits(path))) continue;
      fitting.push(index);
      by = rule.isException ? undefined : index;
    }
    return { fitting, by };
  };
  const verdictOnFolder = (path: string): Verdict => {
    // From the nearest folder that is known: neighbours share all but the last.
    const open: string[] = [];
    let nearest = untouched;
    for (let folder = path; folder !== ''; folder = folderOf(folder)) {
      const known = folders.get(folder);
      if (known !== undefined) {
        nearest = known;
        break;
      }
      open.push(folder);
    }
    for (const folder of open.toReversed()) folders.set(folder, (nearest = verdictOn(folder, nearest)));
    return nearest;
  };
  return (file) => {
    const path = cleanPath(file);
    return path === '.' ? undefined : verdictOn(path, verdictOnFolder(folderOf(path))).by;
  };
}

/** The folder that a path is in; `''` at the root. */
function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Two ascending lists as one, each number once. */
function merged(one: readonly number[], other: readonly number[]): readonly number[] {
  return one.length === 0 ? other : [...new Set([...one, ...other])].sort((a, b) => a - b);
}

/** Makes the function that answers the indexes, ascending, of all matchers that may fit a path. */
function makeCandidates(matchers: readonly PathMatcher[]): (path: string) => readonly number[] {
  const sharing = (text: (matcher: PathMatcher) => string): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>();
    for (const matcher of matchers) counts.set(text(matcher), (counts.get(text(matcher)) ?? 0) + 1);
    return counts;
  };
  const sameBegin = sharing(({ begin }) => begin);
  const sameEnd = sharing(({ end }) => end);
  const byBegin = new Map<string, number[]>();
  const byEnd = new Map<string, number[]>();
  const always: number[] = [];
  const file = (into: Map<string, number[]>, text: string, index: number): void => {
    const known = into.get(text);
    if (known === undefined) into.set(text, [index]);
    else known.push(index);
  };
  for (const [index, { begin, end }] of matchers.entries()) {
    if (begin === '' && end === '') always.push(index);
    // What fewer patterns share tells more.
    else if (end === '' || (begin !== '' && (sameBegin.get(begin) ?? 0) <= (sameEnd.get(end) ?? 0))) {
      file(byBegin, begin, index);
    } else file(byEnd, reversed(end), index);
  }
  const beginning = makePrefixLookup(byBegin);
  const ending = makePrefixLookup(byEnd);
  return (path) => {
    const found = [...beginning(path), ...(byEnd.size === 0 ? [] : ending(reversed(path)))];
    if (found.length === 0) return always;
    return [...always, ...found].sort((a, b) => a - b);
  };
}

/** The UTF-16 units from the last to the first. */
function reversed(text: string): string {
  let back = '';
  for (let at = text.length - 1; at >= 0; at -= 1) back += text[at] ?? '';
  return back;
}

/**
 * Makes the function that answers what is filed under the texts that a path begins with.
 *
 * The texts are sorted, and each knows the longest other one that it begins with itself. Whatever a path begins with, the last
 * text that does not sort behind the path begins with too: from there the way leads up.
 */
function makePrefixLookup(filed: ReadonlyMap<string, readonly number[]>): (path: string) => readonly number[] {
  const texts = [...filed.keys()].sort();
  const above: number[] = [];
  for (const [at, text] of texts.entries()) {
    let up = at - 1;
    while (up >= 0 && !text.startsWith(texts[up] ?? '')) up = above[up] ?? -1;
    above.push(up);
  }
  return (path) => {
    let low = 0;
    let high = texts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((texts[middle] ?? '') <= path) low = middle + 1;
      else high = middle;
    }
    const found: number[] = [];
    for (let at = low - 1; at >= 0; at = above[at] ?? -1) {
      const text = texts[at] ?? '';
      if (path.startsWith(text)) found.push(...(filed.get(text) ?? []));
    }
    return found;
  };
}
