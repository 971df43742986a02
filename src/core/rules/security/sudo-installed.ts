/** Rule: sudo is in the image. */
import { isShipped } from '../questions/ask.ts';
import { installs } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'sudo-installed',
  item: 'hardened',
  severity: 'info',
  title: 'sudo is installed in the image',
  why: 'sudo is a setuid program whose whole purpose is to become root: whoever breaks into the process tries it first. A container has no administrator who would need it.',
  fix: 'Leave it out. What needs root stands above `USER`; an entrypoint that has to give root up does so with `setpriv`, `gosu` or `su-exec`.',
  source: 'Dockerfile best practices, USER: avoid installing or using sudo.',
  aliases: [],
  examples: {
    bad: 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y sudo\nUSER 1001\n',
    good: 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y gosu\nUSER 1001\n',
  },
  *check(subject) {
    for (const { manager, packages, stage, span } of installs(subject)) {
      if (manager.kind !== 'system' || !isShipped(subject, stage)) continue;
      if (packages.some((name) => name !== undefined && /^sudo(?:[=:].*)?$/.test(name)))
        yield { at: span, message: 'This puts sudo into the image, a way to root for whoever breaks in.' };
    }
  },
});
