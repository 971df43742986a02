/**
 * Text that was put together from pieces of the original: the joined line of an instruction, the body of a here-document
 * without its tabs, a string of a JSON array. It remembers where each piece came from, so that everything found in it can
 * be pointed at in the original.
 */
import type { Span } from '../types.ts';
import { type Source, SourceSpan, SourceWord } from './source.ts';

/**
 * Where pieces begin: pairs of an index in the joined text and an offset in the original, one after the other. One array of
 * numbers, because every continued line has one.
 */
type Pieces = ArrayLike<number>;

/** More numbers than this stand in an array of fixed width: the garbage collector moves and scans the other kind. */
const longestPlain = 2048;

/** A text and, for each of its characters, the offset in the original. */
export class MappedText {
  readonly source: Source;
  readonly text: string;
  /** Offset of the first piece, which is the only one in nearly every case. */
  private readonly base: number;
  /** All pieces, when there are several. */
  private readonly pieces: Pieces | undefined;

  constructor(source: Source, text: string, base: number, pieces?: Pieces) {
    this.source = source;
    this.text = text;
    this.base = base;
    this.pieces = pieces;
  }

  /** Offset in the original of the character at `index`. */
  offset(index: number): number {
    const { pieces } = this;
    if (pieces === undefined) return this.base + index;
    const at = pieceAt(pieces, index);
    return (pieces[at + 1] ?? 0) + index - (pieces[at] ?? 0);
  }

  /** Offset after the last character of `[from, to)`: what follows it in the original may be a continuation, which is no part of it. */
  endOffset(from: number, to: number): number {
    return to > from ? this.offset(to - 1) + 1 : this.offset(from);
  }

  span(from: number, to: number): Span {
    return new SourceSpan(this.source, this.offset(from), this.endOffset(from, to));
  }

  /** An empty word stands right behind the character before it: `ENV A=` is not what follows on the next line. */
  word(from: number, to: number, value: string | undefined): SourceWord {
    const start = to > from || from === 0 ? this.offset(from) : this.offset(from - 1) + 1;
    return new SourceWord(this.source, start, to > from ? this.endOffset(from, to) : start, value);
  }

  /** The part `[from, to)` as a text of its own. */
  slice(from: number, to: number): MappedText {
    const text = this.text.slice(from, to);
    const base = this.offset(from);
    if (this.pieces === undefined) return new MappedText(this.source, text, base);
    const pieces = [0, base];
    for (let at = pieceAt(this.pieces, from) + 2; at < this.pieces.length; at += 2) {
      const index = this.pieces[at] ?? 0;
      if (index >= to) break;
      pieces.push(index - from, this.pieces[at + 1] ?? 0);
    }
    return new MappedText(this.source, text, base, pieces);
  }

  /** All pieces, be there one or several. */
  allPieces(): Pieces {
    return this.pieces ?? [0, this.base];
  }
}

/** Puts a MappedText together piece by piece. */
export class MappedTextBuilder {
  private readonly source: Source;
  private text = '';
  /** The pieces, as long as they are few. */
  private readonly few: number[] = [];
  /** All pieces, once they are many; its end is not yet in use. */
  private many: Int32Array | undefined;
  private count = 0;
  /** From an index in the last piece to its offset. */
  private distance = 0;

  constructor(source: Source) {
    this.source = source;
  }

  /** Appends text whose first character stands at `offset` of the original, and the others right after it. */
  add(text: string, offset: number): this {
    if (text === '') return this;
    this.beginPiece(this.text.length, offset);
    this.text += text;
    return this;
  }

  /** Appends all of another text, with its places. */
  addMapped(other: MappedText): this {
    if (other.text === '') return this;
    const pieces = other.allPieces();
    for (let at = 0; at < pieces.length; at += 2)
      this.beginPiece(this.text.length + (pieces[at] ?? 0), pieces[at + 1] ?? 0);
    this.text += other.text;
    return this;
  }

  build(offsetIfEmpty: number): MappedText {
    const pieces = this.many?.slice(0, this.count) ?? this.few;
    return new MappedText(this.source, this.text, pieces[1] ?? offsetIfEmpty, this.count > 2 ? pieces : undefined);
  }

  /** A piece that goes on where the one before it ends is no piece of its own. */
  private beginPiece(index: number, offset: number): void {
    if (this.count > 0 && offset - index === this.distance) return;
    this.distance = offset - index;
    if (this.count < longestPlain) {
      this.few.push(index, offset);
    } else {
      const pieces = this.roomForPiece();
      pieces[this.count] = index;
      pieces[this.count + 1] = offset;
    }
    this.count += 2;
  }

  private roomForPiece(): Int32Array {
    const { many, count } = this;
    if (many !== undefined && many.length > count) return many;
    const larger = new Int32Array(count * 4);
    larger.set(many ?? this.few);
    this.many = larger;
    return larger;
  }
}

/** Place of the last pair that begins at or before `index`. */
function pieceAt(pieces: Pieces, index: number): number {
  let low = 0;
  let high = (pieces.length >> 1) - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle * 2] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low * 2;
}
