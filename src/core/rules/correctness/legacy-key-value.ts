/** Rule: `ENV name value` without `=`. */
import type { Edit } from '../../../schemas/finding.ts';
import type { PairsInstruction } from '../../dockerfile/types.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'legacy-key-value',
  item: 'builds-and-starts',
  severity: 'style',
  title: 'ENV or LABEL without an equals sign',
  why: 'The old form takes the whole rest of the line as one value: a second `NAME=value` on it becomes a part of the first. Builders may drop it.',
  fix: 'Write `ENV NAME=value`, with quotes where the value has blanks.',
  source: 'BuildKit, build check LegacyKeyValueFormat.',
  aliases: ['LegacyKeyValueFormat'],
  examples: {
    bad: 'FROM python:3.12-slim\nENV APP_HOME /app\n',
    good: 'FROM python:3.12-slim\nENV APP_HOME=/app\n',
  },
  *check({ dockerfile }) {
    for (const one of dockerfile.instructions) {
      // Triggers of ONBUILD are read where they run; ARG has no such form.
      if ((one.keyword !== 'ENV' && one.keyword !== 'LABEL') || !one.isLegacy) continue;
      const edits = editsOf(one);
      const name = one.pairs[0]?.key.raw ?? '';
      yield {
        at: one.span,
        message: `${one.keyword} ${name} is written in the old form, without an equals sign.`,
        ...(edits === undefined ? {} : { edits }),
      };
    }
  },
});

/** Only where it is sure that the value stays the same. */
function editsOf({ pairs }: PairsInstruction): readonly Edit[] | undefined {
  const [pair] = pairs;
  if (pair?.value === undefined || pairs.length !== 1 || !/^[A-Za-z_][\w.-]*$/.test(pair.key.raw)) return undefined;
  const { raw, span } = pair.value;
  const start = pair.key.span.end.offset;
  if (/^(?:[^\s"'\\`=]+|"[^"\\`\n]*"|'[^'\\`\n]*')$/.test(raw)) return [{ start, end: span.start.offset, text: '=' }];
  if (!/^[^"'\\`\n]+$/.test(raw)) return undefined;
  return [
    { start, end: span.start.offset, text: '="' },
    { start: span.end.offset, end: span.end.offset, text: '"' },
  ];
}
