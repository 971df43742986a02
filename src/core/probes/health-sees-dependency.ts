/** Probe: the health endpoint tells when a service is gone without which nothing can be served. */
import type { PausedBox } from './box.ts';
import { defineProbe } from './probe.ts';

const url = 'http://172.18.0.2:8000/health';
const noticed: PausedBox = { seen: 'paused', companion: 'db', url, status: 503, afterMs: 1200, stayedUp: true };

export default defineProbe({
  id: 'health-sees-dependency',
  item: 'healthcheck',
  severity: 'warning',
  title: 'The health endpoint tells when a dependency is gone',
  why: 'A service that cannot reach its database serves nothing but errors. While its health endpoint says that all is well, the platform goes on sending it traffic.',
  fix: 'Let the endpoint that decides on traffic look at what every request needs, with a timeout of a second or two, and answer 503 when it is gone. An endpoint that only says whether the process lives is for another question; name the right one with the option `health`.',
  source:
    'The first of the option `services` is paused, so that it holds its connections and answers nothing, and the health path is asked for ten seconds.',
  phase: 'paused',
  isPartial: true,
  look: async (box) => box,
  judge: (seen) => {
    if (seen.seen === 'alone') {
      return { status: 'not-applicable', summary: 'No service was named that it depends on.', evidence: [] };
    }
    if (seen.seen === 'unseen') {
      const summary = `Whether the health endpoint sees its dependencies was not found out: ${seen.reason}.`;
      return { status: 'unknown', summary, evidence: [] };
    }
    const { companion, status, stayedUp } = seen;
    const after = `${Math.round(seen.afterMs / 100) / 10} s`;
    const evidence = [
      { fact: 'paused service', value: companion },
      { fact: 'health while it was paused', value: status === undefined ? 'no answer' : `HTTP ${status}` },
      { fact: 'milliseconds after the pause', value: Math.round(seen.afterMs) },
      { fact: 'stayed up', value: stayedUp },
    ];
    if (!stayedUp) {
      return {
        status: 'warn',
        summary: `It ended while ${companion} was paused, instead of waiting for it.`,
        evidence,
      };
    }
    if (status !== undefined && status < 500) {
      const summary = `With ${companion} paused, the health endpoint still answered ${status} after ${after}.`;
      return { status: 'warn', summary, evidence };
    }
    const told = status === undefined ? 'gave no answer' : `answered ${status}`;
    return {
      status: 'pass',
      summary: `With ${companion} paused, the health endpoint ${told} after ${after}.`,
      evidence,
    };
  },
  cases: [
    { name: 'it answers 503', seen: noticed, status: 'pass' },
    { name: 'it waits for the database and gives no answer', seen: { ...noticed, status: undefined }, status: 'pass' },
    { name: 'it says that all is well', seen: { ...noticed, status: 200, afterMs: 10_000 }, status: 'warn' },
    { name: 'it leads elsewhere', seen: { ...noticed, status: 302 }, status: 'warn' },
    { name: 'it asks for fewer requests', seen: { ...noticed, status: 429 }, status: 'warn' },
    { name: 'it ends', seen: { ...noticed, status: undefined, stayedUp: false }, status: 'warn' },
    { name: 'it stands alone', seen: { seen: 'alone' }, status: 'not-applicable' },
    { name: 'it did not answer 200 before', seen: { seen: 'unseen', reason: 'it did not answer' }, status: 'unknown' },
  ],
});
