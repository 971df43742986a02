/** Rule: the project has a lock file, and the install does not get it. */
import { lockOf, lockReaders } from '../questions/locks.ts';
import { mayBeSkipped } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'lock-file-not-copied',
  item: 'reproducible',
  severity: 'warning',
  title: 'The install does not get the lock file',
  why: 'The lock file says which versions were tested. Without it the install takes whatever is newest today, and `npm ci`, `uv sync --frozen` and their like do not run at all.',
  fix: 'Copy it beside the manifest: `COPY package.json package-lock.json ./`; and keep it out of `.dockerignore`.',
  source:
    'npm docs, package-lock.json; Poetry docs, Basic usage: Installing with poetry.lock; Composer docs, composer.lock.',
  aliases: [],
  needs: 'files',
  examples: {
    bad: {
      dockerfile: 'FROM node:24-slim\nCOPY package.json ./\nRUN npm install\nCOPY . .\n',
      files: { 'package.json': '{"dependencies":{"a":"1"}}', 'package-lock.json': '{}', 'server.js': '' },
    },
    good: {
      dockerfile: 'FROM node:24-slim\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n',
      files: { 'package.json': '{"dependencies":{"a":"1"}}', 'package-lock.json': '{}', 'server.js': '' },
    },
  },
  *check(subject) {
    for (const install of lockReaders(subject)) {
      const state = lockOf(subject, install);
      if (state.kind !== 'left-out' || mayBeSkipped(install)) continue;
      const why = state.isIgnored ? 'the ignore file leaves it out' : 'no COPY brings it here';
      yield { at: install.span, message: `${state.path} is in the project, but ${why}.` };
    }
  },
});
