/** Probe: the image's own HEALTHCHECK passes inside the running container. */
import type { HealthSeen } from './box.ts';
import { defineProbe } from './probe.ts';

const test = 'curl -f http://localhost:8000/health';
const ill: HealthSeen = {
  seen: 'unhealthy',
  test,
  exitCode: 127,
  output: '/bin/sh: 1: curl: not found',
  waitedMs: 5200,
};

export default defineProbe({
  id: 'turns-healthy',
  item: 'healthcheck',
  severity: 'error',
  title: 'The image’s own health check passes',
  why: 'A HEALTHCHECK that cannot pass is worse than none: the platform kills and restarts a service that is perfectly well.',
  fix: 'Run the test inside the container and read what it prints. Common reasons: curl or wget is not in the image, another port or path than the service has, localhost resolving to ::1 while the service listens on IPv4 only.',
  source:
    'Dockerfile reference, HEALTHCHECK; run by the engine with the image’s own test and timeout, at intervals of one second.',
  phase: 'running',
  look: async (box) => await box.health(),
  judge: (seen) => {
    switch (seen.seen) {
      case 'none':
        return { status: 'not-applicable', summary: 'The image has no HEALTHCHECK.', evidence: [] };
      case 'unseen':
        return { status: 'unknown', summary: `The health check was not seen through: ${seen.reason}.`, evidence: [] };
      case 'healthy':
        return {
          status: 'pass',
          summary: `Healthy after ${seconds(seen.afterMs)}, checked every second.`,
          evidence: [
            { fact: 'test', value: seen.test },
            { fact: 'healthy after milliseconds', value: Math.round(seen.afterMs) },
            { fact: 'interval in seconds', value: 1 },
          ],
        };
      case 'unhealthy':
        return {
          status: 'fail',
          summary: `Not healthy within ${seconds(seen.waitedMs)}: the test ${ending(seen.exitCode)}.`,
          evidence: [
            { fact: 'test', value: seen.test },
            { fact: 'exit code of the test', value: seen.exitCode },
            ...(seen.output === '' ? [] : [{ fact: 'output of the test', value: seen.output }]),
            { fact: 'waited in milliseconds', value: Math.round(seen.waitedMs) },
            { fact: 'interval in seconds', value: 1 },
          ],
        };
      default:
        return seen satisfies never;
    }
  },
  cases: [
    { name: 'the test passes', seen: { seen: 'healthy', afterMs: 1300, test }, status: 'pass' },
    { name: 'its tool is not in the image', seen: ill, status: 'fail' },
    { name: 'it says no without a word', seen: { ...ill, exitCode: 1, output: '' }, status: 'fail' },
    { name: 'it does not come to an end', seen: { ...ill, exitCode: -1, output: 'timed out' }, status: 'fail' },
    { name: 'the image has none', seen: { seen: 'none' }, status: 'not-applicable' },
    { name: 'the container ended first', seen: { seen: 'unseen', reason: 'the container ended' }, status: 'unknown' },
  ],
});

/** The engine writes -1 for a test that it had to break off. */
function ending(exitCode: number): string {
  return exitCode === -1 ? 'did not end in time' : `ended with exit code ${exitCode}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
