/** Rule: an image that says nothing about itself. */
import { finalStage } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'labels-missing',
  item: 'labels',
  severity: 'warning',
  title: 'No labels on the image',
  why: 'An image found in a registry or on a node cannot say which source it was built from or whom to ask.',
  fix: 'Add at least `LABEL org.opencontainers.image.source="https://…"` and `org.opencontainers.image.title`.',
  source: 'OCI image spec, annotations; lessons, "The readiness checklist".',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\n',
    good: 'FROM python:3.12-slim\nLABEL org.opencontainers.image.title="shop"\n',
  },
  *check(subject) {
    const stage = finalStage(subject);
    if (stage !== undefined && stage.state.labels.size === 0)
      yield { at: undefined, message: 'The final stage sets no LABEL.' };
  },
});
