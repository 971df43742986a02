/** Probe: the container starts, and does what it is for: a service is still up when Drydock stops it, work has come to a good end. */
import type { Evidence } from '../../schemas/item.ts';
import type { MemorySeen, StateSeen, WatchedBox } from './box.ts';
import { defineProbe } from './probe.ts';
import type { Proof } from './probe.ts';

/** Enough to read the reason; the whole log stands in the report. */
const LOG_SHOWN = 2000;

/** What a command prints that was not told what to do. */
const USAGE = /\b(?:usage|synopsis)\b|^(?:options|commands|subcommands)\b.*:\s*$/im;

type Watched = Extract<WatchedBox, { seen: 'watched' }>;

const well: StateSeen = {
  running: true,
  exitCode: undefined,
  outOfMemory: false,
  startError: undefined,
  secondsObserved: 2.1,
  logTail: 'listening on 8000\n',
};
const ended = (exitCode: number, logTail = ''): StateSeen => ({
  ...well,
  running: false,
  exitCode,
  secondsLived: 2,
  logTail,
});
const memory: MemorySeen = { seen: 'unseen', reason: 'the container had ended' };
const service = { seen: 'watched', purpose: 'service', memory } as const;
const job = { ...service, purpose: 'job' } as const;
const cli = { ...service, purpose: 'cli' } as const;

export default defineProbe({
  id: 'starts-and-stays-up',
  item: 'builds-and-starts',
  severity: 'error',
  title: 'The container starts, and stays up or ends well',
  why: 'A service that ends by itself, at its start or some seconds later, is restarted in a loop by every platform and never serves a request. A job that fails, or never ends, has not done its work.',
  fix: 'Read the last lines of its log. Common reasons: a variable that must be set, a program that is not in the image, a user or folder that does not exist, a service that puts itself into the background. Work that ends by design has the profile `job` or `cli`.',
  source:
    'State of the container as the engine tells it (Docker Engine API, ContainerInspect), from its start until Drydock stops it, when all other looks are done.',
  phase: 'watched',
  look: async (box) => box,
  judge: (seen): Proof => {
    if (seen.seen === 'unseen') return { status: 'unknown', summary: `Not looked at: ${seen.reason}.`, evidence: [] };
    const { state, memory: held, pausedThen } = seen;
    const evidence = [
      { fact: 'running', value: state.running },
      { fact: 'observed for seconds', value: state.secondsObserved },
      ...fact('ended after seconds', state.secondsLived),
      ...fact('exit code', state.exitCode),
      ...fact('paused service', pausedThen),
      ...(state.outOfMemory ? [{ fact: 'killed for want of memory', value: true }] : []),
      ...(state.disk === undefined
        ? []
        : [
            { fact: 'bytes written', value: state.disk.bytes },
            { fact: 'bytes that it may write', value: state.disk.limitBytes },
          ]),
      ...fact('error at start', state.startError?.slice(0, 4000)),
      ...(held.seen === 'memory' ? atRest(held) : []),
    ];
    const { status, summary } = verdictOn(seen);
    const tail = status === 'pass' || state.logTail === '' ? [] : fact('last lines', state.logTail.slice(-LOG_SHOWN));
    return { status, summary: summary.slice(0, 1000), evidence: [...evidence, ...tail] };
  },
  cases: [
    {
      name: 'it is up',
      seen: {
        ...service,
        state: well,
        memory: { seen: 'memory', bytes: 30_000_000, limitBytes: 536_870_912, pids: 11 },
      },
      status: 'pass',
    },
    {
      name: 'a program crashed',
      seen: { ...service, state: ended(1, 'KeyError: DATABASE_URL\n') },
      status: 'fail',
    },
    {
      name: 'it crashed when it had been up for a while',
      seen: { ...service, state: { ...ended(3, 'the pool is broken\n'), secondsObserved: 6.2, secondsLived: 4.1 } },
      status: 'fail',
    },
    { name: 'it ended without an error, as a job does', seen: { ...service, state: ended(0) }, status: 'fail' },
    {
      name: 'it ended while a service that it needs was paused',
      seen: { ...service, state: ended(1), pausedThen: 'db' },
      status: 'warn',
    },
    {
      name: 'the kernel killed it for its memory',
      seen: { ...service, state: { ...ended(137), outOfMemory: true } },
      status: 'fail',
    },
    {
      name: 'its program is not in the image',
      seen: {
        ...service,
        state: { ...well, running: false, startError: 'exec: "/app": no such file or directory', logTail: '' },
      },
      status: 'fail',
    },
    {
      name: 'it fills the disk',
      seen: { ...service, state: { ...ended(137), disk: { bytes: 1_400_000_000, limitBytes: 1_073_741_824 } } },
      status: 'fail',
    },
    {
      name: 'a job that has written too much is not well, also when it is done',
      seen: { ...job, state: { ...ended(0), disk: { bytes: 1_400_000_000, limitBytes: 1_073_741_824 } } },
      status: 'fail',
    },
    { name: 'a job is done', seen: { ...job, state: ended(0) }, status: 'pass' },
    { name: 'a job fails', seen: { ...job, state: ended(1, 'Usage: …') }, status: 'fail' },
    { name: 'a job does not end', seen: { ...job, state: well }, status: 'fail' },
    { name: 'a command prints its help', seen: { ...cli, state: ended(0, 'Usage: …') }, status: 'pass' },
    {
      name: 'a command that misses its arguments prints how it is used',
      seen: { ...cli, state: ended(2, 'Usage: tool [options]\n') },
      status: 'warn',
    },
    {
      name: 'so does one that lists what it can do',
      seen: { ...cli, state: ended(1, 'Commands:\n  run\n') },
      status: 'warn',
    },
    { name: 'a command crashes', seen: { ...cli, state: ended(1, 'ImportError: x\n') }, status: 'fail' },
    {
      name: 'a command that is killed has not shown how it is used',
      seen: { ...cli, state: ended(139, 'Usage: x\n') },
      status: 'fail',
    },
    { name: 'a command goes on and on', seen: { ...cli, state: well }, status: 'fail' },
    {
      name: 'it ended, and so had what it needs',
      seen: { seen: 'unseen', reason: 'the service db ended with exit code 4' },
      status: 'unknown',
    },
  ],
});

function verdictOn({ purpose, state, pausedThen }: Watched): Pick<Proof, 'status' | 'summary'> {
  const { running, exitCode, startError, disk, secondsObserved: seconds } = state;
  if (startError !== undefined) return { status: 'fail', summary: `It could not be started: ${startError}` };
  if (disk !== undefined) {
    const wrote = `${megabytes(disk.bytes)} into its own layer and volumes, of ${megabytes(disk.limitBytes)} that it may`;
    return {
      status: 'fail',
      summary: `It was ended because it wrote ${wrote}; that would fill the disk of its machine.`,
    };
  }
  if (purpose === 'service') {
    if (running) return { status: 'pass', summary: `It ran for ${seconds} s and was still up.` };
    const when = state.secondsLived === undefined ? `within ${seconds} s` : `${state.secondsLived} s after its start`;
    if (pausedThen === undefined) return { status: 'fail', summary: `It ended by itself ${when}, ${ending(state)}.` };
    const why = 'whether by itself or for want of it is not known';
    return { status: 'warn', summary: `It ended ${when}, ${ending(state)}, while ${pausedThen} was paused: ${why}.` };
  }
  if (running) {
    const longer = 'The option startTimeoutSeconds gives it longer.';
    return { status: 'fail', summary: `It was to run to its end, and was still running after ${seconds} s. ${longer}` };
  }
  if (exitCode === 0) return { status: 'pass', summary: `It ran to its end in ${seconds} s, with exit code 0.` };
  // 1 and 2 are what commands end with that were called wrongly; what a signal ended is another matter.
  if (purpose === 'cli' && (exitCode === 1 || exitCode === 2) && USAGE.test(state.logTail)) {
    const better = 'CMD ["--help"] would end with 0.';
    return { status: 'warn', summary: `Without arguments it says how it is used and ends with ${exitCode}. ${better}` };
  }
  return { status: 'fail', summary: `It ended after ${seconds} s, ${ending(state)}.` };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}

function ending(state: StateSeen): string {
  if (state.outOfMemory) return 'killed because it needed more memory than it may have';
  return `with exit code ${state.exitCode ?? 'unknown'}`;
}

function atRest({ bytes, limitBytes, pids }: Extract<MemorySeen, { seen: 'memory' }>): readonly Evidence[] {
  return [
    { fact: 'memory at rest in bytes', value: bytes },
    { fact: 'memory limit in bytes', value: limitBytes },
    ...fact('processes and threads', pids),
  ];
}

function fact(name: string, value: Evidence['value'] | undefined): readonly Evidence[] {
  return value === undefined ? [] : [{ fact: name, value }];
}
