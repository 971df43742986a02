/** Rule: apt installs what packages recommend as well. */
import { commandsOf, runsOf, shippedStages } from '../questions/ask.ts';
import { shippedInstalls } from '../questions/installs.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';

const SWITCH = /Install-Recommends/i;

export default defineRule({
  id: 'apt-recommends-installed',
  item: 'image-size',
  severity: 'info',
  title: 'apt installs recommended packages',
  why: 'Debian installs what a package recommends unless it is told not to: documentation viewers, mail servers, fonts, which nothing in a container asks for.',
  fix: 'Say so: `apt-get install -y --no-install-recommends curl`, and name what is really needed, often `ca-certificates`.',
  source: 'Debian, apt-get(8): --no-install-recommends; Docker, Building best practices: apt-get.',
  aliases: ['DL3015', 'DS-0029'],
  examples: {
    bad: 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n',
    good: 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl ca-certificates && rm -rf /var/lib/apt/lists/*\n',
  },
  *check(subject) {
    const switchedOff = settingAt(subject);
    for (const { verb, flags, given, span, packages, command } of shippedInstalls(subject, 'apt')) {
      if (verb !== 'install' || packages.length === 0 || switchedOff < span.start.offset) continue;
      const isTold =
        flags.includes('--no-install-recommends') || flags.includes('--without-recommends') || flags.includes('-R');
      if (isTold || given.some(({ name, value }) => SWITCH.test(name) || value === undefined || SWITCH.test(value)))
        continue;
      // A list of options in a variable may hold anything.
      if (command.args.some(({ raw, value }) => value === undefined && /\$\{?\w*(?:OPT|FLAG|ARG)/i.test(raw))) continue;
      yield { at: span, message: 'This installs recommended packages too.' };
    }
  },
});

/** Where the configuration of apt is first told, as an offset: `echo 'APT::Install-Recommends "false";' > /etc/apt/…`. */
const settingAt = question(
  (subject): number =>
    runsOf(shippedStages(subject))
      .flatMap((run) => [...commandsOf(run)])
      .find(({ name, args }) => (name === 'echo' || name === 'printf') && args.some(({ raw }) => SWITCH.test(raw)))
      ?.span.start.offset ?? Number.POSITIVE_INFINITY,
);
