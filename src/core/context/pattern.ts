/**
 * Patterns of an ignore file: `*` within a folder, `**` over folders, `?`, classes in brackets, `\` as escape.
 *
 * moby/patternmatcher has shortcuts for literal patterns and for a `**` at the beginning or the end, and they are part of
 * its meaning: behind a leading `**` the rest is compared letter by letter.
 */

/** True when the pattern fits the whole path. */
export type PathMatcher = (path: string) => boolean;

/** Makes the matcher of a cleaned pattern; `undefined` when the builder cannot make one either. Never throws. */
export function matcherOf(pattern: string): PathMatcher | undefined {
  if (!isWellFormed(pattern)) return undefined;
  const { kind, expression } = compile(pattern);
  switch (kind) {
    case 'exact':
      return (path) => path === pattern;
    case 'prefix': {
      const prefix = pattern.slice(0, -2);
      return (path) => path.startsWith(prefix);
    }
    case 'suffix': {
      const suffix = pattern.slice(2);
      return (path) => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1));
    }
    case 'expression':
      return expressionMatcher(expression);
    default:
      return kind satisfies never;
  }
}

function expressionMatcher(expression: string): PathMatcher | undefined {
  try {
    const compiled = new RegExp(`^${expression}$`, 'u');
    return (path) => compiled.test(path);
  } catch {
    return undefined;
  }
}

type Kind = 'exact' | 'prefix' | 'suffix' | 'expression';

/** Characters that mean something to a regular expression and nothing to a pattern. */
const literal = '.+()|{}$^';

function compile(pattern: string): { readonly kind: Kind; readonly expression: string } {
  const characters = Array.from(pattern);
  let kind: Kind = 'exact';
  let expression = '';
  for (let at = 0, round = 0; at < characters.length; at++, round++) {
    const character = characters[at] ?? '';
    if (character === '*' && characters[at + 1] === '*') {
      at++;
      if (characters[at + 1] === '/') at++;
      if (at + 1 >= characters.length) {
        kind = kind === 'exact' ? 'prefix' : 'expression';
        expression += '.*';
      } else {
        expression += '(?:.*/)?';
        kind = 'expression';
      }
      if (round === 0) kind = 'suffix';
    } else if (character === '*') {
      expression += '[^/]*';
      kind = 'expression';
    } else if (character === '?') {
      expression += '[^/]';
      kind = 'expression';
    } else if (character === '\\') {
      const escaped = characters[++at];
      if (escaped === undefined) expression += '\\\\';
      else {
        expression += escapeFor(escaped);
        kind = 'expression';
      }
    } else if (character === '[') {
      const end = classEnd(characters, at);
      expression += classExpression(characters.slice(at + 1, end));
      at = end;
      kind = 'expression';
    } else {
      expression += character === ']' ? '\\]' : escapeFor(character);
      if (character === ']') kind = 'expression';
    }
  }
  return { kind, expression };
}

function escapeFor(character: string): string {
  return literal.includes(character) || '\\*?[]/'.includes(character) ? `\\${character}` : character;
}

/** Index of the bracket that closes the class opened at `from`. */
function classEnd(characters: readonly string[], from: number): number {
  let at = from + 1;
  if (characters[at] === '^') at++;
  for (let isFirst = true; at < characters.length; isFirst = false, at++) {
    if (characters[at] === '\\') at++;
    else if (characters[at] === ']' && !isFirst) return at;
  }
  return characters.length;
}

function classExpression(inner: readonly string[]): string {
  const isNegated = inner[0] === '^';
  let expression = isNegated ? '[^' : '[';
  for (let at = isNegated ? 1 : 0; at < inner.length; at++) {
    let character = inner[at] ?? '';
    if (character === '-') {
      expression += '-';
      continue;
    }
    if (character === '\\') character = inner[++at] ?? '';
    expression += /[\\[\]^&~|!#$%*+,.:;<=>?@`(){}/-]/.test(character) ? escapeInClass(character) : character;
  }
  return `${expression}]`;
}

function escapeInClass(character: string): string {
  return '\\[]^-'.includes(character) ? `\\${character}` : character;
}

/**
 * True when Go's filepath.Match takes the pattern: classes are closed, and nothing is escaped at the end.
 * Ranges must have both ends; an empty class is none.
 */
function isWellFormed(pattern: string): boolean {
  const characters = Array.from(pattern);
  for (let at = 0; at < characters.length; at++) {
    if (characters[at] === '\\' && ++at >= characters.length) return false;
    if (characters[at] !== '[' || (at > 0 && characters[at - 1] === '\\' && isEscaped(characters, at))) continue;
    const end = readClass(characters, at + 1);
    if (end === undefined) return false;
    at = end;
  }
  return true;
}

function isEscaped(characters: readonly string[], at: number): boolean {
  let count = 0;
  while (characters[at - 1 - count] === '\\') count++;
  return count % 2 === 1;
}

function readClass(characters: readonly string[], from: number): number | undefined {
  let at = from;
  if (characters[at] === '^') at++;
  for (let ranges = 0; ; ranges++) {
    if (characters[at] === ']' && ranges > 0) return at;
    const low = classCharacter(characters, at);
    if (low === undefined) return undefined;
    at = low;
    if (characters[at] === '-') {
      const high = classCharacter(characters, at + 1);
      if (high === undefined) return undefined;
      at = high;
    }
  }
}

/** Index after one character of a class; `undefined` when there is none. */
function classCharacter(characters: readonly string[], at: number): number | undefined {
  const character = characters[at];
  if (character === undefined || character === '-' || character === ']') return undefined;
  const end = character === '\\' ? at + 2 : at + 1;
  return end < characters.length ? end : undefined;
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
