/** Probe: the health endpoint tells when a service is gone without which nothing can be served. */
import type { PausedBox, PausedSeen } from './paused-box.ts';
import { defineProbe } from './probe.ts';
import type { Proof } from './probe.ts';

type Paused = Extract<PausedSeen, { seen: 'paused' }>;

const url = 'http://172.18.0.2:8000/health';
const db: Paused = {
  ...{ seen: 'paused', companion: 'db', url, status: 503, afterMs: 1200 },
  ...{ stayedUp: true, recovered: true },
};
const cache: Paused = { ...db, companion: 'cache' };
const unseen: PausedSeen = { seen: 'unseen', companion: 'cache', reason: 'it had not recovered' };
const each = (...all: readonly PausedSeen[]): PausedBox => ({ seen: 'each', each: all });

export default defineProbe({
  id: 'health-sees-dependency',
  item: 'healthcheck',
  severity: 'warning',
  title: 'The health endpoint tells when a dependency is gone',
  why: 'A service that cannot reach its database serves nothing but errors. While its health endpoint says that all is well, the platform goes on sending it traffic.',
  fix: 'Let the endpoint that decides on traffic look at what every request needs, with a timeout of a second or two, and answer 503 when it is gone. An endpoint that only says whether the process lives is for another question; name the right one with the option `health`. A service that requests can do without, such as a cache, is a reason for a waiver.',
  source:
    'Each of the option `services` is paused in turn, so that it holds its connections and answers nothing, and the health path is asked for ten seconds at most.',
  phase: 'paused',
  isPartial: true,
  look: async (box) => box,
  judge: (seen) => {
    if (seen.seen === 'alone') {
      return { status: 'not-applicable', summary: 'No service was named that it depends on.', evidence: [] };
    }
    const said = seen.each.map(saidOf);
    const status = (['warn', 'unknown', 'pass'] as const).find((one) => said.some((proof) => proof.status === one));
    return {
      status: status ?? 'unknown',
      summary: said
        .map(({ summary }) => summary)
        .join(' ')
        .slice(0, 1000),
      evidence: said.flatMap(({ evidence }) => evidence),
    };
  },
  cases: [
    { name: 'it answers 503', seen: each(db), status: 'pass' },
    {
      name: 'it waits for the database and gives no answer',
      seen: each({ ...db, status: undefined }),
      status: 'pass',
    },
    { name: 'it says that all is well', seen: each({ ...db, status: 200, afterMs: 10_000 }), status: 'warn' },
    { name: 'it leads elsewhere', seen: each({ ...db, status: 302 }), status: 'warn' },
    { name: 'it asks for fewer requests', seen: each({ ...db, status: 429 }), status: 'warn' },
    { name: 'it ends', seen: each({ ...db, status: undefined, stayedUp: false }), status: 'warn' },
    { name: 'it tells of both', seen: each(db, cache), status: 'pass' },
    { name: 'it tells of the first alone', seen: each(db, { ...cache, status: 200 }), status: 'warn' },
    { name: 'it tells of the second alone', seen: each({ ...db, status: 200 }, cache), status: 'warn' },
    { name: 'of the second nobody knows', seen: each(db, unseen), status: 'unknown' },
    {
      name: 'it does not tell of the first, and of the second nobody knows',
      seen: each({ ...db, status: 200 }, unseen),
      status: 'warn',
    },
    { name: 'it stands alone', seen: { seen: 'alone' }, status: 'not-applicable' },
    { name: 'it did not answer 200 before', seen: each(unseen), status: 'unknown' },
  ],
});

/** What one of them shows. */
function saidOf(seen: PausedSeen): Proof {
  const { companion } = seen;
  if (seen.seen === 'unseen') {
    const summary = `Whether the health endpoint sees ${companion} was not found out: ${seen.reason}.`;
    return { status: 'unknown', summary, evidence: [] };
  }
  const { status, stayedUp } = seen;
  const after = `${Math.round(seen.afterMs / 100) / 10} s`;
  const evidence = [
    { fact: 'paused service', value: companion },
    { fact: 'health while it was paused', value: status === undefined ? 'no answer' : `HTTP ${status}` },
    { fact: 'milliseconds after the pause', value: Math.round(seen.afterMs) },
    { fact: 'stayed up', value: stayedUp },
  ];
  if (!stayedUp) {
    return { status: 'warn', summary: `It ended while ${companion} was paused, instead of waiting for it.`, evidence };
  }
  const when = `With ${companion} paused, the health endpoint`;
  if (status !== undefined && status < 500) {
    return { status: 'warn', summary: `${when} still answered ${status} after ${after}.`, evidence };
  }
  const told = status === undefined ? 'gave no answer' : `answered ${status}`;
  return { status: 'pass', summary: `${when} ${told} after ${after}.`, evidence };
}
