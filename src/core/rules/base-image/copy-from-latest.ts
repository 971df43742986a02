/** Rule: files are copied or mounted from an image that moves: without a tag, or `latest`. */
import { isMajorOnly, lenders, movement } from '../questions/image-tags.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'copy-from-latest',
  item: 'base-image-pinned',
  severity: 'warning',
  title: 'Files taken from an image without a version',
  why: 'What `COPY --from` brings is part of the image like the base is. From a tag that moves, the next build takes another release of that tool without a line of the file having changed.',
  fix: 'Name the version: `COPY --from=ghcr.io/astral-sh/uv:0.9.12 /uv /bin/`.',
  source: 'Lessons, "The base image": tags that move without warning.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/\n',
    good: 'FROM python:3.12-slim\nCOPY --from=ghcr.io/astral-sh/uv:0.9.12 /uv /bin/\n',
  },
  *check(subject) {
    for (const { reference, at } of lenders(subject)) {
      const moves = movement(reference);
      if (moves !== undefined) {
        const isCertain = ['untagged', 'latest', 'no-version'].includes(moves.kind);
        yield { at, ...(isCertain ? {} : { severity: 'info' }), message: moves.message };
      } else if (isMajorOnly(reference)) {
        yield {
          at,
          severity: 'info',
          message: `${reference.name}:${reference.tag ?? ''} does not say which minor version; it moves without warning.`,
        };
      }
    }
  },
});
