/** Probe: the image's own HEALTHCHECK passes inside the running container. */
import type { HealthSeen } from './box.ts';
import { defineProbe } from './probe.ts';

const test = 'curl -f http://localhost:8000/health';
const ill: Extract<HealthSeen, { seen: 'unhealthy' }> = {
  seen: 'unhealthy',
  test,
  exitCode: 127,
  brokenOffAfterMs: undefined,
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
          summary: `Not healthy within ${seconds(seen.waitedMs)}: the test ${ending(seen)}.`,
          evidence: [
            { fact: 'test', value: seen.test },
            ...(seen.exitCode === undefined ? [] : [{ fact: 'exit code of the test', value: seen.exitCode }]),
            ...(seen.brokenOffAfterMs === undefined
              ? []
              : [{ fact: 'broken off after milliseconds', value: seen.brokenOffAfterMs }]),
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
    {
      name: 'it does not come to an end within the image’s own timeout',
      seen: { ...ill, exitCode: undefined, brokenOffAfterMs: 3000, output: 'timed out' },
      status: 'fail',
    },
    { name: 'it cannot even be run', seen: { ...ill, exitCode: undefined, output: 'no such file' }, status: 'fail' },
    {
      name: 'no check came to an end while anyone waited',
      seen: { seen: 'unseen', reason: 'no check had ended when the start timeout of 10 s was over' },
      status: 'unknown',
    },
    { name: 'the image has none', seen: { seen: 'none' }, status: 'not-applicable' },
    { name: 'the container ended first', seen: { seen: 'unseen', reason: 'the container ended' }, status: 'unknown' },
  ],
});

function ending({ exitCode, brokenOffAfterMs }: Extract<HealthSeen, { seen: 'unhealthy' }>): string {
  if (exitCode !== undefined) return `ended with exit code ${exitCode}`;
  return brokenOffAfterMs === undefined
    ? 'could not be run'
    : `did not end within its timeout of ${seconds(brokenOffAfterMs)}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
