/** Probe: the service is up before its own HEALTHCHECK would give it up. */
import type { AnswerSeen, Patience } from './box.ts';
import { defineProbe } from './probe.ts';
import type { Proof } from './probe.ts';

const usual: Patience = { startPeriodMs: 0, startIntervalMs: 5000, intervalMs: 30_000, retries: 3 };
const after = (afterMs: number): AnswerSeen => ({
  seen: 'answer',
  url: 'http://172.18.0.2:8000/health',
  status: 200,
  afterMs,
  guessed: false,
});

export default defineProbe({
  id: 'starts-in-time',
  item: 'start-period',
  severity: 'error',
  title: 'It answers before its health check gives it up',
  why: 'Checks that fail before the service is up count, unless the start period covers them. A platform that restarts what is unhealthy then never lets it start.',
  fix: 'Give it the time it needs, and some more: `HEALTHCHECK --start-period=30s …`.',
  source:
    'Time to the first 200, against start period, start interval, interval and retries of the image (Dockerfile reference, HEALTHCHECK; health.go of moby 25 and newer).',
  phase: 'running',
  look: async (box) => {
    const [answer, patience] = await Promise.all([box.answer(), box.patience()]);
    return { answer, patience };
  },
  judge: ({ answer, patience }): Proof => {
    if (patience === undefined) {
      return {
        status: 'unknown',
        summary: 'The image has no HEALTHCHECK whose patience could be measured.',
        evidence: [],
      };
    }
    const { startPeriodMs, startIntervalMs, intervalMs, retries } = patience;
    const declared = [
      { fact: 'start period in seconds', value: startPeriodMs / 1000 },
      ...(startPeriodMs === 0 ? [] : [{ fact: 'interval at the start in seconds', value: startIntervalMs / 1000 }]),
      { fact: 'interval in seconds', value: intervalMs / 1000 },
      { fact: 'retries', value: retries },
    ];
    if (answer.seen !== 'answer' || answer.status !== 200) {
      return {
        status: 'unknown',
        summary: 'It never answered 200, so how long its start takes was not seen.',
        evidence: declared,
      };
    }
    const { afterMs } = answer;
    const seconds = Math.round(afterMs / 100) / 10;
    const evidence = [{ fact: 'seconds to the first 200', value: seconds }, ...declared];
    const { failedBy, unhealthyMs } = checksBefore(afterMs, patience);
    if (unhealthyMs !== undefined) {
      const summary = `It answered after ${seconds} s; after ${unhealthyMs / 1000} s it counts as unhealthy.`;
      return { status: 'fail', summary, evidence };
    }
    if (failedBy > 0) {
      return { status: 'warn', summary: `It answered after ${seconds} s; checks had failed by then.`, evidence };
    }
    const why = afterMs <= startPeriodMs ? 'within its start period' : 'before the first check that counts';
    return { status: 'pass', summary: `It answered after ${seconds} s, ${why}.`, evidence };
  },
  cases: [
    { name: 'before the first check', seen: { answer: after(300), patience: usual }, status: 'pass' },
    {
      name: 'within its start period',
      seen: { answer: after(40_000), patience: { ...usual, startPeriodMs: 60_000 } },
      status: 'pass',
    },
    {
      name: 'a start period that ends before the first check, which then counts',
      seen: { answer: after(12_600), patience: { ...usual, startPeriodMs: 3000, intervalMs: 60_000, retries: 1 } },
      status: 'fail',
    },
    {
      name: 'the same, and a check may fail',
      seen: { answer: after(12_600), patience: { ...usual, startPeriodMs: 3000, intervalMs: 60_000 } },
      status: 'warn',
    },
    {
      name: 'the same, and up before that check',
      seen: { answer: after(4000), patience: { ...usual, startPeriodMs: 3000, intervalMs: 60_000, retries: 1 } },
      status: 'pass',
    },
    {
      name: 'checks within the start period do not count',
      seen: { answer: after(12_600), patience: { ...usual, startPeriodMs: 15_000, retries: 1 } },
      status: 'pass',
    },
    { name: 'after a check has failed', seen: { answer: after(40_000), patience: usual }, status: 'warn' },
    {
      name: 'too late',
      seen: { answer: after(5000), patience: { ...usual, intervalMs: 1000 } },
      status: 'fail',
    },
    { name: 'no HEALTHCHECK', seen: { answer: after(300), patience: undefined }, status: 'unknown' },
    {
      name: 'it never answered',
      seen: { answer: { seen: 'unseen', reason: 'no port' }, patience: usual },
      status: 'unknown',
    },
  ],
});

/**
 * The checks that fail and count before the service is up. Within the start period they come at its own interval, and the one that
 * is under way when it ends is made at that interval still; without a start period the first comes after one ordinary interval.
 */
function checksBefore(
  afterMs: number,
  { startPeriodMs, startIntervalMs, intervalMs, retries }: Patience,
): { readonly failedBy: number; readonly unhealthyMs: number | undefined } {
  let failedBy = 0;
  for (let at = 0; ;) {
    at += at < startPeriodMs ? startIntervalMs : intervalMs;
    if (at >= afterMs) return { failedBy, unhealthyMs: undefined };
    if (at < startPeriodMs) continue;
    failedBy += 1;
    if (failedBy >= retries) return { failedBy, unhealthyMs: at };
  }
}
