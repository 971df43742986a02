/** Probe: without a variable that it needs, the service ends at once, with an error that names it. */
import type { AnswerSeen, StateSeen, VariantsBox } from './box.ts';
import { defineProbe } from './probe.ts';
import type { Proof } from './probe.ts';

/** What reads its settings first has ended by then, a slow language on a busy machine included. */
const SOON_SECONDS = 10;

const silence: AnswerSeen = { seen: 'unseen', reason: 'the container ended before it answered' };
const ended: StateSeen = {
  running: false,
  exitCode: 1,
  outOfMemory: false,
  startError: undefined,
  secondsObserved: 0.4,
  logTail: 'DATABASE_URL is not set\n',
};
const box: VariantsBox = {
  purpose: 'service',
  ordinaryAnswered: true,
  hardened: { seen: 'unseen', reason: 'not asked' },
  arbitraryUser: { seen: 'unseen', reason: 'not asked' },
  stoppedEarly: { seen: 'unseen', reason: 'not asked' },
  missing: [],
};

export default defineProbe({
  id: 'fails-fast',
  item: 'fails-fast',
  severity: 'error',
  title: 'A missing setting ends it at once, by name',
  why: 'A service that starts without a setting it needs takes traffic and fails on the first request, or falls back to something nobody meant.',
  fix: 'Read every required variable at start, and end with an error that names the one that is missing.',
  source: 'One run for each required variable, with that variable left out.',
  phase: 'variants',
  look: async ({ missing }) => missing,
  judge: (missing): Proof => {
    if (missing.length === 0) {
      const summary = 'No variable is known to be required. The option requiredEnv names them.';
      return { status: 'unknown', summary, evidence: [] };
    }
    const seen = missing.map(({ name, run }) => ({ name, ...verdictOn(name, run) }));
    const evidence = seen.map(({ name, told }) => ({
      fact: `without ${name}`.slice(0, 200),
      value: told.slice(0, 1000),
    }));
    const worst = (['fail', 'warn', 'unknown', 'pass'] as const).find((status) =>
      seen.some((one) => one.status === status),
    );
    const named = seen.filter((one) => one.status === worst).map(({ name, told }) => `${name}: ${told}`);
    const summary =
      worst === 'pass'
        ? `Without ${seen.map(({ name }) => name).join(', ')} it ends at once and says why.`
        : `Without ${named.join('; without ')}.`;
    return { status: worst ?? 'unknown', summary: summary.slice(0, 1000), evidence };
  },
  cases: [
    { name: 'it names what is missing', seen: only(ended), status: 'pass' },
    { name: 'it names it after a long while', seen: only({ ...ended, secondsObserved: 18 }), status: 'warn' },
    {
      name: 'a longer name holds that of the variable',
      seen: only({ ...ended, logTail: 'OLD_DATABASE_URLS is deprecated\n' }),
      status: 'warn',
    },
    { name: 'it ends, and says nothing of it', seen: only({ ...ended, logTail: 'crashed\n' }), status: 'warn' },
    { name: 'it ends as if all were well', seen: only({ ...ended, exitCode: 0 }), status: 'fail' },
    { name: 'it goes on', seen: only({ ...ended, running: true, exitCode: undefined }), status: 'fail' },
    { name: 'nothing is known to be required', seen: box.missing, status: 'unknown' },
    { name: 'nobody could look', seen: [{ name: 'A', run: { seen: 'unseen', reason: 'x' } }], status: 'unknown' },
  ],
});

function only(state: StateSeen): VariantsBox['missing'] {
  return [{ name: 'DATABASE_URL', run: { seen: 'variant', state, answer: silence } }];
}

function verdictOn(
  name: string,
  run: VariantsBox['missing'][number]['run'],
): { readonly status: Proof['status']; readonly told: string } {
  if (run.seen === 'unseen') return { status: 'unknown', told: `not seen: ${run.reason}` };
  const { state } = run;
  if (state.startError !== undefined)
    return { status: 'unknown', told: `it could not be started: ${state.startError}` };
  if (state.running) {
    const answered = run.answer.seen === 'answer' && run.answer.status === 200;
    return { status: 'fail', told: answered ? 'it starts and answers 200' : 'it goes on running' };
  }
  const { exitCode, secondsObserved, logTail } = state;
  if (exitCode === 0) return { status: 'fail', told: 'it ends with exit code 0, as if all were well' };
  const end = `it ends after ${secondsObserved} s with exit code ${exitCode}`;
  if (!new RegExp(`(?<![A-Za-z0-9_])${name}(?![A-Za-z0-9_])`).test(logTail)) {
    return { status: 'warn', told: `${end}, and its log does not name it` };
  }
  return secondsObserved > SOON_SECONDS
    ? { status: 'warn', told: `${end} and names it, which is not soon` }
    : { status: 'pass', told: `${end} and names it` };
}
