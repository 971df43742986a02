/**
 * Patterns of an ignore file: `*` within a folder, `**` over folders, `?`, classes in brackets, `\` as escape.
 *
 * What a pattern asks for is read in pattern-steps.ts; here paths are held against it. All the steps that a path may be at
 * are followed together, as Go follows them: time grows with pattern and path, whatever is uploaded.
 */
import { readPattern, type Step } from './pattern-steps.ts';

/** A pattern that paths are held against. */
export interface PathMatcher {
  /** Text that every path begins with that the pattern fits; may be empty. */
  readonly begin: string;
  /** Text that every such path ends with; may be empty. */
  readonly end: string;
  /** True when the pattern fits the whole path. */
  readonly fits: (path: string) => boolean;
}

/** Makes the matcher of a cleaned pattern; `undefined` when the builder cannot make one either. Never throws. */
export function matcherOf(pattern: string): PathMatcher | undefined {
  const steps = readPattern(pattern);
  switch (steps?.kind) {
    case undefined:
      return undefined;
    case 'exact':
      return { begin: pattern, end: pattern, fits: (path) => path === pattern };
    case 'prefix': {
      const prefix = pattern.slice(0, -2);
      return { begin: prefix, end: '', fits: (path) => path.startsWith(prefix) };
    }
    case 'suffix': {
      const suffix = pattern.slice(2);
      const isWholePart = suffix.startsWith('/');
      return {
        begin: '',
        end: isWholePart ? suffix.slice(1) : suffix,
        fits: (path) => path.endsWith(suffix) || (isWholePart && path === suffix.slice(1)),
      };
    }
    case 'expression': {
      const branches = steps.branches.map((branch) => ({ branch, plain: plainTextOf(branch) }));
      const [only] = branches.length === 1 ? branches : [];
      return {
        begin: only?.plain.begin ?? '',
        end: only?.plain.end ?? '',
        fits: (path) => branches.some(({ branch, plain }) => hasAll(plain, path) && finds(branch, path)),
      };
    }
    default:
      return steps satisfies never;
  }
}

/** Plain text of a branch: what a path that it fits begins with, ends with and holds. */
interface PlainText {
  readonly begin: string;
  readonly end: string;
  readonly inside: string;
}

/**
 * Most paths fit most patterns not at all, and following states to learn that takes a hundred times as long as looking for plain
 * text: 100 lines of `**\/*.pyc` over 20,000 files were 40 seconds.
 */
function hasAll({ begin, end, inside }: PlainText, path: string): boolean {
  return path.startsWith(begin) && path.endsWith(end) && path.includes(inside);
}

function plainTextOf(steps: readonly Step[]): PlainText {
  let begin = '';
  let end = '';
  let inside = '';
  let run = '';
  let isAtBegin = false;
  for (const step of [...steps, undefined]) {
    const code = step?.kind === 'one' ? step.test.only : undefined;
    if (code !== undefined) {
      run += String.fromCodePoint(code);
      continue;
    }
    if (isAtBegin) begin = run;
    if (run.length > inside.length) inside = run;
    if (step?.kind === 'place' && (step.place === '$' || step.place === 'z')) end = run;
    isAtBegin = step !== undefined && step === steps[0] && step.kind === 'place' && step.place === '^';
    run = '';
  }
  return { begin, end, inside };
}

/** True when a branch fits somewhere in the path. All states that the path may be in are followed together. */
function finds(steps: readonly Step[], path: string): boolean {
  const first = steps[0];
  const isAnchored = first?.kind === 'place' && first.place === '^';
  let states = new Set<number>();
  for (let at = 0; ;) {
    if (at === 0 || !isAnchored) enter(0, states, steps, path, at);
    if (states.has(steps.length)) return true;
    const code = path.codePointAt(at);
    if (code === undefined || (isAnchored && states.size === 0)) return false;
    at += code > 0xffff ? 2 : 1;
    const next = new Set<number>();
    for (const state of states) {
      // Below zero: between `**` and its slash, which may not be passed over.
      const index = state < 0 ? -state - 1 : state;
      const step = steps[index];
      if (step === undefined || step.kind === 'place' || !step.test(code)) continue;
      if (step.kind === 'folders') {
        next.add(-index - 1);
        if (code === 47) enter(index + 1, next, steps, path, at);
      } else enter(step.kind === 'many' ? index : index + 1, next, steps, path, at);
    }
    states = next;
  }
}

/** Adds a state, and those behind it that can be reached without taking a character. */
function enter(from: number, states: Set<number>, steps: readonly Step[], path: string, at: number): void {
  for (let index = from; !states.has(index); index++) {
    states.add(index);
    const step = steps[index];
    if (step === undefined || step.kind === 'one') return;
    if (step.kind === 'place' && !isAt(step.place, path, at)) return;
  }
}

function isAt(place: string, path: string, at: number): boolean {
  if (place === '^' || place === 'A') return at === 0;
  if (place === '$' || place === 'z') return at === path.length;
  const isBoundary = /\w/.test(path[at - 1] ?? '') !== /\w/.test(path[at] ?? '');
  return isBoundary === (place === 'b');
}

/** Go's path.Clean: no doubled slashes, no `.`, `..` worked off, no slash at the end; `.` when nothing is left. */
export function cleanPath(path: string): string {
  const isRooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!isRooted) parts.push('..');
  }
  const joined = parts.join('/');
  if (isRooted) return `/${joined}`;
  return joined === '' ? '.' : joined;
}
