/** Rule: STOPSIGNAL names a signal that no process can handle. */
import { cannotBeHandled } from '../../dockerfile/instructions/signals.ts';
import { finalStage } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'stop-signal-kills',
  item: 'signal-handling',
  severity: 'error',
  title: 'STOPSIGNAL that nothing can handle',
  why: 'SIGKILL ends a process, and SIGSTOP freezes it, without asking: every stop cuts off requests, leaves connections open and may lose data.',
  fix: 'Remove the line, SIGTERM is the default; or name the signal that the service handles: `STOPSIGNAL SIGQUIT`.',
  source: 'signal(7): SIGKILL and SIGSTOP cannot be caught, blocked or ignored; Dockerfile reference, STOPSIGNAL.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nSTOPSIGNAL SIGKILL\nCMD ["python", "app.py"]\n',
    good: 'FROM python:3.12-slim\nSTOPSIGNAL SIGINT\nCMD ["python", "app.py"]\n',
  },
  *check(subject) {
    const signal = finalStage(subject)?.state.stopSignal;
    if (signal === undefined) return;
    if (signal.value === undefined) {
      yield { cannotTell: `Which signal \`STOPSIGNAL ${signal.raw}\` is: its variable has no value here.` };
    } else if (cannotBeHandled(signal.value)) {
      yield { at: signal.span, message: `The image is stopped with ${signal.value}, which nothing can handle.` };
    }
  },
});
