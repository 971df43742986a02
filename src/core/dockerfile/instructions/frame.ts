/** What every instruction has, whatever its keyword, and the form of one that could not be taken. */
import type { Reading, Heredocs } from './reading.ts';
import { noHeredocs } from './reading.ts';
import { readFlags } from './flags.ts';
import type { ReadHeredoc } from './heredoc.ts';
import type { Flag, Span, UnknownInstruction } from '../types.ts';
import type { Parts } from '../text/words.ts';

/** The part that all instructions have in common. */
export interface Frame {
  readonly keywordSpan: Span;
  readonly span: Span;
  readonly flags: readonly Flag[];
  readonly heredocs: readonly ReadHeredoc[];
}

/** Makes the common part of an instruction. */
export function frameOf(parts: Parts, keyword: string, reading: Reading, heredocs: Heredocs = noHeredocs): Frame {
  const { line } = parts;
  const to = heredocs.to ?? line.endOffset(parts.keyword.from, line.text.length);
  return {
    keywordSpan: line.span(parts.keyword.from, parts.keyword.to),
    span: reading.source.span(line.offset(parts.keyword.from), to),
    flags: readFlags(parts, keyword, reading),
    heredocs: heredocs.all,
  };
}

/** An instruction that the builder does not know or would refuse: kept as text. */
export function unknownInstruction(parts: Parts, frame: Frame): UnknownInstruction {
  return { ...frame, keyword: '?', text: parts.line.text.slice(parts.keyword.from) };
}
