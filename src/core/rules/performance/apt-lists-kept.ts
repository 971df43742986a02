/** Rule: the package lists of apt stay in the layer that fetched them. */
import type { ShellCommand } from '../../dockerfile/types.ts';
import { commandsOf, runsOf, shippedStages } from '../ask.ts';
import { callsFor } from '../installs.ts';
import { deletes, isMounted } from '../leftovers.ts';
import { defineRule } from '../rule.ts';

const LISTS = '/var/lib/apt/lists';
const PROGRAMS = ['apt-get', 'apt', 'aptitude'];

export default defineRule({
  id: 'apt-lists-kept',
  item: 'no-package-cache',
  severity: 'warning',
  title: 'apt keeps its package lists in the layer',
  why: '`apt-get update` writes some 20 MB of package lists that nothing reads again. Deleted in a later RUN they are hidden, not gone: the layer still carries them.',
  fix: 'Delete them in the same RUN: `RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*`.',
  source: 'Docker, Building best practices: apt-get.',
  aliases: ['DL3009', 'DKL-DI-0005'],
  examples: {
    bad: 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y curl\n',
    good: 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n',
  },
  *check(subject) {
    for (const run of runsOf(shippedStages(subject))) {
      if (isMounted(run, LISTS)) continue;
      const commands = commandsOf(run);
      const update = commands.findLastIndex(fetchesLists);
      const fetched = commands[update];
      if (fetched === undefined || commands.slice(update + 1).some(removesLists)) continue;
      yield { at: fetched.span, message: 'The package lists that this fetches stay in the layer.' };
    }
  },
});

function fetchesLists(command: ShellCommand): boolean {
  return PROGRAMS.some((program) => callsFor(command, program, 'update'));
}

function removesLists(command: ShellCommand): boolean {
  // apt's own word for it; plain `clean` leaves the lists alone.
  return deletes(command, LISTS) || PROGRAMS.some((program) => callsFor(command, program, /^dist-?clean$/));
}
