/**
 * Here-documents of RUN, COPY and ADD: which words of a line open one, and the lines that follow up to the end mark.
 * The words are lexed with `\` as escape, whatever the escape directive says: that is how the builder does it.
 */
import { expand } from '../variables/expand.ts';
import type { LineReader } from '../text/lines.ts';
import { MappedText, MappedTextBuilder } from '../text/mapped-text.ts';
import type { Source } from '../text/source.ts';
import type { Environment, Heredoc, Span } from '../types.ts';

/** The words that open a here-document, before its body is read. */
export interface HeredocStart {
  readonly name: string;
  readonly fileDescriptor: number;
  readonly expands: boolean;
  readonly stripsTabs: boolean;
}

/** A here-document whose content can be pointed into. */
export class ReadHeredoc implements Heredoc {
  readonly name: string;
  readonly fileDescriptor: number;
  readonly expands: boolean;
  readonly stripsTabs: boolean;
  readonly mapped: MappedText;
  readonly span: Span;
  /** Where the content begins in the original. */
  readonly from: number;
  /** Offset of the end mark; `undefined` when there is none. */
  readonly mark: number | undefined;

  constructor(start: HeredocStart, mapped: MappedText, span: Span, from: number, mark: number | undefined) {
    this.name = start.name;
    this.fileDescriptor = start.fileDescriptor;
    this.expands = start.expands;
    this.stripsTabs = start.stripsTabs;
    this.mapped = mapped;
    this.span = span;
    this.from = from;
    this.mark = mark;
  }

  get endMark(): Span | undefined {
    const { mark, mapped, name } = this;
    return mark === undefined ? undefined : mapped.source.span(mark, mark + name.length);
  }

  get content(): string {
    return this.mapped.text;
  }
}

const nothingSet: Environment = { get: () => null };
const plainMark = /^[\w.-]+$/;
const opening = /^(\d*)<<(-?)[\t\n\f\r ]*([^<]*)$/;

/** The here-documents that a joined line opens, in order. A line whose quotes do not close opens none. */
export function heredocStarts(line: string): readonly HeredocStart[] {
  if (!line.includes('<<')) return [];
  const { words } = expand(line, nothingSet, {
    escape: '\\',
    quotes: 'keep',
    keepEscapes: true,
    keepVariables: true,
    split: true,
  });
  return words.map((word) => heredocStart(word)).filter((start) => start !== undefined);
}

/** Reads one word as the opening of a here-document; `undefined` when it is none. */
export function heredocStart(word: string): HeredocStart | undefined {
  const match = opening.exec(word);
  const mark = match?.[3];
  if (match === null || mark === undefined || mark === '') return undefined;
  const fileDescriptor = Number.parseInt(match[1] || '0', 10);
  const stripsTabs = match[2] === '-';
  // Most marks are a word that means itself.
  if (plainMark.test(mark)) return { name: mark, fileDescriptor, expands: true, stripsTabs };
  const stripped = expand(mark, nothingSet, { escape: '\\', keepVariables: true, split: true });
  const kept = expand(mark, nothingSet, { escape: '\\', quotes: 'keep', keepVariables: true, split: true });
  const name = stripped.words[0];
  if (stripped.error !== undefined || stripped.words.length !== 1 || name === undefined) return undefined;
  return {
    name,
    fileDescriptor,
    // Quotes that are gone after reading were real ones.
    expands: countQuotes(name) === countQuotes(kept.words[0] ?? ''),
    stripsTabs,
  };
}

/** A body that was read, and where it ended. */
export interface HeredocBody {
  readonly heredoc: ReadHeredoc;
  /** After the end mark, without the line end. */
  readonly to: number;
  /** False when the text ended before the mark came, which the builder refuses. */
  readonly isTerminated: boolean;
}

/** Reads the lines that follow as a body, up to the end mark. `from`: where an empty rest of the file would begin. */
export function readHeredoc(source: Source, lines: LineReader, start: HeredocStart, from: number): HeredocBody {
  const { text } = source;
  const { name, stripsTabs } = start;
  let begin: number | undefined;
  let end = from;
  for (let line = lines.nextRaw(); line !== undefined; line = lines.nextRaw()) {
    begin ??= line.from;
    end = line.from;
    const mark = stripsTabs ? skipTabs(text, line.from, line.to) : line.from;
    if (line.to - mark === name.length && text.startsWith(name, mark)) {
      const heredoc = new ReadHeredoc(
        start,
        bodyOf(source, begin, end, stripsTabs),
        source.span(begin, end),
        begin,
        mark,
      );
      return { heredoc, to: line.to, isTerminated: true };
    }
    end = line.next;
  }
  begin ??= from;
  const body = bodyOf(source, begin, end, stripsTabs);
  return {
    heredoc: new ReadHeredoc(start, body, source.span(begin, end), begin, undefined),
    to: end,
    isTerminated: false,
  };
}

function bodyOf(source: Source, from: number, to: number, stripsTabs: boolean): MappedText {
  const { text } = source;
  if (!stripsTabs) return new MappedText(source, text.slice(from, to), from);
  const builder = new MappedTextBuilder(source);
  for (let at = from; at < to;) {
    const lineFeed = text.indexOf('\n', at);
    const next = lineFeed < 0 || lineFeed >= to ? to : lineFeed + 1;
    const begin = skipTabs(text, at, next);
    builder.add(text.slice(begin, next), begin);
    at = next;
  }
  return builder.build(from);
}

function skipTabs(text: string, from: number, to: number): number {
  while (from < to && text.charCodeAt(from) === 9) from++;
  return from;
}

function countQuotes(text: string): number {
  return text.replaceAll(/[^'"]/g, '').length;
}
