/** Rule: dependencies are installed from a manifest, and the project has no lock file at all. */
import { installs } from '../questions/installs.ts';
import { lockOf, lockReaders } from '../questions/locks.ts';
import { listsNothing } from '../questions/manifests.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'lock-file-missing',
  item: 'reproducible',
  severity: 'warning',
  title: 'The project has no lock file',
  why: 'The manifest gives ranges. Every build takes the newest versions inside them, and those of everything they depend on: the same commit makes another image tomorrow.',
  fix: 'Make one and commit it: `npm install --package-lock-only`, `uv lock`, `poetry lock`, `bundle lock`, `composer update --lock`, `cargo generate-lockfile`.',
  source: 'npm docs, package-lock.json; Cargo Book, Cargo.toml vs Cargo.lock.',
  aliases: [],
  needs: 'files',
  examples: {
    bad: {
      dockerfile: 'FROM node:24-slim\nCOPY package.json ./\nRUN npm install\n',
      files: { 'package.json': '{"dependencies":{"fastify":"^5"}}' },
    },
    good: {
      dockerfile: 'FROM node:24-slim\nCOPY package*.json ./\nRUN npm ci\n',
      files: { 'package.json': '{"dependencies":{"fastify":"^5"}}', 'package-lock.json': '{}' },
    },
  },
  *check(subject) {
    const told = new Set<string>();
    for (const install of lockReaders(subject)) {
      if (NEVER_ASKED.has(install.manager.id) || listsNothing(subject, install.manager)) continue;
      const state = lockOf(subject, install);
      // A tool that makes one on its way is somebody's decision; once is enough for a manifest.
      if (state.kind !== 'missing' || told.has(state.manifest) || makesLock(subject)) continue;
      told.add(state.manifest);
      yield { at: install.span, message: `There is no ${install.manager.lockFiles[0]} for ${state.manifest}.` };
    }
  },
});

/** Their lock files are for those who want one. */
const NEVER_ASKED: ReadonlySet<string> = new Set(['dotnet', 'dotnet build']);

const makesLock = question((subject): boolean =>
  installs(subject).some(({ flags }) => flags.includes('--no-package-lock')),
);
