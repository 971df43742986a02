/** Rule: a pattern of the ignore file reaches the root alone, and what it means lies deeper. */
import { isMeantEverywhere, mayTry, sentFromBelow, TOO_MUCH } from '../questions/ignore-patterns.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'ignore-pattern-root-only',
  item: 'context-excludes',
  severity: 'warning',
  title: 'Pattern of .dockerignore that does not reach into folders',
  why: '`.gitignore` looks for a name in every folder, `.dockerignore` only at the root of the context: what lies deeper is sent all the same.',
  fix: 'Put `**/` in front: `**/node_modules`.',
  source: 'Dockerfile reference, ".dockerignore file".',
  aliases: [],
  examples: {
    bad: {
      dockerfile: 'FROM node:24-slim\nCOPY . .\n',
      files: { 'web/node_modules/left/index.js': '', 'web/index.js': '', '.dockerignore': 'node_modules\n' },
    },
    good: {
      dockerfile: 'FROM node:24-slim\nCOPY . .\n',
      files: { 'web/node_modules/left/index.js': '', 'web/index.js': '', '.dockerignore': '**/node_modules\n' },
    },
  },
  needs: 'files',
  *check({ context }) {
    const { ignore, sent } = context;
    if (ignore === undefined) return;
    if (!mayTry(context)) {
      yield TOO_MUCH;
      return;
    }
    for (const pattern of ignore.patterns) {
      const name = pattern.raw.replace(/^\/|\/(?:\*\*?)?$/g, '');
      if (pattern.negated || pattern.raw.startsWith('/') || !isMeantEverywhere(name)) continue;
      const file = sentFromBelow({ ...pattern, raw: name }, sent);
      if (file === undefined) continue;
      yield {
        at: pattern.span,
        file: ignore.path,
        identity: pattern.raw,
        message: `${pattern.raw} is looked for at the root alone, and ${file.path} is sent; write **/${name}.`,
      };
    }
  },
});
