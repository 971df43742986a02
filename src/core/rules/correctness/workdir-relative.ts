/** Rule: a relative WORKDIR upon a folder that this file did not set. */
import type { Stage } from '../../dockerfile/types.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'workdir-relative',
  item: 'builds-and-starts',
  severity: 'info',
  title: 'Relative WORKDIR',
  why: 'It counts from the folder that the base image was left in, which the next version of that image may change.',
  fix: 'Write the whole path: `WORKDIR /app`.',
  source: 'BuildKit, build check WorkdirRelativePath.',
  aliases: ['WorkdirRelativePath', 'DL3000'],
  examples: {
    bad: 'FROM python:3.12-slim\nWORKDIR app\n',
    good: 'FROM python:3.12-slim\nWORKDIR /srv\nWORKDIR app\n',
  },
  *check({ dockerfile }) {
    const set = new Set<Stage>();
    for (const stage of dockerfile.stages) {
      const { base, triggers, instructions } = stage;
      const isInherited = base.kind === 'stage' && set.has(base.stage);
      if (isInherited || triggers.some(({ keyword }) => keyword === 'WORKDIR')) set.add(stage);
      for (const one of instructions) {
        if (one.keyword !== 'WORKDIR') continue;
        const path = one.words[0]?.value;
        const isRelative = path !== undefined && !/^(?:[/\\]|[A-Za-z]:[/\\])/.test(path);
        if (isRelative && !set.has(stage))
          yield { at: one.span, message: `${path} counts from wherever the base image was left.` };
        set.add(stage);
      }
    }
  },
});
