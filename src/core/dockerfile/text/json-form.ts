/**
 * The JSON form of arguments. What is no JSON at all silently becomes the other form; JSON that is an array of anything but
 * strings is refused.
 */
import type { MappedText } from './mapped-text.ts';
import type { SourceWord } from './source.ts';

const quote = 34;
const escape = 92;

/**
 * Reads `[from, to)` of a line as a JSON array of strings.
 * The words on success; `not-json` and `not-strings` otherwise. Pure; never throws.
 */
export function readJsonForm(
  line: MappedText,
  from: number,
  to: number,
): readonly SourceWord[] | 'not-json' | 'not-strings' {
  const { text } = line;
  if (text.charCodeAt(from) !== 91) return 'not-json';
  const words: SourceWord[] = [];
  let at = skipJsonBlanks(text, from + 1);
  if (text.charCodeAt(at) !== 93) {
    for (;;) {
      const end = stringEnd(text, at, to);
      const value = end === undefined ? undefined : stringValue(text, at, end);
      if (end === undefined || value === undefined) return whyNot(text.slice(from, to));
      words.push(line.word(at, end, value));
      at = skipJsonBlanks(text, end);
      if (text.charCodeAt(at) !== 44) break;
      at = skipJsonBlanks(text, at + 1);
    }
  }
  return text.charCodeAt(at) === 93 && skipJsonBlanks(text, at + 1) >= to ? words : whyNot(text.slice(from, to));
}

/** It is no array of strings: is it another array? */
function whyNot(text: string): 'not-json' | 'not-strings' {
  // `[ -f x ] && y` is the common case, and throwing is dear.
  if (!text.endsWith(']')) return 'not-json';
  try {
    const value: unknown = JSON.parse(text);
    // A number too large for the builder makes it no JSON there.
    return Array.isArray(value) && !value.some((item) => item === Infinity || item === -Infinity)
      ? 'not-strings'
      : 'not-json';
  } catch {
    return 'not-json';
  }
}

/** Index after the closing quote of a string that begins at `at`. */
function stringEnd(text: string, at: number, to: number): number | undefined {
  if (text.charCodeAt(at) !== quote) return undefined;
  for (let index = at + 1; index < to; index++) {
    const code = text.charCodeAt(index);
    if (code === quote) return index + 1;
    if (code === escape) index++;
    else if (code < 32) return undefined;
  }
  return undefined;
}

/** The string's value; `undefined` when an escape in it is none. */
function stringValue(text: string, from: number, to: number): string | undefined {
  const inner = text.slice(from + 1, to - 1);
  if (!inner.includes('\\')) return inner;
  try {
    const value: unknown = JSON.parse(text.slice(from, to));
    return typeof value === 'string' ? value.toWellFormed() : undefined;
  } catch {
    return undefined;
  }
}

function skipJsonBlanks(text: string, at: number): number {
  for (let code = text.charCodeAt(at); code === 32 || (code >= 9 && code <= 13 && code !== 11 && code !== 12);) {
    code = text.charCodeAt(++at);
  }
  return at;
}
