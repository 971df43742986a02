/** Rule: a base image with a tag that is made to move: `latest`, or one that names no version at all. */
import { externalBases } from '../questions/ask.ts';
import { movement } from '../questions/image-tags.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'base-latest',
  item: 'base-image-pinned',
  severity: 'error',
  title: 'Base image tagged `latest`, or without a version',
  why: '`latest` is moved with every release, and so is a tag such as `alpine` or `slim` that names no version. The next build may be another release of the language, and nobody can say which one runs.',
  fix: 'Name the version, at least major and minor: `FROM python:3.12-slim`.',
  source: 'Lessons, "The base image": tags that move without warning.',
  aliases: ['DL3007', 'DS-0001', 'CKV_DOCKER_7'],
  examples: {
    bad: 'ARG TAG=latest\nFROM python:${TAG}\n',
    good: 'ARG TAG=3.12-slim\nFROM python:${TAG}\n',
  },
  *check(subject) {
    for (const { from, base } of externalBases(subject)) {
      const moves = base.kind === 'image' ? movement(base.reference) : undefined;
      const at = from.image.span;
      if (moves?.kind === 'latest' || moves?.kind === 'no-version') yield { at, message: moves.message };
      else if (moves?.kind === 'part') yield { at, severity: 'warning', message: moves.message };
      else if (moves?.kind === 'line') yield { at, severity: 'warning', confidence: 'medium', message: moves.message };
    }
  },
});
