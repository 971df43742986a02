/** The life of a build: forward only, and every way leads to an end. */
import t from 'tap';
import { isEnded, isRunning, mayFollow, runningStates, statesBefore } from '../../src/core/build-states.ts';
import { BuildState } from '../../src/schemas/build.ts';

const states = BuildState.options;

await t.test('the whole table', async (t) => {
  const table = Object.fromEntries(states.map((from) => [from, states.filter((to) => mayFollow(from, to)).join(' ')]));
  t.strictSame(table, {
    queued: 'building cancelled',
    building: 'probing passed failed errored cancelled',
    probing: 'passed failed errored cancelled',
    passed: '',
    failed: '',
    errored: '',
    cancelled: '',
  });
});

await t.test('nothing goes back, stands still or lives again', async (t) => {
  for (const from of states) {
    for (const to of states) {
      if (mayFollow(from, to)) t.equal(mayFollow(to, from), false, `${from} ${to}`);
      t.equal(statesBefore(to).includes(from), mayFollow(from, to), `${from} ${to}, asked from the other side`);
    }
    t.equal(mayFollow(from, from), false, from);
  }
});

await t.test('a build waits, runs or has ended', async (t) => {
  t.strictSame(states.filter(isEnded), ['passed', 'failed', 'errored', 'cancelled']);
  t.strictSame(states.filter(isRunning), runningStates);
  for (const state of states)
    t.equal(Number(state === 'queued') + Number(isRunning(state)) + Number(isEnded(state)), 1);
});
