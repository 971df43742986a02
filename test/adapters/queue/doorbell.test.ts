/** The doorbell of one process. */
import { getEventListeners } from 'node:events';
import t from 'tap';
import { makeDoorbell } from '../../../src/adapters/queue/doorbell.ts';
import { doorbellContract } from './contract.ts';

await doorbellContract(t, makeDoorbell);

await t.test('a ring between the look into the store and the wait is not lost', async (t) => {
  const bell = makeDoorbell();
  bell.ring();
  await bell.wait(2 ** 30, new AbortController().signal);
  t.pass('the wait ended at once');
});

await t.test('a wait that ended leaves nothing on the signal, which lives as long as the worker', async (t) => {
  const bell = makeDoorbell();
  const { signal } = new AbortController();
  for (let n = 0; n < 20; n += 1) {
    const waiting = bell.wait(2 ** 30, signal);
    bell.ring();
    await waiting;
  }
  await bell.wait(1, signal);
  t.equal(getEventListeners(signal, 'abort').length, 0);
});
