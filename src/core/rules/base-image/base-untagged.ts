/** Rule: a base image without a tag. */
import { externalBases } from '../questions/ask.ts';
import { movement } from '../questions/image-tags.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'base-untagged',
  item: 'base-image-pinned',
  severity: 'error',
  title: 'Base image without a tag',
  why: 'Without a tag the registry hands out `latest`: whatever was pushed last. The next build may be another release of the language, and nobody can say which one runs.',
  fix: 'Name the version, at least major and minor: `FROM python:3.12-slim`.',
  source: 'Lessons, "The base image": tags that move without warning.',
  aliases: ['DL3006', 'DS-0001', 'CKV_DOCKER_7'],
  examples: {
    bad: 'FROM python\nCMD ["python", "app.py"]\n',
    good: 'FROM python:3.12-slim\nCMD ["python", "app.py"]\n',
  },
  *check(subject) {
    for (const { from, base } of externalBases(subject)) {
      if (base.kind === 'unknown') yield { cannotTell: `Which image \`FROM ${from.image.raw}\` names: ${base.why}` };
      if (base.kind !== 'image') continue;
      const moves = movement(base.reference);
      if (moves?.kind === 'untagged') yield { at: from.image.span, message: moves.message };
      else if (moves?.kind === 'patches') yield { at: from.image.span, severity: 'info', message: moves.message };
    }
  },
});
