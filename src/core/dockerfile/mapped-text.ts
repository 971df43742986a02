/**
 * Text that was put together from pieces of the original: the joined line of an instruction, the body of a here-document
 * without its tabs, a string of a JSON array. It remembers where each piece came from, so that everything found in it can
 * be pointed at in the original.
 */
import type { Span } from './types.ts';
import { type Source, SourceSpan, SourceWord } from './source.ts';

/** Where a piece begins: in the joined text (`index`), and in the original (`offset`). */
interface Piece {
  readonly index: number;
  readonly offset: number;
}

/** A text and, for each of its characters, the offset in the original. */
export class MappedText {
  readonly source: Source;
  readonly text: string;
  /** Offset of the first piece, which is the only one in nearly every case. */
  private readonly base: number;
  /** All pieces, when there are several. */
  private readonly parts: readonly Piece[] | undefined;

  constructor(source: Source, text: string, base: number, pieces?: readonly Piece[]) {
    this.source = source;
    this.text = text;
    this.base = base;
    this.parts = pieces;
  }

  /** Offset in the original of the character at `index`. */
  offset(index: number): number {
    const pieces = this.parts;
    if (pieces === undefined) return this.base + index;
    const piece = pieces[pieceAt(pieces, index)];
    return piece === undefined ? this.base : piece.offset + index - piece.index;
  }

  /** Offset after the last character of `[from, to)`: what follows it in the original may be a continuation, which is no part of it. */
  endOffset(from: number, to: number): number {
    return to > from ? this.offset(to - 1) + 1 : this.offset(from);
  }

  pieces(): readonly Piece[] {
    return this.parts ?? (this.text === '' ? [] : [{ index: 0, offset: this.base }]);
  }

  span(from: number, to: number): Span {
    return new SourceSpan(this.source, this.offset(from), this.endOffset(from, to));
  }

  word(from: number, to: number, value: string | undefined): SourceWord {
    return new SourceWord(this.source, this.offset(from), this.endOffset(from, to), value);
  }

  /** The part `[from, to)` as a text of its own. */
  slice(from: number, to: number): MappedText {
    const text = this.text.slice(from, to);
    const pieces = this.parts;
    if (pieces === undefined) return new MappedText(this.source, text, this.base + from);
    const parts: Piece[] = [{ index: 0, offset: this.offset(from) }];
    for (let at = pieceAt(pieces, from) + 1; at < pieces.length; at++) {
      const piece = pieces[at];
      if (piece === undefined || piece.index >= to) break;
      parts.push({ index: piece.index - from, offset: piece.offset });
    }
    return new MappedText(this.source, text, this.offset(from), parts);
  }
}

/** Puts a MappedText together piece by piece. */
export class MappedTextBuilder {
  readonly #source: Source;
  #text = '';
  readonly #pieces: Piece[] = [];

  constructor(source: Source) {
    this.#source = source;
  }

  /** Appends text whose first character stands at `offset` of the original, and the others right after it. */
  add(text: string, offset: number): this {
    if (text === '') return this;
    this.#pieces.push({ index: this.#text.length, offset });
    this.#text += text;
    return this;
  }

  /** Appends all of another text, with its places. */
  addMapped(other: MappedText): this {
    const begin = this.#text.length;
    for (const piece of other.pieces()) this.#pieces.push({ index: begin + piece.index, offset: piece.offset });
    this.#text += other.text;
    return this;
  }

  build(offsetIfEmpty: number): MappedText {
    const base = this.#pieces[0]?.offset ?? offsetIfEmpty;
    return new MappedText(this.#source, this.#text, base, this.#pieces.length > 1 ? this.#pieces : undefined);
  }
}

/** Index of the last piece that begins at or before `index`. */
function pieceAt(pieces: readonly Piece[], index: number): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.index ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
