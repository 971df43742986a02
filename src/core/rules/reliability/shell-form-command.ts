/** Rule: the command runs under a shell that does not pass signals on. */
import type { CommandInstruction } from '../../dockerfile/types.ts';
import { shellCommands } from '../../dockerfile/shell.ts';
import { finalBase, finalStage, knownFinalBase } from '../ask.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'shell-form-command',
  item: 'signal-handling',
  severity: 'error',
  title: 'CMD or ENTRYPOINT in shell form',
  why: 'In shell form PID 1 is `/bin/sh -c`, which does not pass SIGTERM on. The application never hears that it should stop: requests are cut off, connections stay open, and after ten seconds everything is killed.',
  fix: 'Write a JSON array: `CMD ["uvicorn", "main:app", "--host", "0.0.0.0"]`. Where a shell is needed, let it exec: `CMD ["sh", "-c", "exec uvicorn main:app --port $PORT"]`.',
  source: 'Lessons, "Stopping".',
  aliases: ['DL3025', 'JSONArgsRecommended'],
  examples: {
    bad: 'FROM python:3.12-slim\nCMD uvicorn main:app --host 0.0.0.0\n',
    good: 'FROM python:3.12-slim\nCMD exec uvicorn main:app --host 0.0.0.0\n',
  },
  provenBy: 'stops-on-signal',
  *check(subject) {
    const stage = finalStage(subject);
    if (stage === undefined) return;
    const { entrypoint, cmd } = stage.state;
    if (entrypoint === undefined && cmd === undefined) {
      const base = finalBase(subject);
      if (base !== undefined && base.kind !== 'scratch' && knownFinalBase(subject)?.command !== true) {
        yield { cannotTell: 'Neither CMD nor ENTRYPOINT is set here; what runs comes from the base image.' };
      }
      return;
    }
    // With an ENTRYPOINT in exec form, CMD is arguments for it, whatever its form; in shell form CMD is not used at all.
    const started = entrypoint ?? cmd;
    if (started !== undefined && started.command.form === 'shell' && !execs(started)) {
      yield {
        at: started.span,
        message: started.command.brokenJson
          ? `${started.keyword} begins like JSON and is not: it runs under a shell, which does not pass SIGTERM on.`
          : `${started.keyword} is in shell form: PID 1 is a shell, which does not pass SIGTERM on.`,
      };
    }
  },
});

/** The shell is replaced by the last thing it starts. */
function execs(instruction: CommandInstruction): boolean {
  return shellCommands(instruction.command).at(-1)?.name === 'exec';
}
