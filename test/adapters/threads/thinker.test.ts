/** The pool of threads: what is answered, what is ended, who waits for whom, and how all of it closes. */
import t from 'tap';
import type { Test } from 'tap';
import { makeThinker } from '../../../src/adapters/threads/thinker.ts';
import type { ThreadThinker } from '../../../src/adapters/threads/thinker.ts';
import { makeTurns } from '../../../src/adapters/threads/turns.ts';
import { noPolicy } from '../../../src/core/policy/policy.ts';

const threadFile = new URL('./obedient-thread.ts', import.meta.url).href;

function open(t: Test, more: { timeoutMs?: number; threads?: number; memoryMb?: number } = {}) {
  const logged: string[] = [];
  const note = (_: object, message: string): void => void logged.push(message);
  const log = { debug: note, info: note, warn: note, error: note };
  const thinker = makeThinker({ threadFile, timeoutMs: 60_000, threads: 2, log, ...more });
  t.teardown(() => thinker.close());
  return { thinker, logged };
}

/** Asks; a large question has a text that is padded with blanks. */
async function ask(thinker: ThreadThinker, order: string, isLarge = false): Promise<unknown> {
  const dockerfile = isLarge ? order.padEnd(100_000) : order;
  return await thinker.analyze({
    texts: { dockerfile, path: 'Dockerfile', files: undefined, ignore: undefined },
    profile: {},
    policy: noPolicy,
    today: '2026-06-01',
    fix: undefined,
    withText: false,
  });
}

t.test('what a thread answers comes back, and so does what it throws', async (t) => {
  const { thinker } = open(t);
  t.same(await Promise.all(['a', 'b', 'c', 'd', 'e'].map((one) => ask(thinker, one))), ['A', 'B', 'C', 'D', 'E']);
  await t.rejects(ask(thinker, 'throw deep'), { name: 'RangeError', message: 'deep' });
  t.equal(await ask(thinker, 'f'), 'F', 'the thread goes on');
});

t.test(
  'what does not end is ended, with its step named, and others are answered meanwhile and afterwards',
  async (t) => {
    const { thinker, logged } = open(t, { timeoutMs: 3000 });
    const endless = t.rejects(ask(thinker, 'loop'), {
      code: 'analysis-too-costly',
      message: /did not end within 3 seconds\. It was given up while the ignore file was applied\. Make the Dockerfile/,
    });
    t.equal(await ask(thinker, 'small'), 'SMALL');
    await endless;
    t.equal(await ask(thinker, 'next'), 'NEXT');
    t.same(logged, ['analysis given up']);
  },
);

t.test('what takes too much memory is ended, and the process is not', async (t) => {
  const { thinker, logged } = open(t, { memoryMb: 32 });
  await t.rejects(ask(thinker, 'hoard'), { code: 'analysis-too-costly', message: /more than 32 MiB of memory/ });
  t.equal(await ask(thinker, 'next'), 'NEXT');
  t.same(logged, ['analysis given up']);
});

t.test('a thread that dies takes one question with it', async (t) => {
  const { thinker } = open(t);
  await t.rejects(ask(thinker, 'exit'), { message: /exited/ });
  t.equal(await ask(thinker, 'next'), 'NEXT');
});

t.test('large questions leave a place to small ones', async (t) => {
  const { thinker } = open(t);
  const order: unknown[] = [];
  const large = ['one', 'two', 'three'].map(async (one) => order.push(await ask(thinker, `wait 1500 ${one}`, true)));
  const small = ['a', 'b', 'c'].map(async (one) => order.push(await ask(thinker, one)));
  await Promise.all([...large, ...small]);
  t.same(order.slice(0, 3), ['A', 'B', 'C']);
  t.equal(order.length, 6, 'the large ones have their turns');
});

t.test('places are given in order', async (t) => {
  const never = new AbortController().signal;
  const turns = makeTurns(2);
  const first = await turns.take(false, never);
  await turns.take(false, never);
  const late = new AbortController();
  const leaving = turns.take(false, late.signal);
  const staying = turns.take(false, never);
  t.equal(turns.waiting, 2);
  late.abort(new Error('gone'));
  await t.rejects(leaving, { message: 'gone' });
  await t.rejects(turns.take(false, late.signal), { message: 'gone' });
  first();
  t.type(await staying, 'function', 'whoever has gone is passed over');
  t.equal(turns.waiting, 0);
});

t.test('an analysis is refused when too many wait, and when its turn does not come; builds wait', async (t) => {
  const { thinker } = open(t, { timeoutMs: 3000 });
  const loops = ['loop', 'loop'].map((one) => t.rejects(ask(thinker, one), { code: 'analysis-too-costly' }));
  const waits = Array.from({ length: 100 }, () => ask(thinker, 'x').catch((error: unknown) => error));
  await t.rejects(ask(thinker, 'one more'), { code: 'analysis-queue-full' });
  const texts = { dockerfile: 'plan', path: 'Dockerfile', files: undefined, ignore: undefined };
  const gone = new AbortController();
  const left = thinker.plan({ texts, profile: 'service' }, gone.signal);
  const planned = thinker.plan({ texts, profile: 'service' }, new AbortController().signal);
  gone.abort(new Error('cancelled'));
  await t.rejects(left, { message: 'cancelled' });
  await Promise.all([...loops, ...waits]);
  t.equal(await planned, 'planned');
});

t.test('whoever does not want an answer any more gets none, and its thread is ended', async (t) => {
  const { thinker } = open(t);
  const gone = new AbortController();
  const texts = { dockerfile: 'loop', path: 'Dockerfile', files: undefined, ignore: undefined };
  const asked = [1, 2].map(() => thinker.plan({ texts, profile: 'service' }, gone.signal));
  const waiting = ask(thinker, 'next');
  gone.abort(new Error('cancelled'));
  for (const one of asked) await t.rejects(one, { message: 'cancelled' });
  t.equal(await waiting, 'NEXT');
});

t.test('closing ends what is under way and what waits, and nothing is taken after it', async (t) => {
  const { thinker } = open(t);
  const asked = [ask(thinker, 'loop'), ask(thinker, 'loop'), ask(thinker, 'waits'), ask(thinker, 'loop', true)];
  const ends = asked.map((one) => t.rejects(one, { code: 'shutting-down' }));
  await thinker.close();
  await Promise.all(ends);
  await t.rejects(ask(thinker, 'late'), { code: 'shutting-down' });
  await thinker.close();
});
