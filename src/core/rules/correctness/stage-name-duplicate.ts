/** Rule: two stages of one name. */
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'stage-name-duplicate',
  item: 'builds-and-starts',
  severity: 'warning',
  title: 'Two stages with one name',
  why: '`COPY --from` and `--target` reach the last one alone, wherever they stand; what the other one made is out of reach.',
  fix: 'Give each stage a name of its own.',
  source: 'BuildKit, build check DuplicateStageName.',
  aliases: ['DuplicateStageName', 'DL3024'],
  examples: {
    bad: 'FROM node:24-slim AS build\nRUN npm ci\nFROM golang:1.24 AS build\nRUN go build -o /service .\n',
    good: 'FROM node:24-slim AS site\nRUN npm ci\nFROM golang:1.24 AS build\nRUN go build -o /service .\n',
  },
  *check({ dockerfile }) {
    const lines = new Map<string, number>();
    for (const { name, from } of dockerfile.stages) {
      if (name === undefined) continue;
      const line = lines.get(name);
      if (line !== undefined) yield { at: from.span, message: `The stage of line ${line} is called ${name}, too.` };
      lines.set(name, from.span.start.line);
    }
  },
});
