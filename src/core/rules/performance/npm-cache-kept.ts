/** Rule: npm or yarn leaves its download cache in the image. */
import { shippedInstalls } from '../questions/installs.ts';
import { cacheLeftBy } from '../questions/leftovers.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'npm-cache-kept',
  item: 'no-package-cache',
  severity: 'warning',
  title: 'npm or yarn keeps its cache in the layer',
  why: 'npm keeps every package it downloads under ~/.npm, yarn in its cache folder, beside node_modules that already hold them: the dependencies are in the image twice.',
  fix: 'Clean in the same RUN: `npm ci --omit=dev && npm cache clean --force`, or keep it out: `RUN --mount=type=cache,target=/root/.npm npm ci`.',
  source: 'npm docs, npm-cache; Yarn docs, yarn cache clean.',
  aliases: ['DL3060'],
  examples: {
    bad: 'FROM node:24-slim\nCOPY package*.json ./\nRUN npm ci --omit=dev\n',
    good: 'FROM node:24-slim\nCOPY package*.json ./\nRUN npm ci --omit=dev && npm cache clean --force\n',
  },
  *check(subject) {
    for (const install of shippedInstalls(subject, 'npm', 'yarn')) yield* cacheLeftBy(subject, install);
  },
});
