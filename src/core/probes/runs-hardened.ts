/** Probe: the service does its work with a read-only root and without capabilities. */
import type { AnswerSeen, StateSeen, VariantSeen, VariantsBox } from './box.ts';
import { defineProbe } from './probe.ts';
import type { Proof } from './probe.ts';

const up: StateSeen = {
  running: true,
  exitCode: undefined,
  outOfMemory: false,
  startError: undefined,
  secondsObserved: 2,
  logTail: 'listening\n',
};
const ok: AnswerSeen = {
  seen: 'answer',
  url: 'http://172.18.0.2:8000/health',
  status: 200,
  afterMs: 300,
  guessed: false,
};
const fine: VariantSeen = { seen: 'variant', state: up, answer: ok };
const broken: VariantSeen = {
  seen: 'variant',
  state: { ...up, running: false, exitCode: 1, logTail: 'EROFS: read-only file system\n' },
  answer: { seen: 'unseen', reason: 'the container ended before it answered' },
};
const box: VariantsBox = {
  purpose: 'service',
  ordinaryAnswered: true,
  hardened: fine,
  arbitraryUser: fine,
  stoppedEarly: { seen: 'unseen', reason: 'not asked' },
  missing: [],
};
const done: VariantSeen = {
  seen: 'variant',
  state: { ...up, running: false, exitCode: 0 },
  answer: { seen: 'unseen', reason: 'it is run to its end' },
};
const job: VariantsBox = { ...box, purpose: 'job', ordinaryAnswered: false, hardened: done, arbitraryUser: done };

export default defineProbe({
  id: 'runs-hardened',
  item: 'hardened',
  severity: 'warning',
  title: 'It runs with a read-only root, without capabilities, and as any user',
  why: 'What a service does not need, whoever breaks into it cannot use. Platforms with strict policies start it in no other way.',
  fix: 'Write only below /tmp or a volume, give up the need for capabilities, and let the group of root (0) read and write what any user must.',
  source:
    'Two more runs: read-only root with a tmpfs on /tmp and all capabilities dropped; and user id 12345 in group 0.',
  phase: 'variants',
  look: async (seen) => seen,
  judge: (seen): Proof => {
    const runs = [
      { name: 'with a read-only root and without capabilities', run: seen.hardened },
      { name: 'as user 12345', run: seen.arbitraryUser },
    ];
    const told = runs.map(({ name, run }) => ({ name, ...verdictOn(run, seen) }));
    const evidence = told.map(({ name, says }) => ({ fact: name, value: says.slice(0, 1000) }));
    const bad = told.filter(({ works }) => works === false);
    if (bad.length > 0) {
      const summary = bad.map(({ name, says }) => `${name}: ${says}`).join('; ');
      return { status: 'warn', summary: `It does not run ${summary}.`.slice(0, 1000), evidence };
    }
    if (told.some(({ works }) => works === undefined)) {
      const unseen = told.filter(({ works }) => works === undefined);
      const reasons = new Set(unseen.map(({ says }) => says));
      const summary = `Whether it runs ${unseen.map(({ name }) => name).join(' and ')} is not known: ${[...reasons].join('; ')}.`;
      return { status: 'unknown', summary: summary.slice(0, 1000), evidence };
    }
    return {
      status: 'pass',
      summary: 'It runs with a read-only root, without capabilities, and as a user of any number.',
      evidence,
    };
  },
  cases: [
    { name: 'all is well', seen: box, status: 'pass' },
    { name: 'it writes into its root', seen: { ...box, hardened: broken }, status: 'warn' },
    { name: 'it wants to be one user', seen: { ...box, arbitraryUser: broken }, status: 'warn' },
    {
      name: 'it is up and does not answer, which the ordinary run did',
      seen: { ...box, hardened: { seen: 'variant', state: up, answer: { seen: 'unseen', reason: 'x' } } },
      status: 'warn',
    },
    {
      name: 'the ordinary run did not answer either',
      seen: {
        ...box,
        ordinaryAnswered: false,
        hardened: { seen: 'variant', state: up, answer: { seen: 'unseen', reason: 'x' } },
      },
      status: 'unknown',
    },
    {
      name: 'the ordinary run did not answer either, and this one ends',
      seen: { ...box, ordinaryAnswered: false, hardened: broken },
      status: 'warn',
    },
    { name: 'a job that ends well', seen: { ...job, hardened: done }, status: 'pass' },
    { name: 'a job that does not', seen: { ...job, hardened: broken }, status: 'warn' },
    { name: 'a job that has not ended', seen: { ...job, hardened: { ...done, state: up } }, status: 'unknown' },
    { name: 'nobody could look', seen: { ...box, hardened: { seen: 'unseen', reason: 'x' } }, status: 'unknown' },
  ],
});

function verdictOn(
  run: VariantSeen,
  { purpose, ordinaryAnswered: mustAnswer }: Pick<VariantsBox, 'purpose' | 'ordinaryAnswered'>,
): { readonly works: boolean | undefined; readonly says: string } {
  if (run.seen === 'unseen') return { works: undefined, says: run.reason };
  const { state, answer } = run;
  if (state.startError !== undefined) return { works: false, says: `it could not be started: ${state.startError}` };
  if (purpose !== 'service' && state.running) {
    return { works: undefined, says: `it had not ended after ${state.secondsObserved} s` };
  }
  if (purpose !== 'service' && state.exitCode === 0) return { works: true, says: 'it ends with exit code 0' };
  if (!state.running) {
    const last = tellingLine(state.logTail);
    return {
      works: false,
      says: `it ended with exit code ${state.exitCode ?? 'unknown'}${last === '' ? '' : ` (${last.slice(0, 200)})`}`,
    };
  }
  const answered = answer.seen === 'answer' && answer.status === 200;
  if (answered) return { works: true, says: 'it answers 200' };
  return mustAnswer
    ? { works: false, says: 'it is up and does not answer 200' }
    : {
        works: undefined,
        says: `it is up after ${state.secondsObserved} s and does not answer 200, as the ordinary run did not either, so whether it works is not known`,
      };
}

/** The last line that speaks of an error, where there is one: what a program prints at its end is often something else. */
function tellingLine(log: string): string {
  const lines = log.trimEnd().split('\n').slice(-50);
  return (
    lines.findLast((line) => /error|exception|denied|read-only|not permitted|cannot/i.test(line)) ?? lines.at(-1) ?? ''
  );
}
