/** Rule: a tag that names only a major version, of images whose minor versions change what runs. */
import { externalBases } from '../questions/ask.ts';
import { isMajorOnly } from '../questions/image-tags.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'base-major-only',
  item: 'base-image-pinned',
  severity: 'warning',
  title: 'Base image pinned to a major version only',
  why: 'A tag such as `python:3` moves from 3.12 to 3.13 without warning; packages with compiled parts stop to install, removed modules stop to import.',
  fix: 'Name the minor version as well: `FROM python:3.12-slim`.',
  source: 'Lessons, "The base image": pin at least major.minor.',
  aliases: [],
  examples: {
    bad: 'FROM python:3-slim\n',
    good: 'FROM node:24-slim\n',
  },
  *check(subject) {
    for (const { from, base } of externalBases(subject)) {
      if (base.kind !== 'image' || !isMajorOnly(base.reference)) continue;
      const { name, tag = '' } = base.reference;
      yield {
        at: from.image.span,
        message: `${name}:${tag} does not say which minor version; it moves without warning.`,
      };
    }
  },
});
