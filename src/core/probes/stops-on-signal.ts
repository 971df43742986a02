/** Probe: the container ends by itself when it is told to stop. */
import { cannotBeHandled } from '../dockerfile/instructions/signals.ts';
import type { StateSeen, StoppedBox } from './box.ts';
import { defineProbe } from './probe.ts';

/** Numbers on Linux, of the signals that services are stopped with. Source: signal(7). */
const NUMBERS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  USR1: 10,
  USR2: 12,
  TERM: 15,
  WINCH: 28,
};

const clean: StoppedBox = {
  seen: 'stop',
  signal: 'SIGTERM',
  graceSeconds: 10,
  secondsUp: 6.1,
  seconds: 0.24,
  exitCode: 0,
  killed: false,
  pid1: 'node server.js',
  inFlight: undefined,
};

const ended: StateSeen = {
  running: false,
  exitCode: 1,
  outOfMemory: false,
  startError: undefined,
  secondsObserved: 6.1,
  secondsLived: 4.2,
  logTail: '',
};

export default defineProbe({
  id: 'stops-on-signal',
  item: 'signal-handling',
  severity: 'error',
  title: 'The container stops by itself when told to',
  why: 'Every deployment stops the old containers. One that does not hear the signal is killed after the grace: requests are cut off, connections stay open, data may be lost, and each rollout takes that much longer.',
  fix: 'Write CMD and ENTRYPOINT as JSON arrays so that the service is PID 1, end scripts with exec, and handle SIGTERM: stop accepting, finish what runs, exit with 0. Another signal can be named with STOPSIGNAL.',
  source:
    'Docker CLI reference, "docker stop": the stop signal, a grace of 10 seconds, then SIGKILL. Measured on the container.',
  phase: 'stopped',
  look: async (box) => box,
  judge: (seen) => {
    if (seen.seen === 'done') {
      const evidence = [{ fact: 'ended by itself after seconds', value: seen.seconds }];
      const summary = `It was done after ${seen.seconds} s, before anybody had to stop it.`;
      return { status: 'not-applicable', summary, evidence };
    }
    if (seen.seen === 'unseen' || seen.seen === 'gone') {
      return { status: 'unknown', summary: `It was not stopped: ${seen.reason}.`, evidence: [] };
    }
    const { signal, exitCode, killed, pid1 } = seen;
    const took = `${Math.round(seen.seconds * 10) / 10} s`;
    const evidence = [
      { fact: 'signal', value: signal },
      { fact: 'ended after seconds', value: seen.seconds },
      { fact: 'exit code', value: exitCode },
      { fact: 'grace in seconds', value: seen.graceSeconds },
      { fact: 'killed after the grace', value: killed },
      ...(pid1 === undefined ? [] : [{ fact: 'PID 1', value: pid1.slice(0, 4000) }]),
    ];
    if (cannotBeHandled(signal)) {
      const summary = `The image asks for ${signal}, which nothing can handle: whatever it was doing was cut off.`;
      return { status: 'fail', summary, evidence };
    }
    if (killed) {
      const summary = `${signal} was not heeded within ${seen.graceSeconds} s; it had to be killed.${aboutPid1(pid1)}`;
      return { status: 'fail', summary, evidence };
    }
    if (exitCode === 0) return { status: 'pass', summary: `It ended by itself after ${took}, with 0.`, evidence };
    if (exitCode === 128 + numberOf(signal)) {
      const summary = `It ended after ${took} with ${exitCode}, the code of a process that ${signal} ended; 0 would say that it finished what it did.`;
      return { status: 'warn', summary, evidence };
    }
    return { status: 'fail', summary: `It ended after ${took}, with exit code ${exitCode}.`, evidence };
  },
  cases: [
    { name: 'it ends with 0', seen: clean, status: 'pass' },
    { name: 'it dies of SIGTERM', seen: { ...clean, exitCode: 143 }, status: 'warn' },
    {
      name: 'it dies of the signal that the image names',
      seen: { ...clean, signal: 'QUIT', exitCode: 131 },
      status: 'warn',
    },
    { name: 'the image names a signal by number', seen: { ...clean, signal: '15', exitCode: 143 }, status: 'warn' },
    { name: 'the image asks for SIGKILL', seen: { ...clean, signal: 'SIGKILL', exitCode: 137 }, status: 'fail' },
    { name: 'SIGKILL, by number', seen: { ...clean, signal: '9', exitCode: 137 }, status: 'fail' },
    {
      name: 'the image asks for SIGSTOP, and nothing ends of that',
      seen: { ...clean, signal: 'STOP', seconds: 10.1, exitCode: 137, killed: true },
      status: 'fail',
    },
    { name: 'it dies of another signal', seen: { ...clean, exitCode: 139 }, status: 'fail' },
    { name: 'it ends with an error', seen: { ...clean, exitCode: 1 }, status: 'fail' },
    {
      name: 'a shell swallows the signal',
      seen: { ...clean, seconds: 10.1, exitCode: 137, killed: true, pid1: '/bin/sh -c node server.js' },
      status: 'fail',
    },
    { name: 'killed, and nobody knows what', seen: { ...clean, killed: true, pid1: undefined }, status: 'fail' },
    { name: 'a job that was done', seen: { seen: 'done', seconds: 1.2 }, status: 'not-applicable' },
    { name: 'it could not be started', seen: { seen: 'unseen', reason: 'it could not be started' }, status: 'unknown' },
    {
      name: 'it had ended before',
      seen: { seen: 'gone', reason: 'it had already ended by itself, with exit code 1', state: ended },
      status: 'unknown',
    },
  ],
});

/** `SIGTERM`, `TERM` and `15` are the same. NaN, equal to nothing, for a signal that is not known. */
function numberOf(signal: string): number {
  return NUMBERS[signal.toUpperCase().replace(/^SIG/, '')] ?? Number(signal);
}

/** The two usual culprits: a shell and a package manager in front of the service do not pass the signal on. */
function aboutPid1(pid1: string | undefined): string {
  const program = /^\S*?([^/\s]+)(?:\s|$)/.exec(pid1 ?? '')?.[1];
  if (program === undefined) return '';
  const isShell = ['sh', 'bash', 'ash', 'dash', 'zsh'].includes(program);
  return isShell ? ' PID 1 was a shell, which does not pass it on.' : ` PID 1 was ${program}.`;
}
