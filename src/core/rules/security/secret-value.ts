/** Rule: a value in the Dockerfile that shows by its form that it is a secret, whatever its name. */
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
    for (const { span } of dockerfile.instructions) {
      const text = dockerfile.text.slice(span.start.offset, span.end.offset);
      for (const { kind, masked } of secretValues(text)) {
        yield { at: span, message: `This holds ${kind} (${masked}).` };
      }
    }
  },
});
