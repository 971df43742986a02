/** Probe: the service answers 200 on its health path, asked over the network from outside the container. */
import type { AnswerSeen } from './box.ts';
import { defineProbe } from './probe.ts';

const url = 'http://172.18.0.2:8000/health';
const ok: AnswerSeen = { seen: 'answer', url, status: 200, afterMs: 412, guessed: false };
const silent: AnswerSeen = {
  seen: 'silence',
  url,
  reason: 'nothing listens (connection refused)',
  waitedMs: 60_000,
  guessed: false,
};

export default defineProbe({
  id: 'answers-health',
  item: 'healthcheck',
  // An image with a check of its own is well when that passes, too.
  isPartial: true,
  severity: 'error',
  title: 'The health endpoint answers 200 from outside',
  why: 'A platform sends traffic to whatever it believes to be well. A service that does not answer, or only inside its container, gets none; one that cannot say that it is ill gets traffic it cannot serve.',
  fix: 'Listen on 0.0.0.0 and on the port that EXPOSE names, and answer GET on a health path with 200 as soon as requests can be served. Tell Drydock the path and the port with the options `health` and `port`.',
  source:
    'An HTTP request to the container’s address on its private network. Health path as in Kubernetes, "Configure Liveness, Readiness and Startup Probes".',
  phase: 'running',
  look: async (box) => await box.answer(),
  judge: (seen) => {
    if (seen.seen === 'unseen') {
      return { status: 'unknown', summary: `The service was not asked: ${seen.reason}.`, evidence: [] };
    }
    if (seen.seen === 'silence') {
      return {
        status: 'fail',
        summary: `Nothing answered at ${seen.url} within ${seconds(seen.waitedMs)}: ${seen.reason}.`,
        evidence: [
          { fact: 'url', value: seen.url },
          { fact: 'waited in milliseconds', value: Math.round(seen.waitedMs) },
          { fact: 'reason', value: seen.reason },
        ],
      };
    }
    const evidence = [
      { fact: 'url', value: seen.url },
      { fact: 'HTTP status', value: seen.status },
      { fact: 'answered after milliseconds', value: Math.round(seen.afterMs) },
    ];
    if (seen.status === 200) {
      return { status: 'pass', summary: `${seen.url} answered 200 after ${seconds(seen.afterMs)}.`, evidence };
    }
    if (seen.guessed && seen.failsEverywhere === true) {
      return {
        status: 'warn',
        summary: `Every path that was asked was answered with an error (${seen.url}: HTTP ${seen.status}); name the health endpoint with the option \`health\`.`,
        evidence,
      };
    }
    if (seen.guessed) {
      return {
        status: 'unknown',
        summary: `The service answers, but no health endpoint was found at ${seen.url} (HTTP ${seen.status}); name it with the option \`health\`.`,
        evidence,
      };
    }
    return { status: 'fail', summary: `${seen.url} answered ${seen.status}, not 200.`, evidence };
  },
  cases: [
    { name: 'it answers 200', seen: ok, status: 'pass' },
    { name: 'a path that was guessed answers 200', seen: { ...ok, guessed: true }, status: 'pass' },
    { name: 'the path that was named answers 503', seen: { ...ok, status: 503 }, status: 'fail' },
    { name: 'the path that was named leads elsewhere', seen: { ...ok, status: 302 }, status: 'fail' },
    { name: 'no guessed path answers 200', seen: { ...ok, status: 404, guessed: true }, status: 'unknown' },
    {
      name: 'every guessed path is answered with an error',
      seen: { ...ok, status: 500, guessed: true, failsEverywhere: true },
      status: 'warn',
    },
    { name: 'nothing listens', seen: silent, status: 'fail' },
    {
      name: 'nothing listens on the exposed port, whatever the path',
      seen: { ...silent, guessed: true },
      status: 'fail',
    },
    { name: 'no port is known', seen: { seen: 'unseen', reason: 'the image exposes none' }, status: 'unknown' },
  ],
});

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
