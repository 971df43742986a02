/** Rule: the command runs under a shell that does not pass signals on. */
import type { CommandInstruction } from '../../dockerfile/types.ts';
import type { Edit } from '../../../schemas/finding.ts';
import { replacing } from '../edits.ts';
import { finalBase, finalStage, knownFinalBase } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';
import { isPassedThrough, shellInFront } from '../questions/start.ts';

export default defineRule({
  id: 'shell-form-command',
  item: 'signal-handling',
  severity: 'error',
  title: 'CMD or ENTRYPOINT under a shell',
  why: 'In shell form PID 1 is `/bin/sh -c`, which does not pass SIGTERM on. The application never hears that it should stop: requests are cut off, connections stay open, and after ten seconds everything is killed.',
  fix: 'Write a JSON array: `CMD ["uvicorn", "main:app", "--host", "0.0.0.0"]`. Where a shell is needed, let it exec: `CMD ["sh", "-c", "exec uvicorn main:app --port $PORT"]`.',
  source:
    'Lessons, "Stopping". Measured: dash, the sh of Debian 12 and 13, stays PID 1 even for a single command; busybox ash and bash give up their place to a plain one.',
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
      if (finalBase(subject)?.kind !== 'scratch' && knownFinalBase(subject)?.command !== true) {
        yield { cannotTell: 'Neither CMD nor ENTRYPOINT is set here; what runs comes from the base image.' };
      }
      return;
    }
    const front = shellInFront(subject);
    if (front === undefined || front.fate === 'gone') return;
    const { instruction, handedTo, shell, fate } = front;
    const at = instruction.span;
    // ENTRYPOINT as JSON would take CMD for its arguments.
    const isAlone = instruction === cmd ? handedTo === undefined || isPassedThrough(handedTo) : cmd === undefined;
    const edit = isAlone ? asExecForm(instruction, subject.dockerfile.text) : undefined;
    const withEdits = edit === undefined ? {} : { edits: [edit] };
    if (fate === 'unknown') {
      const what = shell === 'windows' ? 'how Windows tells it to stop' : 'what the shell does with a signal';
      yield { cannotTell: `${instruction.keyword} starts a shell, and ${what} cannot be read here.` };
    } else if (handedTo !== undefined && !isPassedThrough(handedTo)) {
      yield {
        at,
        severity: 'warning',
        confidence: 'medium',
        message: `${formOf(instruction)}: ENTRYPOINT ${handedTo} is handed a shell and its text as arguments.`,
      };
    } else if (fate === 'gone-by-chance') {
      yield {
        at,
        ...withEdits,
        severity: 'warning',
        confidence: 'medium',
        message: `${formOf(instruction)}: whether the program gets SIGTERM hangs on the shell of this base image, which gives up its place to a plain last command.`,
      };
    } else {
      yield {
        at,
        ...withEdits,
        confidence: shell === undefined ? 'medium' : 'high',
        message:
          handedTo === undefined
            ? `${formOf(instruction)}: PID 1 is a shell, which does not pass SIGTERM on.`
            : `${formOf(instruction)}: ENTRYPOINT ${handedTo} starts a shell, which does not pass SIGTERM on.`,
      };
    }
  },
});

/** Words of the shell itself: there is no such program, or it is another one. */
const BUILT_IN =
  /^(?:exec|cd|source|export|set|unset|eval|trap|ulimit|umask|if|while|until|for|case|alias|read|test|type|wait|command|time|then|do|true|false|echo|printf|return|exit|shift)$/;

/** A single plain command as JSON: nothing in it that a shell would read otherwise, and a program that PATH leads to. */
function asExecForm({ command }: CommandInstruction, text: string): Edit | undefined {
  const { span, form, brokenJson, shell } = command;
  const written = text.slice(span.start.offset, span.end.offset);
  // Something with a path may be a script without `#!`, which only a shell can start.
  const isPlain = /^[A-Za-z][\w.-]*(?: +[\w@%+=:,./-]+)*$/.test(written) && written === command.text;
  const words = written.split(/ +/);
  if (form !== 'shell' || brokenJson || !isPlain || BUILT_IN.test(words[0] ?? '') || words[0]?.endsWith('.sh') === true)
    return undefined;
  if (!/^\/bin\/(?:ba)?sh$/.test(shell[0] ?? '')) return undefined;
  return replacing(span, `[${words.map((word) => JSON.stringify(word)).join(', ')}]`);
}

function formOf({ keyword, command }: CommandInstruction): string {
  if (command.form === 'exec') return `${keyword} starts a shell without exec`;
  return command.brokenJson ? `${keyword} begins like JSON and is not` : `${keyword} is in shell form`;
}
