/** Rule: what the builder would refuse. */
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'syntax-refused',
  item: 'builds-and-starts',
  severity: 'error',
  title: 'The builder refuses this',
  why: 'The build stops before its first step.',
  fix: 'Write it as the Dockerfile reference has it; the message names what is wrong.',
  source: 'BuildKit: dockerfile/parser and dockerfile/instructions.',
  aliases: ['DL1000'],
  examples: {
    bad: 'FROM python:3.12-slim\nINSTALL flask\n',
    good: 'FROM python:3.12-slim\nRUN pip install --no-cache-dir flask\n',
  },
  *check(subject) {
    for (const { message, span } of subject.dockerfile.problems) yield { at: span, message };
  },
});
