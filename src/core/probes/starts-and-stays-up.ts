/** Probe: the container starts, and is still running when Drydock has looked at it. */
import type { Evidence } from '../../schemas/item.ts';
import type { StateSeen } from './box.ts';
import { defineProbe } from './probe.ts';

/** Enough to read the reason; the whole log stands in the report. */
const LOG_SHOWN = 2000;

const well: StateSeen = {
  running: true,
  exitCode: undefined,
  outOfMemory: false,
  startError: undefined,
  secondsObserved: 2.1,
  logTail: 'listening on 8000\n',
};

export default defineProbe({
  id: 'starts-and-stays-up',
  item: 'builds-and-starts',
  severity: 'error',
  title: 'The container starts and stays up',
  why: 'A service that ends right after its start is restarted in a loop by every platform and never serves a request.',
  fix: 'Read the last lines of its log. Common reasons: a variable that must be set, a program that is not in the image, a user or folder that does not exist, a service that puts itself into the background.',
  source: 'State of the container as the engine tells it (Docker Engine API, ContainerInspect).',
  phase: 'running',
  look: async (box) => await box.state(),
  judge: (state) => {
    const evidence = [
      { fact: 'running', value: state.running },
      { fact: 'observed for seconds', value: state.secondsObserved },
      ...fact('exit code', state.exitCode),
      ...(state.outOfMemory ? [{ fact: 'killed for want of memory', value: true }] : []),
      ...fact('error at start', state.startError?.slice(0, 4000)),
    ];
    if (state.running) {
      return { status: 'pass', summary: `It ran for ${state.secondsObserved} s and was still up.`, evidence };
    }
    const summary =
      state.startError === undefined
        ? `It ended by itself within ${state.secondsObserved} s, ${ending(state)}.`
        : `It could not be started: ${state.startError}`.slice(0, 1000);
    return {
      status: 'fail',
      summary,
      evidence: [...evidence, ...(state.logTail === '' ? [] : fact('last lines', state.logTail.slice(-LOG_SHOWN)))],
    };
  },
  cases: [
    { name: 'it is up', seen: well, status: 'pass' },
    {
      name: 'a program crashed',
      seen: { ...well, running: false, exitCode: 1, logTail: 'KeyError: DATABASE_URL\n' },
      status: 'fail',
    },
    {
      name: 'it ended without an error, as a job does',
      seen: { ...well, running: false, exitCode: 0 },
      status: 'fail',
    },
    {
      name: 'the kernel killed it for its memory',
      seen: { ...well, running: false, exitCode: 137, outOfMemory: true },
      status: 'fail',
    },
    {
      name: 'its program is not in the image',
      seen: { ...well, running: false, startError: 'exec: "/app": no such file or directory', logTail: '' },
      status: 'fail',
    },
  ],
});

function ending(state: StateSeen): string {
  if (state.outOfMemory) return 'killed because it needed more memory than it may have';
  return `with exit code ${state.exitCode ?? 'unknown'}`;
}

function fact(name: string, value: Evidence['value'] | undefined): readonly Evidence[] {
  return value === undefined ? [] : [{ fact: name, value }];
}
