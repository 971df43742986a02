/** Probe: the container starts, and does what it is for: a service is still up when Drydock has looked at it, work has come to a good end. */
import type { Evidence } from '../../schemas/item.ts';
import type { MemorySeen, Purpose, StateSeen } from './box.ts';
import { defineProbe } from './probe.ts';
import type { Proof } from './probe.ts';

/** Enough to read the reason; the whole log stands in the report. */
const LOG_SHOWN = 2000;

/** What a command prints that was not told what to do. */
const USAGE = /\b(?:usage|synopsis)\b|^(?:options|commands|subcommands)\b.*:\s*$/im;

interface Seen {
  readonly purpose: Purpose;
  readonly state: StateSeen;
  readonly memory?: MemorySeen;
}

const well: StateSeen = {
  running: true,
  exitCode: undefined,
  outOfMemory: false,
  startError: undefined,
  secondsObserved: 2.1,
  logTail: 'listening on 8000\n',
};
const ended = (exitCode: number, logTail = ''): StateSeen => ({ ...well, running: false, exitCode, logTail });

export default defineProbe({
  id: 'starts-and-stays-up',
  item: 'builds-and-starts',
  severity: 'error',
  title: 'The container starts, and stays up or ends well',
  why: 'A service that ends right after its start is restarted in a loop by every platform and never serves a request. A job that fails, or never ends, has not done its work.',
  fix: 'Read the last lines of its log. Common reasons: a variable that must be set, a program that is not in the image, a user or folder that does not exist, a service that puts itself into the background. Work that ends by design has the profile `job` or `cli`.',
  source: 'State of the container as the engine tells it (Docker Engine API, ContainerInspect).',
  phase: 'running',
  look: async (box): Promise<Seen> => {
    const [purpose, state, memory] = await Promise.all([box.purpose(), box.state(), box.memory()]);
    return { purpose, state, memory };
  },
  judge: ({ purpose, state, memory }): Proof => {
    const evidence = [
      { fact: 'running', value: state.running },
      { fact: 'observed for seconds', value: state.secondsObserved },
      ...fact('exit code', state.exitCode),
      ...(state.outOfMemory ? [{ fact: 'killed for want of memory', value: true }] : []),
      ...(state.disk === undefined
        ? []
        : [
            { fact: 'bytes written', value: state.disk.bytes },
            { fact: 'bytes that it may write', value: state.disk.limitBytes },
          ]),
      ...fact('error at start', state.startError?.slice(0, 4000)),
      ...(memory?.seen === 'memory' ? atRest(memory) : []),
    ];
    const { status, summary } = verdictOn(purpose, state);
    const tail = status === 'pass' || state.logTail === '' ? [] : fact('last lines', state.logTail.slice(-LOG_SHOWN));
    return { status, summary: summary.slice(0, 1000), evidence: [...evidence, ...tail] };
  },
  cases: [
    {
      name: 'it is up',
      seen: {
        purpose: 'service',
        state: well,
        memory: { seen: 'memory', bytes: 30_000_000, limitBytes: 536_870_912, pids: 11 },
      },
      status: 'pass',
    },
    {
      name: 'a program crashed',
      seen: {
        purpose: 'service',
        state: { ...well, running: false, exitCode: 1, logTail: 'KeyError: DATABASE_URL\n' },
      },
      status: 'fail',
    },
    {
      name: 'it ended without an error, as a job does',
      seen: { purpose: 'service', state: { ...well, running: false, exitCode: 0 } },
      status: 'fail',
    },
    {
      name: 'the kernel killed it for its memory',
      seen: { purpose: 'service', state: { ...well, running: false, exitCode: 137, outOfMemory: true } },
      status: 'fail',
    },
    {
      name: 'its program is not in the image',
      seen: {
        purpose: 'service',
        state: { ...well, running: false, startError: 'exec: "/app": no such file or directory', logTail: '' },
      },
      status: 'fail',
    },
    {
      name: 'it fills the disk',
      seen: {
        purpose: 'service',
        state: { ...ended(137), disk: { bytes: 1_400_000_000, limitBytes: 1_073_741_824 } },
      },
      status: 'fail',
    },
    {
      name: 'a job that has written too much is not well, also when it is done',
      seen: { purpose: 'job', state: { ...ended(0), disk: { bytes: 1_400_000_000, limitBytes: 1_073_741_824 } } },
      status: 'fail',
    },
    { name: 'a job is done', seen: { purpose: 'job', state: ended(0) }, status: 'pass' },
    { name: 'a job fails', seen: { purpose: 'job', state: ended(1, 'Usage: …') }, status: 'fail' },
    { name: 'a job does not end', seen: { purpose: 'job', state: well }, status: 'fail' },
    { name: 'a command prints its help', seen: { purpose: 'cli', state: ended(0, 'Usage: …') }, status: 'pass' },
    {
      name: 'a command that misses its arguments prints how it is used',
      seen: { purpose: 'cli', state: ended(2, 'Usage: tool [options]\n') },
      status: 'warn',
    },
    {
      name: 'so does one that lists what it can do',
      seen: { purpose: 'cli', state: ended(1, 'Commands:\n  run\n') },
      status: 'warn',
    },
    { name: 'a command crashes', seen: { purpose: 'cli', state: ended(1, 'ImportError: x\n') }, status: 'fail' },
    {
      name: 'a command that is killed has not shown how it is used',
      seen: { purpose: 'cli', state: ended(139, 'Usage: x\n') },
      status: 'fail',
    },
    { name: 'a command goes on and on', seen: { purpose: 'cli', state: well }, status: 'fail' },
  ],
});

function verdictOn(purpose: Purpose, state: StateSeen): Pick<Proof, 'status' | 'summary'> {
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
    return running
      ? { status: 'pass', summary: `It ran for ${seconds} s and was still up.` }
      : { status: 'fail', summary: `It ended by itself within ${seconds} s, ${ending(state)}.` };
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
