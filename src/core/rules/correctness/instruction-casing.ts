/** Rule: instructions that are not written like most of the file. */
import type { Dockerfile, Instruction } from '../../dockerfile/types.ts';
import { replacing } from '../edits.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'instruction-casing',
  item: 'builds-and-starts',
  severity: 'style',
  title: 'Instructions in different case',
  why: 'An instruction that is not written like the others is easily overlooked.',
  fix: 'Write all of them in capitals: `RUN`, not `Run`.',
  source: 'BuildKit, build check ConsistentInstructionCasing.',
  aliases: ['ConsistentInstructionCasing'],
  examples: {
    bad: 'FROM python:3.12-slim\nWORKDIR /app\nCopy . .\n',
    good: 'from python:3.12-slim\nworkdir /app\ncopy . .\n',
  },
  *check({ dockerfile }) {
    const all = dockerfile.stages.flatMap(({ from, instructions }) => [from, ...instructions]);
    const balance = all.reduce((sum, one) => sum + weight(written(dockerfile, one)), 0);
    for (const one of all) {
      const word = written(dockerfile, one);
      const wanted = balance < 0 ? word.toLowerCase() : word.toUpperCase();
      if (word === wanted) continue;
      yield {
        at: one.keywordSpan,
        message: `${word} is written ${wanted} elsewhere.`,
        edits: [replacing(one.keywordSpan, wanted)],
      };
    }
  },
});

function written({ text }: Dockerfile, { keywordSpan }: Instruction): string {
  return text.slice(keywordSpan.start.offset, keywordSpan.end.offset);
}

/** One for capitals, minus one for small letters, nothing for a mixture. */
function weight(word: string): number {
  if (word === word.toLowerCase()) return -1;
  return word === word.toUpperCase() ? 1 : 0;
}
