/** Rule: a base image with a tag that is made to move, such as `latest`. */
import { externalBases } from '../ask.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'base-latest',
  item: 'base-image-pinned',
  severity: 'error',
  title: 'Base image tagged `latest`',
  why: '`latest` is moved with every release. The next build may be another release of the language, and nobody can say which one runs.',
  fix: 'Name the version, at least major and minor: `FROM python:3.12-slim`.',
  source: 'Lessons, "The base image": tags that move without warning.',
  aliases: ['DL3007', 'DS-0001', 'CKV_DOCKER_7'],
  examples: {
    bad: 'ARG TAG=latest\nFROM python:${TAG}\n',
    good: 'ARG TAG=3.12-slim\nFROM python:${TAG}\n',
  },
  *check(subject) {
    for (const { from, base } of externalBases(subject)) {
      if (base.kind !== 'image' || base.reference.digest !== undefined) continue;
      const { name, tag } = base.reference;
      if (tag === 'latest') {
        yield { at: from.image.span, message: `${name}:latest moves with every release of ${name}.` };
      }
    }
  },
});
