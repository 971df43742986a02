/** Small makers of edits: what a rule's mechanical fix replaces, in offsets of the original text. */
import type { Edit } from '../../schemas/finding.ts';
import type { Span } from '../dockerfile/types.ts';

/** Puts `text` in place of a span. */
export function replacing(span: Span, text: string): Edit {
  return { start: span.start.offset, end: span.end.offset, text };
}

/** Puts `text` right behind a span. */
export function behind(span: Span, text: string): Edit {
  return { start: span.end.offset, end: span.end.offset, text };
}

/** Puts `text` right before a span. */
export function before(span: Span, text: string): Edit {
  return { start: span.start.offset, end: span.start.offset, text };
}
