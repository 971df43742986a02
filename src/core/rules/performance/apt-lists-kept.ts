/** Rule: the package lists of apt stay in the layer that fetched them. */
import type { RunInstruction, ShellCommand } from '../../dockerfile/types.ts';
import { builtStages, commandsOf, runsOf, shippedStages } from '../questions/ask.ts';
import { behind } from '../edits.ts';
import { callsFor } from '../questions/installs.ts';
import { deletes, isMounted, takesAnd } from '../questions/leftovers.ts';
import { question } from '../questions/question.ts';
import { defineRule } from '../rule.ts';
import type { Subject, Trouble } from '../rule.ts';

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
      yield {
        at: fetched.span,
        message: 'The package lists that this fetches stay in the layer.',
        ...editsFor(subject, run, update),
      };
    }
  },
});

/** Deletes the lists at the end of the RUN, where it is a plain chain that installs something and nobody needs them later. */
function editsFor(subject: Subject, run: RunInstruction, update: number): Pick<Trouble, 'edits'> {
  const commands = commandsOf(run);
  const last = commands.at(-1);
  const isPlain = commands.every(({ joinedBy }, index) => joinedBy === '&&' || (index === 0 && joinedBy === ''));
  const installs = commands.some((one, index) => index > update && isInstall(one));
  if (last === undefined || !isPlain || !installs || !takesAnd(subject, run, commands.length - 1)) return {};
  if ((lastRunWithoutUpdate(subject) ?? run).span.start.offset > run.span.start.offset) return {};
  return { edits: [behind(last.span, ` && rm -rf ${LISTS}/*`)] };
}

/** The last RUN that installs with the lists which another one fetched. */
const lastRunWithoutUpdate = question((subject): RunInstruction | undefined =>
  runsOf(builtStages(subject)).findLast((run) => {
    const commands = commandsOf(run);
    const first = commands.findIndex(isInstall);
    return first !== -1 && !commands.slice(0, first).some(fetchesLists);
  }),
);

function isInstall(command: ShellCommand): boolean {
  return PROGRAMS.some((program) => callsFor(command, program, /^(?:install|build-dep|upgrade|dist-upgrade)$/));
}

function fetchesLists(command: ShellCommand): boolean {
  return PROGRAMS.some((program) => callsFor(command, program, 'update'));
}

function removesLists(command: ShellCommand): boolean {
  // apt's own word for it; plain `clean` leaves the lists alone.
  return deletes(command, LISTS) || PROGRAMS.some((program) => callsFor(command, program, /^dist-?clean$/));
}
