/** Rule: a RUN asks the builder for the host's network or for full rights. */
import { builtStages, runsOf } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'run-outside-sandbox',
  item: 'hardened',
  severity: 'warning',
  title: 'RUN leaves the sandbox of the builder',
  why: '`--security=insecure` runs the step with every capability, `--network=host` in the network of the builder: what it downloads and runs reaches the machine that builds. Builders refuse both unless they are told to allow them.',
  fix: 'Leave the flag out. What a step needs from the network comes through the default one; a service for tests belongs into the pipeline, not into the build.',
  source: 'Dockerfile reference, RUN --security and RUN --network.',
  aliases: ['S6502', 'S6431'],
  examples: {
    bad: 'FROM debian:bookworm-slim\nRUN --security=insecure cat /proc/self/status\n',
    good: 'FROM debian:bookworm-slim\nRUN --network=none cat /proc/self/status\n',
  },
  *check(subject) {
    for (const { flags } of runsOf(builtStages(subject))) {
      for (const { name, value, span } of flags) {
        const asked = `--${name}=${value?.value ?? ''}`;
        if (asked === '--security=insecure' || asked === '--network=host')
          yield { at: span, message: `${asked} takes this step out of the sandbox of the builder.` };
      }
    }
  },
});
