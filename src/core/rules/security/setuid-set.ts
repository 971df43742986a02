/** Rule: a file gets the setuid or setgid bit. */
import type { Span } from '../../dockerfile/types.ts';
import { commandsOf, shippedStages } from '../questions/ask.ts';
import { givenMode } from '../questions/file-modes.ts';
import type { GivenMode } from '../questions/file-modes.ts';
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
    for (const one of shippedStages(subject).flatMap(({ instructions }) => instructions)) {
      if (one.keyword === 'COPY' || one.keyword === 'ADD') {
        const mode = one.chmod?.value;
        if (mode !== undefined && setsBit(mode)) yield told(one.chmod?.span ?? one.span, mode);
      }
      if (one.keyword !== 'RUN') continue;
      const commands = commandsOf(one);
      const made = new Set(
        commands.flatMap(({ name, args }) => (name === 'mkdir' ? args.map(({ value }) => value) : [])),
      );
      for (const command of commands) {
        const given = givenMode(command);
        if (given !== undefined && setsBit(given.mode) && !isOnFolders(given, made))
          yield told(command.span, given.mode);
      }
    }
  },
});

function told(at: Span, mode: string): { readonly at: Span; readonly message: string } {
  return { at, message: `Mode ${mode} lets everybody run this with the rights of its owner.` };
}

function setsBit(mode: string): boolean {
  // setgid alone on folders hands the group on, which is harmless and wanted: only files' mode with u+s, or 4xxx and 6xxx.
  return (
    /^0?[4-7][0-7]{3}$/.test(mode) ||
    mode.split(',').some((one) => {
      const who = /^([ugoa]*)[+=][rwxXt]*s/.exec(one)?.[1];
      return who === '' || (who !== undefined && /[ua]/.test(who));
    })
  );
}

/** Linux does not look at the setuid bit of a folder. */
function isOnFolders({ paths, isRecursive }: GivenMode, made: ReadonlySet<string | undefined>): boolean {
  return (
    !isRecursive &&
    paths?.every(
      ({ value }) =>
        value !== undefined &&
        (made.has(value) || /\/$|^\/(?:etc|home|media|mnt|opt|run|srv|tmp|usr|var(?:\/(?:lib|log|run))?)$/.test(value)),
    ) === true
  );
}
