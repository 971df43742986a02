/** Rule: `FROM … as`, or `from … AS`. */
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'from-as-casing',
  item: 'builds-and-starts',
  severity: 'style',
  title: 'FROM and AS in different case',
  why: 'One line in two ways of writing reads as if it were a mistake.',
  fix: 'Write both alike: `FROM golang:1.24 AS build`.',
  source: 'BuildKit, build check FromAsCasing.',
  aliases: ['FromAsCasing'],
  examples: {
    bad: 'FROM golang:1.24 as build\nRUN go build -o /service .\n',
    good: 'from golang:1.24 as build\nrun go build -o /service .\n',
  },
  *check({ dockerfile: { stages, text } }) {
    for (const { from } of stages) {
      if (from.alias === undefined) continue;
      const written = text.slice(from.keywordSpan.start.offset, from.keywordSpan.end.offset);
      const isLower = written === written.toLowerCase();
      // FROM in mixed case is another rule's.
      if (!isLower && written !== written.toUpperCase()) continue;
      const start = from.image.span.end.offset;
      const found = /(?<=\s)as(?=\s)/i.exec(text.slice(start, from.alias.span.start.offset));
      const wanted = isLower ? 'as' : 'AS';
      if (found === null || found[0] === wanted) continue;
      const at = start + found.index;
      yield {
        at: from.span,
        message: `${found[0]} stands beside ${written}.`,
        edits: [{ start: at, end: at + 2, text: wanted }],
      };
    }
  },
});
