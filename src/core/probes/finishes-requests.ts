/** Probe: a request that is under way when the stop signal comes is still answered. */
import type { InFlightSeen } from './box.ts';
import { defineProbe } from './probe.ts';

const path = '/report';

export default defineProbe({
  id: 'finishes-requests',
  item: 'signal-handling',
  severity: 'warning',
  title: 'A request in flight is answered before it stops',
  why: 'Every rollout stops containers that are serving somebody. A service that ends at once on its signal cuts those requests off, and the people behind them see an error with each release.',
  fix: 'On the stop signal stop accepting, wait for the requests that are under way, and end then: server.close() in Node, the graceful timeout of gunicorn and uvicorn, Shutdown in Go.',
  source:
    'A request to the option `slowPath`, sent a third of a second before the stop signal and read to its last byte.',
  phase: 'stopped',
  isPartial: true,
  look: async (box): Promise<InFlightSeen | undefined> => (box.seen === 'stop' ? box.inFlight : undefined),
  judge: (seen) => {
    if (seen === undefined) {
      const summary = 'No request was under way when it was told to stop; the option slowPath names a path for one.';
      return { status: 'not-applicable', summary, evidence: [] };
    }
    const asked = { fact: 'path', value: seen.path };
    if (seen.seen === 'unseen') {
      return {
        status: 'unknown',
        summary: `No request to ${seen.path} was in flight: ${seen.reason}.`,
        evidence: [asked],
      };
    }
    if (seen.seen === 'cut-off') {
      const summary = `A request to ${seen.path} was in flight when the signal came, and was cut off: ${seen.reason}.`;
      return { status: 'warn', summary, evidence: [asked, { fact: 'reason', value: seen.reason }] };
    }
    const evidence = [asked, { fact: 'HTTP status', value: seen.status }];
    return seen.status < 500
      ? {
          status: 'pass',
          summary: `A request to ${seen.path} that was in flight was answered with ${seen.status}.`,
          evidence,
        }
      : {
          status: 'warn',
          summary: `A request to ${seen.path} that was in flight was answered with ${seen.status}.`,
          evidence,
        };
  },
  cases: [
    { name: 'it is answered', seen: { seen: 'answered', path, status: 200 }, status: 'pass' },
    { name: 'it is answered with an error', seen: { seen: 'answered', path, status: 503 }, status: 'warn' },
    { name: 'it is cut off', seen: { seen: 'cut-off', path, reason: 'the connection was closed' }, status: 'warn' },
    { name: 'it was over before the signal', seen: { seen: 'unseen', path, reason: 'too quick' }, status: 'unknown' },
    { name: 'nobody named a path', seen: undefined, status: 'not-applicable' },
  ],
});
