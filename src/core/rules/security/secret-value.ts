/** Rule: a value in the Dockerfile that shows by its form that it is a secret, whatever its name. */
import type { Position, Span } from '../../dockerfile/types.ts';
import { leaksByPath } from '../questions/leaks.ts';
import { defineRule } from '../rule.ts';
import { mayHoldSecretValues, secretValues } from '../tables/secrets.ts';

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
    // In two parts: whoever looks for secrets in Drydock's own image must not find this one.
    bad: ['FROM python:3.12-slim\nENV DATABASE_URL=postgres://shop', 'h7Gt2xQz@db/shop\n'].join(':'),
    good: 'FROM python:3.12-slim\nENV DATABASE_URL=postgres://shop:${DB_PASSWORD}@db/shop\n',
  },
  *check(subject) {
    const { dockerfile } = subject;
    const leaks = [...(leaksByPath(subject).get(subject.path) ?? [])].toSorted((a, b) => a.start - b.start);
    if (leaks.length === 0 && !mayHoldSecretValues(dockerfile.text)) return;
    let next = 0;
    for (const { keyword, span } of dockerfile.instructions) {
      const from = span.start.offset;
      const text = dockerfile.text.slice(from, span.end.offset);
      const found = [...secretValues(text)];
      // Comments between the instructions are in no image.
      while ((leaks[next]?.start ?? Infinity) < span.end.offset) {
        const leak = leaks[next];
        next += 1;
        if (leak === undefined || leak.start < from) continue;
        const [start, end] = [leak.start - from, Math.min(leak.end - from, text.length)];
        if (found.every((one) => one.end <= start || one.start >= end))
          found.push({ kind: leak.kind, start, end, masked: '***' });
      }
      for (const { kind, masked, start, end } of found) {
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
