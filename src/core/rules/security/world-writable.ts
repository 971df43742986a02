/** Rule: files that everybody may change. */
import type { Span } from '../../dockerfile/types.ts';
import { commandsOf, shippedStages } from '../questions/ask.ts';
import { givenMode, isPassing } from '../questions/file-modes.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'world-writable',
  item: 'hardened',
  severity: 'warning',
  title: 'Files that everybody may write',
  why: 'Mode 777 lets every process of the container change the program and its settings: whoever breaks in as any user stays there, and becomes whoever runs those files.',
  fix: 'Give what has to be written to the user that writes it: `COPY --chown=app:app`, `RUN chown app /app/data`. For a user that is not known before (OpenShift): `chgrp -R 0 DIR && chmod -R g=u DIR`.',
  source: 'chmod(1); CIS Docker Benchmark 4.8, on needless rights.',
  aliases: ['S2612', 'DF034'],
  examples: {
    bad: 'FROM debian:bookworm-slim\nRUN mkdir /data && chmod -R 777 /data\n',
    good: 'FROM debian:bookworm-slim\nRUN mkdir /data && chown 1001 /data && chmod 755 /data\n',
  },
  *check(subject) {
    for (const stage of shippedStages(subject)) {
      for (const one of stage.instructions) {
        if (one.keyword === 'RUN') {
          for (const command of commandsOf(one)) {
            const given = givenMode(command);
            if (given !== undefined && isForAll(given.mode) && !isPassing(given, one))
              yield told(command.span, given.mode);
          }
        } else if (one.keyword === 'COPY' || one.keyword === 'ADD') {
          const mode = one.chmod?.value;
          if (mode !== undefined && isForAll(mode)) yield told(one.chmod?.span ?? one.span, mode);
        }
      }
    }
  },
});

function told(at: Span, mode: string): { readonly at: Span; readonly message: string } {
  return { at, message: `Mode ${mode} lets everybody in the container write here.` };
}

function isForAll(mode: string): boolean {
  if (/^[0-7]{3,5}$/.test(mode)) {
    const value = Number.parseInt(mode, 8);
    // With the sticky bit nobody deletes what is another's: /tmp.
    return (value & 0o002) !== 0 && (value & 0o1000) === 0;
  }
  const clauses = mode.split(',');
  if (clauses.some((one) => /^[ugoa]*[+=][rwxXs]*t/.test(one))) return false;
  return clauses.some((one) => /^[ug]*[oa][ugoa]*[+=][rxXst]*w/.test(one));
}
