/** Probe: the service is up before its own HEALTHCHECK would give it up. */
import type { AnswerSeen, Patience } from './box.ts';
import { defineProbe } from './probe.ts';
import type { Proof } from './probe.ts';

const usual: Patience = { startPeriodMs: 0, intervalMs: 30_000, retries: 3 };
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
    'Time to the first 200, against start period, interval and retries of the image (Dockerfile reference, HEALTHCHECK).',
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
    const { startPeriodMs, intervalMs, retries } = patience;
    const declared = [
      { fact: 'start period in seconds', value: startPeriodMs / 1000 },
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
    if (afterMs <= Math.max(startPeriodMs, intervalMs)) {
      const why = afterMs <= startPeriodMs ? 'within its start period' : 'before the first check';
      return { status: 'pass', summary: `It answered after ${seconds} s, ${why}.`, evidence };
    }
    const patienceMs = startPeriodMs + intervalMs * retries;
    return afterMs <= patienceMs
      ? { status: 'warn', summary: `It answered after ${seconds} s; checks had failed by then.`, evidence }
      : {
          status: 'fail',
          summary: `It answered after ${seconds} s; after ${patienceMs / 1000} s it counts as unhealthy.`,
          evidence,
        };
  },
  cases: [
    { name: 'before the first check', seen: { answer: after(300), patience: usual }, status: 'pass' },
    {
      name: 'within its start period',
      seen: { answer: after(40_000), patience: { ...usual, startPeriodMs: 60_000 } },
      status: 'pass',
    },
    { name: 'after a check has failed', seen: { answer: after(40_000), patience: usual }, status: 'warn' },
    {
      name: 'too late',
      seen: { answer: after(5000), patience: { startPeriodMs: 0, intervalMs: 1000, retries: 3 } },
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
