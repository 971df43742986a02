/**
 * Places in the original text. The parser thinks in plain offsets; a line and a column are worked out only when somebody
 * asks, because most nodes of most files are never pointed at.
 *
 * The builder ends lines at `\n` alone; so does this file. A lone `\r` is an ordinary character.
 */
import type { Pair, Position, Span, Word } from '../types.ts';

/** The original text with its line table, which is made on first use. */
export class Source {
  readonly text: string;
  #lineStarts: number[] | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Line and column of an offset. */
  position(offset: number): Position {
    const starts = (this.#lineStarts ??= lineStartsOf(this.text));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { offset, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }

  span(from: number, to: number): Span {
    return new SourceSpan(this, from, to);
  }
}

/** A range that knows its source; positions are made when asked for. */
export class SourceSpan implements Span {
  readonly source: Source;
  readonly from: number;
  readonly to: number;

  constructor(source: Source, from: number, to: number) {
    this.source = source;
    this.from = from;
    this.to = to;
  }

  get start(): Position {
    return this.source.position(this.from);
  }

  get end(): Position {
    return this.source.position(this.to);
  }
}

/** A word of the text. `raw` is always the very characters of its span. */
export class SourceWord implements Word {
  readonly source: Source;
  readonly from: number;
  readonly to: number;
  readonly value: string | undefined;

  constructor(source: Source, from: number, to: number, value: string | undefined) {
    this.source = source;
    this.from = from;
    this.to = to;
    this.value = value;
  }

  get raw(): string {
    return this.source.text.slice(this.from, this.to);
  }

  get span(): Span {
    return new SourceSpan(this.source, this.from, this.to);
  }
}

/** `key=value`; its span is made of the two. */
export class SourcePair implements Pair {
  readonly key: SourceWord;
  readonly value: SourceWord | undefined;

  constructor(key: SourceWord, value: SourceWord | undefined) {
    this.key = key;
    this.value = value;
  }

  get span(): Span {
    return new SourceSpan(this.key.source, this.key.from, (this.value ?? this.key).to);
  }
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
