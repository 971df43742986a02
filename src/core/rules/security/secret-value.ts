/** Rule: a value in the Dockerfile that shows by its form that it is a secret, whatever its name. */
import type { Position, Span } from '../../dockerfile/types.ts';
import { defineRule } from '../rule.ts';
import { secretValues } from '../secrets.ts';

export default defineRule({
  id: 'secret-value',
  item: 'no-secrets',
  severity: 'error',
  title: 'Literal secret in the Dockerfile',
  why: 'The Dockerfile is in version control and its lines are in the history of the image: the value is known to everybody who can read either. It has to be replaced, not only removed.',
  fix: 'Revoke the value. Give the new one at run time, or to the build through `RUN --mount=type=secret,id=token …`.',
  source: 'Lessons, "Secrets"; the forms are those that the issuers document.',
  aliases: ['DS-0031', 'CIS-DI-0010'],
  examples: {
    bad: 'FROM python:3.12-slim\nENV DATABASE_URL=postgres://shop:h7Gt2xQz@db/shop\n',
    good: 'FROM python:3.12-slim\nENV DATABASE_URL=postgres://shop:${DB_PASSWORD}@db/shop\n',
  },
  *check({ dockerfile }) {
    for (const { keyword, span } of dockerfile.instructions) {
      const text = dockerfile.text.slice(span.start.offset, span.end.offset);
      for (const { kind, masked, start, end } of secretValues(text)) {
        yield {
          at: partOf(span, text, start, end),
          identity: `${keyword} ${kind}`,
          message: `This holds ${kind} (${masked}).`,
        };
      }
    }
  },
});

/** The span of a part of a text that itself has a span. */
function partOf({ start }: Span, text: string, from: number, to: number): Span {
  const position = (index: number): Position => {
    const above = text.slice(0, index).split('\n');
    const column = (above.at(-1) ?? '').length + (above.length === 1 ? start.column : 1);
    return { offset: start.offset + index, line: start.line + above.length - 1, column };
  };
  return { start: position(from), end: position(to) };
}
