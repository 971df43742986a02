/** Rule: lines of the ignore file that the builder refuses. */
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'dockerignore-refused',
  item: 'builds-and-starts',
  severity: 'error',
  title: 'The builder refuses the .dockerignore',
  why: 'The build stops before its first step; builders that go on leave nothing out.',
  fix: 'Close the brackets, write a pattern behind `!`, and `\\\\` for a backslash.',
  source: 'moby/patternmatcher and its ignorefile reader.',
  aliases: [],
  provenBy: 'builds',
  examples: {
    bad: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: { 'app.py': '', '.dockerignore': '.git\n[a-\n' },
    },
    good: {
      dockerfile: 'FROM python:3.12-slim\nCOPY . .\n',
      files: { 'app.py': '', '.dockerignore': '.git\n[a-z].tmp\n' },
    },
  },
  *check({ context: { ignore } }) {
    for (const { message, span } of ignore?.problems ?? [])
      yield { at: span, message, file: ignore?.path ?? '.dockerignore', identity: message.slice(0, 200) };
  },
});
