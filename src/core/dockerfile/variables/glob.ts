/**
 * The patterns of `${x#p}`, `${x%p}` and `${x/p/r}`: `*` is any text, `?` any character, `\` escapes these and itself, `}` and `/`.
 * No brackets. Matching takes the pieces between the stars from left to right, so it never runs back.
 */

/** A pattern split at its stars. `undefined` in a piece is a `?`. */
interface Glob {
  readonly pieces: readonly (readonly (string | undefined)[])[];
}

/** Reads a pattern; `undefined` when it escapes what must not be escaped, which the builder refuses. */
function readGlob(pattern: string): Glob | undefined {
  const pieces: (string | undefined)[][] = [[]];
  const characters = Array.from(pattern);
  for (let at = 0; at < characters.length; at++) {
    let character = characters[at] ?? '';
    const last = pieces.at(-1);
    if (character === '*') {
      pieces.push([]);
      continue;
    }
    if (character === '?') {
      last?.push(undefined);
      continue;
    }
    if (character === '\\') {
      const next = characters[at + 1];
      if (next === '}' || next === '/') continue;
      if (next !== '*' && next !== '?' && next !== '\\') return undefined;
      character = next;
      at++;
    }
    last?.push(character);
  }
  return { pieces };
}

/**
 * The value without the shortest or longest beginning (or end) that fits the pattern.
 * `undefined`: the pattern is not one that the builder takes.
 */
export function trimGlob(value: string, pattern: string, side: 'start' | 'end', longest: boolean): string | undefined {
  const glob = readGlob(pattern);
  if (glob === undefined) return undefined;
  const characters = Array.from(value);
  const pieces = side === 'start' ? glob.pieces : glob.pieces.map((piece) => piece.toReversed()).toReversed();
  const text = side === 'start' ? characters : characters.toReversed();
  const end = matchEnd(text, 0, pieces, longest);
  if (end === undefined) return value;
  const rest = text.slice(end);
  return (side === 'start' ? rest : rest.toReversed()).join('');
}

/**
 * The value with the first fit, or every fit, of the pattern replaced; the longest text fits.
 * `undefined`: the pattern is not one that the builder takes.
 */
export function replaceGlob(value: string, pattern: string, replacement: string, all: boolean): string | undefined {
  const glob = readGlob(pattern);
  if (glob === undefined) return undefined;
  const text = Array.from(value);
  let result = '';
  let kept = 0;
  let at = 0;
  let before = -1;
  while (at <= text.length) {
    const first = find(text, at, glob.pieces[0] ?? []);
    const end = first === undefined ? undefined : matchEnd(text, first, glob.pieces, true);
    if (first === undefined || end === undefined) break;
    // An empty fit right behind the fit before it does not count.
    if (end > first || first !== before) {
      result += text.slice(kept, first).join('') + replacement;
      kept = end;
      before = end;
      if (!all) break;
    }
    at = end > first ? end : first + 1;
  }
  return result + text.slice(kept).join('');
}

/** Where a fit that begins at `from` ends. */
function matchEnd(
  text: readonly string[],
  from: number,
  pieces: readonly (readonly (string | undefined)[])[],
  longest: boolean,
): number | undefined {
  const first = pieces[0] ?? [];
  if (!fitsAt(text, from, first)) return undefined;
  let at = from + first.length;
  for (let index = 1; index < pieces.length; index++) {
    const piece = pieces[index] ?? [];
    const isLast = index === pieces.length - 1;
    const start = isLast && longest ? findLast(text, at, piece) : find(text, at, piece);
    if (start === undefined) return undefined;
    at = start + piece.length;
  }
  return at;
}

function fitsAt(text: readonly string[], at: number, piece: readonly (string | undefined)[]): boolean {
  if (at + piece.length > text.length) return false;
  return piece.every((character, index) => character === undefined || text[at + index] === character);
}

function find(text: readonly string[], from: number, piece: readonly (string | undefined)[]): number | undefined {
  for (let at = from; at + piece.length <= text.length; at++) if (fitsAt(text, at, piece)) return at;
  return undefined;
}

function findLast(text: readonly string[], from: number, piece: readonly (string | undefined)[]): number | undefined {
  for (let at = text.length - piece.length; at >= from; at--) if (fitsAt(text, at, piece)) return at;
  return undefined;
}
