/** Rule: every package of the base image is upgraded. */
import { commandsOf, runsOf, shippedStages } from '../questions/ask.ts';
import { callsFor } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';

/** Commands that upgrade everything when no package is named. */
const UPGRADES: readonly (readonly (string | RegExp)[])[] = [
  [/^(?:apt|apt-get|aptitude)$/, /^(?:upgrade|dist-upgrade|full-upgrade|safe-upgrade)$/],
  ['apk', 'upgrade'],
  [/^(?:dnf5?|microdnf|yum|tdnf)$/, /^(?:upgrade|update|distro-sync)$/],
  ['zypper', /^(?:update|up|dist-upgrade|dup)$/],
];

export default defineRule({
  id: 'upgrade-in-image',
  item: 'image-size',
  severity: 'info',
  title: 'The base image is upgraded in a layer of its own',
  why: 'Every upgraded package is in the image twice, as the base brings it and as the upgrade does; and the same Dockerfile gives another image every day.',
  fix: 'Take a newer base image and rebuild often: `FROM debian:bookworm-20250520-slim`. Upgrade a single package where a fix cannot wait: `apt-get install -y --only-upgrade openssl`.',
  source: 'Docker, Building best practices: rebuild your images often.',
  aliases: ['DL3035', 'DS-0024', 'DKL-DI-0003'],
  examples: {
    bad: 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get upgrade -y && rm -rf /var/lib/apt/lists/*\n',
    good: 'FROM debian:bookworm-20250520-slim\nRUN apt-get update && apt-get install -y --only-upgrade openssl && rm -rf /var/lib/apt/lists/*\n',
  },
  *check(subject) {
    for (const run of runsOf(shippedStages(subject))) {
      for (const command of commandsOf(run)) {
        if (!UPGRADES.some((call) => callsFor(command, ...call))) continue;
        const words = command.args.filter(({ raw }) => !raw.startsWith('-'));
        // A package that is named is somebody's decision.
        if (words.length > 1) continue;
        yield { at: command.span, message: 'This upgrades every package of the base image.' };
      }
    }
  },
});
