/** Splitting: an instruction into keyword, flags and the rest; the rest into words. Indexes are those of the joined line. */
import { isSeparator, isSpace, skipSpaces, trimEnd } from './characters.ts';
import type { MappedText } from './mapped-text.ts';

/** A range of the joined line. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A flag as the builder reads it: quotes and escapes gone. */
export interface RawFlag extends Range {
  readonly text: string;
}

/** An instruction, cut into its parts. */
export interface Parts {
  readonly line: MappedText;
  readonly keyword: Range;
  readonly flags: readonly RawFlag[];
  /** What follows the flags, blanks trimmed. */
  readonly rest: Range;
}

const noFlags: readonly RawFlag[] = [];
const backslash = 92;

/** Cuts `[from, …)` of a line into keyword, flags and rest. */
export function splitInstruction(line: MappedText, from: number): Parts {
  const { text } = line;
  const end = trimEnd(text, from, text.length);
  const start = skipSpaces(text, from, end);
  let keywordEnd = start;
  while (keywordEnd < end && !isSeparator(text.charCodeAt(keywordEnd))) keywordEnd++;
  const argumentsFrom = skipSpaces(text, keywordEnd, end);
  const keyword = { from: start, to: keywordEnd };
  if (text.charCodeAt(argumentsFrom) !== 45 || text.charCodeAt(argumentsFrom + 1) !== 45) {
    return { line, keyword, flags: noFlags, rest: { from: argumentsFrom, to: end } };
  }
  const flags: RawFlag[] = [];
  const restFrom = skipSpaces(text, readFlags(text, argumentsFrom, end, flags), end);
  return { line, keyword, flags, rest: { from: restFrom, to: end } };
}

/** Collects `--name=value` words; returns where the rest begins. A lone `--` ends them. Here `\` is always the escape. */
function readFlags(text: string, from: number, end: number, flags: RawFlag[]): number {
  let at = from;
  while (text.charCodeAt(at) === 45 && text.charCodeAt(at + 1) === 45 && at < end) {
    const start = at;
    let value = '';
    let hasQuotes = false;
    while (at < end && !isFlagBlank(text.charCodeAt(at))) {
      const code = text.charCodeAt(at);
      if (isQuote(code)) {
        hasQuotes = true;
        const close = quotedEnd(text, at, end);
        value += unescape(text.slice(at + 1, close.inner));
        at = close.after;
      } else if (code === backslash) {
        value += text[at + 1] ?? '';
        at += 2;
      } else {
        const plain = at;
        while (at < end && isPlainInFlag(text.charCodeAt(at))) at++;
        value += text.slice(plain, at);
      }
    }
    at = Math.min(at, end);
    if (value === '--' && at < end) return at;
    if (value !== '--' && (hasQuotes || value !== '')) flags.push({ from: start, to: at, text: value });
    while (at < end && isFlagBlank(text.charCodeAt(at))) at++;
  }
  return at;
}

function isPlainInFlag(code: number): boolean {
  return code !== backslash && !isQuote(code) && !isFlagBlank(code);
}

function isQuote(code: number): boolean {
  return code === 34 || code === 39;
}

/** Here the builder looks at bytes, so the blanks of Unicode are none. */
function isFlagBlank(code: number): boolean {
  return code <= 0xa0 && isSpace(code);
}

function quotedEnd(text: string, at: number, end: number): { readonly inner: number; readonly after: number } {
  const quote = text.charCodeAt(at);
  for (let index = at + 1; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code === quote) return { inner: index, after: index + 1 };
    if (code === backslash) index++;
  }
  return { inner: end, after: end };
}

function unescape(text: string): string {
  return text.includes('\\') ? text.replaceAll(/\\([^]?)/g, '$1') : text;
}

/** The words of `[from, to)`, parted by separators alone: quotes mean nothing here. */
export function splitPlain(text: string, range: Range): readonly Range[] {
  const words: Range[] = [];
  let at = range.from;
  while (at < range.to) {
    const from = at;
    while (at < range.to && !isSeparator(text.charCodeAt(at))) at++;
    words.push({ from, to: at });
    while (at < range.to && isSeparator(text.charCodeAt(at))) at++;
  }
  return words;
}

/** The words of `[from, to)` where quotes and escapes keep blanks together: ENV, LABEL and ARG. */
export function splitQuoted(text: string, range: Range, escape: string): readonly Range[] {
  const words: Range[] = [];
  const escapeCode = escape.charCodeAt(0);
  let at = skipSpaces(text, range.from, range.to);
  while (at < range.to) {
    const from = at;
    let quote = 0;
    while (at < range.to) {
      const code = text.charCodeAt(at);
      if (quote === 0 && isSpace(code)) break;
      if (code === escapeCode && quote !== 39) at++;
      else if (quote === 0 && (code === 34 || code === 39)) quote = code;
      else if (code === quote) quote = 0;
      at++;
    }
    at = Math.min(at, range.to);
    words.push({ from, to: at });
    at = skipSpaces(text, at, range.to);
  }
  return words;
}
