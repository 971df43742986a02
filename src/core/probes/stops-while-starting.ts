/** Probe: what a stop signal in the middle of the start does. Evidence alone: correct servers do not hear it yet either. */
import { defineProbe } from './probe.ts';
import type { StoppedBox, StoppedEarly } from './box.ts';
import type { Proof } from './probe.ts';

const fact = 'SIGTERM while it starts';

const stop: Extract<StoppedBox, { seen: 'stop' }> = {
  seen: 'stop',
  signal: 'SIGTERM',
  graceSeconds: 2,
  secondsUp: 0.4,
  seconds: 0.2,
  exitCode: 0,
  killed: false,
  pid1: undefined,
  inFlight: undefined,
};
const early: Extract<StoppedEarly, { seen: 'stop' }> = { seen: 'stop', afterMs: 400, ordinaryMs: 800, stop };

export default defineProbe({
  id: 'stops-while-starting',
  item: 'signal-handling',
  severity: 'info',
  title: 'What a stop signal does to it while it starts',
  why: 'A rollout that is called back stops containers that are not up yet. Most programs set up their handler after loading their code, so a signal that comes before is lost: as PID 1 they then go on starting, and are killed when the grace is over.',
  fix: 'Nothing has to be done. Where starts are long, set up the handler first, before the code that loads or connects; or start the program under an init such as tini.',
  source:
    'One more run, sent the stop signal after half of the time that the ordinary run took to answer. kill(2), on signals to PID 1.',
  phase: 'variants',
  evidenceOnly: true,
  look: async ({ stoppedEarly }) => stoppedEarly,
  judge: (seen): Proof => {
    const end = seen.seen === 'stop' ? seen.stop : seen;
    if (seen.seen === 'unseen' || end.seen !== 'stop') {
      const reason = end.seen === 'unseen' || end.seen === 'gone' ? end.reason : 'it had ended before';
      return {
        status: 'unknown',
        summary: `Not seen while it starts: ${reason}.`.slice(0, 1000),
        evidence: [{ fact, value: `not seen: ${reason}`.slice(0, 1000) }],
      };
    }
    const sent = `sent ${seen.afterMs} ms after the start (the ordinary run answered after ${seen.ordinaryMs} ms)`;
    const name = fact.replace('SIGTERM', end.signal.slice(0, 20));
    if (end.killed) {
      const told = `${sent}: not heeded within ${end.graceSeconds} s. Correct servers drop it too; nothing follows from it`;
      return { status: 'not-applicable', summary: `${end.signal}, ${told}.`, evidence: [{ fact: name, value: told }] };
    }
    const told = `${sent}: it ended after ${end.seconds} s with exit code ${end.exitCode}`;
    return { status: 'pass', summary: `${end.signal}, ${told}.`, evidence: [{ fact: name, value: told }] };
  },
  cases: [
    { name: 'it ends at once', seen: early, status: 'pass' },
    {
      name: 'it does not hear it yet, as most do not',
      seen: { ...early, stop: { ...stop, exitCode: 137, killed: true, seconds: 2.1 } },
      status: 'not-applicable',
    },
    {
      name: 'it was over before the signal was sent',
      seen: { ...early, stop: { seen: 'unseen', reason: 'it had already ended by itself, with exit code 0' } },
      status: 'unknown',
    },
    { name: 'nobody tried', seen: { seen: 'unseen', reason: 'when it is up is not known' }, status: 'unknown' },
  ],
});
