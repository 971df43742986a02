/** Rule: an empty line inside of an instruction that goes on. */
import type { Edit } from '../../../schemas/finding.ts';
import type { Dockerfile, Instruction, Span } from '../../dockerfile/types.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'continuation-empty',
  item: 'builds-and-starts',
  severity: 'info',
  title: 'Empty line inside of an instruction',
  why: 'A backslash at the end of a line goes on behind empty lines: what follows, another instruction perhaps, becomes a part of this one. Builders warn of it and mean to refuse it.',
  fix: 'Remove the empty line, or the backslash above it; a comment line may stay.',
  source: 'BuildKit, build check NoEmptyContinuation.',
  aliases: ['NoEmptyContinuation'],
  examples: {
    bad: 'FROM debian:bookworm-slim\nRUN echo one && \\\n\n    echo two\n',
    good: 'FROM debian:bookworm-slim\nRUN echo one && \\\n    # and then\n    echo two\n',
  },
  *check({ dockerfile }) {
    for (const one of dockerfile.instructions) {
      const edits = emptyLines(dockerfile, one);
      if (edits.length === 0) continue;
      yield {
        at: one.span,
        message: `${one.keyword === '?' ? 'The instruction' : one.keyword} goes on behind an empty line.`,
        edits,
      };
    }
  },
});

/** Removes each empty line of what the builder reads as one, the text of here-documents left out. */
function emptyLines({ text }: Dockerfile, { span, heredocs }: Instruction): readonly Edit[] {
  if (span.start.line === span.end.line) return [];
  const end = firstOf(heredocs.map((one) => one.span))?.start.offset ?? span.end.offset;
  const edits: Edit[] = [];
  let from = text.indexOf('\n', span.start.offset) + 1;
  while (from > 0 && from < end) {
    const next = text.indexOf('\n', from) + 1;
    if (next === 0 || next > end) break;
    if (/^\s*$/.test(text.slice(from, next))) edits.push({ start: from, end: next, text: '' });
    from = next;
  }
  return edits;
}

function firstOf(spans: readonly Span[]): Span | undefined {
  return spans.toSorted((a, b) => a.start.offset - b.start.offset)[0];
}
