/**
 * The source of a COPY as the builder looks it up in what it got: cleaned, links followed, wildcards as Go's filepath.Match.
 *
 * Measured (Docker 28, BuildKit): a plain path that is not there stops the build; a pattern that fits nothing takes nothing
 * and the build goes on; `..` ends at the root of the context; `file/` is `file`; a pattern with a broken class is refused.
 */
import { cleanPath } from './pattern.ts';
import type { BuildContext, ContextFile } from './types.ts';

/** A path as COPY wrote it, relative to the root of the context; `''` is the whole of it. */
export function sourcePath(source: string): string {
  return cleanPath(`/${source}`).slice(1);
}

/** True when the builder reads the path as a pattern. */
export function isPattern(path: string): boolean {
  return /[*?[]|\\./s.test(path);
}

/** The files of a sorted list at a plain path or below it. */
export function filesAt(files: readonly ContextFile[], path: string): readonly ContextFile[] {
  if (path === '') return files;
  const found: ContextFile[] = [];
  const file = files[lowerBound(files, path)];
  if (file?.path === path) found.push(file);
  const folder = `${path}/`;
  for (let at = lowerBound(files, folder); files[at]?.path.startsWith(folder) === true; at += 1) {
    const below = files[at];
    if (below !== undefined) found.push(below);
  }
  return found;
}

/** Where a path leads when its links are followed inside the context; `undefined` when they go round or are too many. */
export function withoutLinks(context: BuildContext, path: string): string | undefined {
  let parts = path.split('/');
  let hops = 0;
  for (let at = 1; at <= parts.length; at += 1) {
    const target = context.file(parts.slice(0, at).join('/'))?.linkTarget;
    if (target === undefined) continue;
    if ((hops += 1) > 40) return undefined;
    const above = target.startsWith('/') ? [] : parts.slice(0, at - 1);
    const led = sourcePath([...above, target].join('/'));
    parts = [...(led === '' ? [] : led.split('/')), ...parts.slice(at)];
    at = 0;
  }
  return parts.join('/');
}

/** The plain folders before the first part of a pattern that has a wildcard. */
export function plainFolder(path: string): string {
  const parts = path.split('/');
  return parts.slice(0, Math.max(0, parts.findIndex(isPattern))).join('/');
}

/**
 * Makes the matcher of a pattern: true for a file that it fits, or that is below a folder that it fits. `undefined` when the
 * builder refuses the pattern. Time grows with the product of both lengths at the most.
 */
export function sourceMatcher(path: string): ((file: string) => boolean) | undefined {
  const parts: (string | readonly Token[])[] = [];
  for (const part of path.split('/')) {
    const tokens = tokensOf(part);
    if (tokens === undefined) return undefined;
    parts.push(isPattern(part) ? tokens : part);
  }
  return (file) => {
    let from = 0;
    for (const part of parts) {
      if (from > file.length) return false;
      const slash = file.indexOf('/', from);
      const name = file.slice(from, slash === -1 ? undefined : slash);
      if (typeof part === 'string' ? name !== part : !fits(part, name)) return false;
      from = slash === -1 ? file.length + 1 : slash + 1;
    }
    return true;
  };
}

/** One character of a name, or a star. */
type Token = '*' | ((character: string) => boolean);

function tokensOf(part: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const characters = Array.from(part);
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    if (character === '*') tokens.push('*');
    else if (character === '?') tokens.push(() => true);
    else if (character === '[') {
      const end = readClass(characters, at + 1);
      if (end === undefined) return undefined;
      tokens.push(end.token);
      at = end.at;
    } else if (character === '\\') {
      const escaped = characters[(at += 1)];
      if (escaped === undefined) return undefined;
      tokens.push((other) => other === escaped);
    } else tokens.push((other) => other === character);
  }
  return tokens;
}

function readClass(characters: readonly string[], from: number): { token: Token; at: number } | undefined {
  const isNegated = characters[from] === '^';
  const ranges: (readonly [number, number])[] = [];
  let at = isNegated ? from + 1 : from;
  while (characters[at] !== ']' || ranges.length === 0) {
    const low = readOne(characters, at);
    if (low === undefined) return undefined;
    const high = characters[low.next] === '-' ? readOne(characters, low.next + 1) : low;
    if (high === undefined) return undefined;
    ranges.push([low.code, high.code]);
    at = high.next;
  }
  const token = (character: string): boolean => {
    const code = character.codePointAt(0) ?? -1;
    return ranges.some(([low, high]) => low <= code && code <= high) !== isNegated;
  };
  return { token, at };
}

function readOne(characters: readonly string[], at: number): { code: number; next: number } | undefined {
  const character = characters[at];
  if (character === undefined || character === '-' || character === ']') return undefined;
  const place = character === '\\' ? at + 1 : at;
  const code = characters[place]?.codePointAt(0);
  return code === undefined ? undefined : { code, next: place + 1 };
}

/** The last star is given one character more whenever the rest does not fit; earlier ones never need to change. */
function fits(tokens: readonly Token[], text: string): boolean {
  // Most names are plain letters; only signs beyond the first plane are two units long.
  const name: ArrayLike<string> = /[\uD800-\uDFFF]/.test(text) ? Array.from(text) : text;
  let token = 0;
  let star = -1;
  let restart = 0;
  for (let at = 0; at < name.length;) {
    const now = tokens[token];
    if (now === '*') {
      star = token;
      token += 1;
      restart = at;
    } else if (now !== undefined && now(name[at] ?? '')) {
      token += 1;
      at += 1;
    } else if (star === -1) return false;
    else {
      token = star + 1;
      restart += 1;
      at = restart;
    }
  }
  while (tokens[token] === '*') token += 1;
  return token === tokens.length;
}

/** Index of the first file that does not sort before the path. */
function lowerBound(files: readonly ContextFile[], path: string): number {
  let low = 0;
  let high = files.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((files[middle]?.path ?? '') < path) low = middle + 1;
    else high = middle;
  }
  return low;
}
