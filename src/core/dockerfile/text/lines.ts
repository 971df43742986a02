/**
 * From physical lines to logical ones: an instruction with its continuation lines joined, the way the builder joins them.
 *
 * A line continues when its last character before blanks and tabs is the escape character, unless another escape character
 * stands before it. Inside a continuation comments vanish and empty lines are skipped; leading blanks of a continued line stay.
 */
import { skipSpaces } from './characters.ts';
import { MappedText, MappedTextBuilder } from './mapped-text.ts';
import type { Source } from './source.ts';
import type { Comment } from '../types.ts';

/** Longest physical line that the builder's scanner takes, in bytes without the line end. */
export const maxLineBytes = 65_535;

const lineFeed = 10;
const carriageReturn = 13;
const hash = 35;

/** Reads the original from top to bottom. */
export class LineReader {
  readonly #source: Source;
  readonly #text: string;
  readonly comments: Comment[] = [];
  /** Offsets of physical lines that are longer than the builder's scanner takes. */
  readonly tooLong: number[] = [];
  readonly #escape: number;
  /** Where the next physical line begins. */
  #next: number;
  /** The physical line last read: its range without the line end. */
  #from = 0;
  #to = 0;

  constructor(source: Source, start: number, escape: '\\' | '`') {
    this.#source = source;
    this.#escape = escape.charCodeAt(0);
    this.#text = source.text;
    this.#next = start;
  }

  /** The next instruction with everything that belongs to its line; `undefined` at the end of the text. */
  nextInstruction(): MappedText | undefined {
    while (this.#nextLine()) {
      const from = skipSpaces(this.#text, this.#from, this.#to);
      if (from === this.#to) continue;
      if (this.#text.charCodeAt(from) === hash) {
        this.#addComment(from);
        continue;
      }
      return this.#join(from);
    }
    return undefined;
  }

  /** The next physical line as it is, line end included: what here-documents are made of. */
  nextRaw(): { readonly from: number; readonly to: number; readonly next: number } | undefined {
    return this.#nextLine() ? { from: this.#from, to: this.#to, next: this.#next } : undefined;
  }

  #join(from: number): MappedText {
    const first = this.#continuationAt(from);
    if (first < 0) return new MappedText(this.#source, this.#text.slice(from, this.#to), from);
    const builder = new MappedTextBuilder(this.#source).add(this.#text.slice(from, first), from);
    while (this.#nextLine()) {
      const start = skipSpaces(this.#text, this.#from, this.#to);
      if (start === this.#to) continue;
      if (this.#text.charCodeAt(start) === hash) {
        this.#addComment(start);
        continue;
      }
      const end = this.#continuationAt(this.#from);
      builder.add(this.#text.slice(this.#from, end < 0 ? this.#to : end), this.#from);
      if (end < 0) break;
    }
    return builder.build(from);
  }

  /** Moves to the next physical line. The range leaves out every `\r` and `\n` at its end, as the builder does. */
  #nextLine(): boolean {
    const text = this.#text;
    const from = this.#next;
    if (from >= text.length) return false;
    const lineEnd = text.indexOf('\n', from);
    let to = lineEnd < 0 ? text.length : lineEnd;
    this.#next = lineEnd < 0 ? to : lineEnd + 1;
    if (to - from > maxLineBytes / 3 && exceedsBytes(text, from, to, maxLineBytes)) this.tooLong.push(from);
    while (to > from && isLineEnd(text.charCodeAt(to - 1))) to--;
    this.#from = from;
    this.#to = to;
    return true;
  }

  /** Offset of the escape character that continues the present line, looking no further left than `from`; -1 when it ends here. */
  #continuationAt(from: number): number {
    const text = this.#text;
    let at = this.#to - 1;
    let code = at >= from ? text.charCodeAt(at) : 0;
    while (code === 32 || code === 9) code = --at >= from ? text.charCodeAt(at) : 0;
    if (code !== this.#escape) return -1;
    return at > from && text.charCodeAt(at - 1) === this.#escape ? -1 : at;
  }

  #addComment(from: number): void {
    const to = this.#to;
    this.comments.push({ text: this.#text.slice(from + 1, to), span: this.#source.span(from, to) });
  }
}

function isLineEnd(code: number): boolean {
  return code === lineFeed || code === carriageReturn;
}

/** True when the UTF-8 form of `[from, to)` is longer than `limit` bytes. */
function exceedsBytes(text: string, from: number, to: number, limit: number): boolean {
  let bytes = to - from;
  for (let at = from; at < to && bytes <= limit; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x80) bytes += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2;
  }
  return bytes > limit;
}
