/** Rule: a file gets the setuid or setgid bit. */
import type { ShellCommand } from '../../dockerfile/types.ts';
import { commandsOf, runsOf, shippedStages } from '../questions/ask.ts';
import { effectiveWords } from '../questions/installs.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'setuid-set',
  item: 'hardened',
  severity: 'warning',
  title: 'setuid or setgid bit is set',
  why: 'Whoever starts such a file runs it as its owner, mostly root: a mistake in it undoes USER. Started with `no-new-privileges` the bit does nothing, and the program fails.',
  fix: 'Leave the bit out. A single right is given by `setcap cap_net_raw+ep FILE`, or by the runtime (`--cap-add`).',
  source: 'CIS Docker Benchmark 4.8: ensure setuid and setgid permissions are removed.',
  aliases: ['CIS-DI-0008'],
  examples: {
    bad: 'FROM debian:bookworm-slim\nRUN chmod u+s /usr/local/bin/probe\n',
    good: 'FROM debian:bookworm-slim\nRUN chmod u-s /usr/bin/passwd\n',
  },
  *check(subject) {
    for (const run of runsOf(shippedStages(subject))) {
      for (const command of commandsOf(run)) {
        const mode = setsBit(command);
        if (mode !== undefined)
          yield { at: command.span, message: `Mode ${mode} lets everybody run this with the rights of its owner.` };
      }
    }
  },
});

function setsBit(command: ShellCommand): string | undefined {
  const [program, ...rest] = effectiveWords(command);
  if (program !== 'chmod') return undefined;
  const mode = rest.find((word) => word !== undefined && !/^--|^-[RvcfH]+$/.test(word));
  if (mode === undefined) return undefined;
  // setgid alone on folders hands the group on, which is harmless and wanted: only files' mode with u+s, or 4xxx and 6xxx.
  const sets =
    /^0?[4-7][0-7]{3}$/.test(mode) ||
    mode.split(',').some((one) => /^[goa]*u?[goa]*[+=][rwxX]*s/.test(one) && /^(?:[goa]*u|[+=])/.test(one));
  return sets ? mode : undefined;
}
