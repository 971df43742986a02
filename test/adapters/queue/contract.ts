/** What every Doorbell promises. Timeouts in here are either never reached or the thing that is waited for. */
import type { Test } from 'tap';
import type { Doorbell } from '../../../src/use-cases/ports.ts';

/** Longer than any test runs. */
const LONG_MS = 2 ** 30;

/** Runs the promises against one adapter. */
export async function doorbellContract(t: Test, make: () => Doorbell): Promise<void> {
  await t.test('a ring wakes everyone who waits, and once only', async (t) => {
    const bell = make();
    const { signal } = new AbortController();
    const woken: string[] = [];
    const all = ['a', 'b', 'c'].map((who) => bell.wait(LONG_MS, signal).then(() => woken.push(who)));
    await settled();
    t.strictSame(woken, []);
    bell.ring();
    await Promise.all(all);
    t.strictSame(woken.toSorted(), ['a', 'b', 'c']);
    t.equal(await isWaiting(bell), true, 'the ring is used up');
  });

  await t.test('without a ring the wait ends after its time', async (t) => {
    await make().wait(1, new AbortController().signal);
    t.pass('it ended');
  });

  await t.test('an abort ends the wait, before it and during it, without an error', async (t) => {
    const stopping = new AbortController();
    const bell = make();
    const waiting = bell.wait(LONG_MS, stopping.signal);
    stopping.abort(new Error('the service is stopping'));
    await waiting;
    await bell.wait(LONG_MS, stopping.signal);
    t.pass('both ended');
  });

  await t.test('ringing when nobody waits harms nobody', async (t) => {
    const bell = make();
    bell.ring();
    bell.ring();
    // A kept ring may end one wait at once; then the bell is as new.
    await isWaiting(bell);
    t.equal(await isWaiting(bell), true);
    const waiting = bell.wait(LONG_MS, new AbortController().signal);
    bell.ring();
    await waiting;
  });
}

/** True when a new wait on the bell does not end by itself. */
async function isWaiting(bell: Doorbell): Promise<boolean> {
  const stop = new AbortController();
  let isOver = false;
  const waiting = bell.wait(LONG_MS, stop.signal).then(() => (isOver = true));
  await settled();
  const isStill = !isOver;
  stop.abort();
  await waiting;
  return isStill;
}

/** Everything that was ready to happen has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
