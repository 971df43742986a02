/** Rule: CMD, ENTRYPOINT or HEALTHCHECK twice in one stage. */
import type { Instruction } from '../../dockerfile/types.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'command-overwritten',
  item: 'builds-and-starts',
  severity: 'warning',
  title: 'CMD, ENTRYPOINT or HEALTHCHECK given twice',
  why: 'Only the last one of a stage counts; what the one before says never happens.',
  fix: 'Keep one. Two programs need two containers, or an entrypoint script that ends in `exec "$@"`.',
  source: 'BuildKit, build check MultipleInstructionsDisallowed.',
  aliases: ['MultipleInstructionsDisallowed', 'DL4003', 'DL4004', 'DL3012'],
  examples: {
    bad: 'FROM python:3.12-slim\nCMD ["python", "migrate.py"]\nCMD ["python", "server.py"]\n',
    good: 'FROM python:3.12-slim AS base\nCMD ["python", "migrate.py"]\nFROM base\nCMD ["python", "server.py"]\n',
  },
  *check({ dockerfile }) {
    for (const { instructions } of dockerfile.stages) {
      const last = new Map<string, Instruction>();
      for (const one of instructions) {
        const { keyword } = one;
        if (keyword !== 'CMD' && keyword !== 'ENTRYPOINT' && keyword !== 'HEALTHCHECK') continue;
        const earlier = last.get(keyword);
        if (earlier !== undefined)
          yield {
            at: earlier.span,
            message: `${keyword} is given again on line ${one.span.start.line}; this one does not count.`,
          };
        last.set(keyword, one);
      }
    }
  },
});
