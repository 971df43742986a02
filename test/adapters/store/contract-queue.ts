/** What every Store promises of how builds come in and in which order they leave the queue. */
import type { Store } from '../../../src/use-cases/store-port.ts';
import type { WithStore } from './contract.ts';
import { at, claimed, errored, newBuild, room } from './rows.ts';

/** Runs these promises. */
export async function queueContract(withStore: WithStore): Promise<void> {
  const queue = async (store: Store, id: string, project: string | null, seconds: number, priority?: number) =>
    await store.insertBuild(
      { ...newBuild(id, seconds), project, options: { dockerfile: 'Dockerfile', ...(priority && { priority }) } },
      room(99),
    );

  await withStore(
    'the project with the fewest running builds is next, however long the line of another',
    async (t, store) => {
      for (const n of [1, 2, 3, 4]) await queue(store, `a${n}`, 'a', n);
      await queue(store, 'b1', 'b', 5);
      await queue(store, 'n1', null, 6);
      await queue(store, 'b2', 'b', 7);
      const order: string[] = [];
      for (let n = 0; n < 7; n += 1) order.push((await claimed(store, at(10))).id);
      t.strictSame(order, ['a1', 'b1', 'n1', 'a2', 'b2', 'a3', 'a4']);
      t.equal(await store.claim(at(11)), undefined);
    },
  );

  await withStore('an ended build makes room for the next one of its project', async (t, store) => {
    for (const n of [1, 2, 3]) await queue(store, `a${n}`, 'a', n);
    await queue(store, 'b1', 'b', 9);
    const first = await claimed(store, at(10));
    t.equal(first.id, 'a1');
    await store.finish(first, errored);
    t.equal((await claimed(store, at(11))).id, 'a2', 'nothing of either runs, and it is older');
    t.equal((await claimed(store, at(12))).id, 'b1');
  });

  await withStore('within equally busy projects priority goes before age', async (t, store) => {
    await queue(store, 'old', 'a', 1);
    await queue(store, 'low', 'a', 2, -5);
    await queue(store, 'high', 'a', 3, 5);
    await queue(store, 'other', 'b', 4, 1);
    const order: string[] = [];
    for (let n = 0; n < 4; n += 1) order.push((await claimed(store, at(10))).id);
    t.strictSame(order, ['high', 'other', 'old', 'low'], 'b is the less busy one when other is taken');
  });

  await withStore('cancelled, removed and given back: the order follows', async (t, store) => {
    await queue(store, 'a1', 'a', 1);
    await queue(store, 'a2', 'a', 2);
    await store.cancel('a1', at(3));
    const second = await claimed(store, at(4));
    t.equal(second.id, 'a2');
    await queue(store, 'a3', 'a', 5);
    await store.release(second, at(6));
    await store.removeBuild('a1');
    t.equal((await claimed(store, at(7))).id, 'a2', 'it is still the older one');
    t.equal((await claimed(store, at(8))).id, 'a3');
  });

  await withStore('contexts that wait or run fit into the room for bytes, or are not taken', async (t, store) => {
    const bytes = { builds: 99, bytes: 2500 };
    t.strictSame(await store.insertBuild(newBuild('a'), bytes), { was: 'new' });
    t.strictSame(await store.insertBuild(newBuild('b', 1), bytes), { was: 'new' });
    t.strictSame(await store.insertBuild(newBuild('c', 2), bytes), { was: 'full' });
    t.strictSame(await store.insertBuild({ ...newBuild('c', 2), contextBytes: 500 }, bytes), { was: 'new' }, 'just so');
    t.match(await store.counts(), { queued: 3, bytes: 2500 });
    const first = await claimed(store, at(3));
    t.strictSame(await store.insertBuild(newBuild('d', 4), bytes), { was: 'full' }, 'a running one needs its context');
    await store.finish(first, errored);
    t.strictSame(await store.insertBuild(newBuild('d', 4), bytes), { was: 'new' });
  });

  await withStore('a key brings one build, also for two at once, and none for other content', async (t, store) => {
    const key = { name: 'run-1', fingerprint: 'f', since: at(-100) };
    const [one, other] = await Promise.all([
      store.insertBuild({ ...newBuild('a'), key }, room(9)),
      store.insertBuild({ ...newBuild('b'), key }, room(9)),
    ]);
    t.strictSame([one, other], [{ was: 'new' }, { was: 'known', id: 'a' }]);
    t.equal(await store.build('b'), undefined);
    t.strictSame(await store.insertBuild({ ...newBuild('c'), key: { ...key, fingerprint: 'g' } }, room(9)), {
      was: 'other',
    });
    t.strictSame(await store.insertBuild({ ...newBuild('d'), project: 'else', key }, room(9)), { was: 'new' });
    t.strictSame(await store.insertBuild({ ...newBuild('e'), project: null, key }, room(9)), { was: 'new' });
    t.equal((await store.counts()).queued, 3);
    t.strictSame(
      await store.insertBuild({ ...newBuild('f'), key }, room(0)),
      { was: 'known', id: 'a' },
      'a full queue is no hindrance',
    );
  });

  await withStore('a key is forgotten after its time, with its build, and when nothing was taken', async (t, store) => {
    const key = { name: 'run-1', fingerprint: 'f', since: at(-100) };
    t.strictSame(await store.insertBuild({ ...newBuild('full'), key }, room(0)), { was: 'full' });
    t.equal(await store.isKeyKnown('run-1', at(-100)), false);
    t.strictSame(await store.insertBuild({ ...newBuild('a'), key }, room(9)), { was: 'new' });
    t.equal(await store.isKeyKnown('run-1', at(-100)), true);
    t.equal(await store.isKeyKnown('run-1', at(0)), false, 'too old');
    t.equal(await store.isKeyKnown('run-2', at(-100)), false);
    const later = { ...key, fingerprint: 'g', since: at(0) };
    t.strictSame(await store.insertBuild({ ...newBuild('b', 5), key: later }, room(9)), { was: 'new' });
    await store.cancel('b', at(6));
    await store.removeBuild('b');
    t.strictSame(await store.insertBuild({ ...newBuild('c', 7), key: later }, room(9)), { was: 'new' });
  });

  await withStore('since when the oldest has been waiting', async (t, store) => {
    t.equal(await store.oldestWaiting(), undefined);
    await queue(store, 'b', 'b', 7);
    await queue(store, 'a', 'a', 5);
    t.equal(await store.oldestWaiting(), at(5));
    await claimed(store, at(9));
    t.equal(await store.oldestWaiting(), at(7), 'one that runs does not wait');
  });

  await withStore('how long the latest builds took', async (t, store) => {
    t.strictSame(await store.durations(5), []);
    for (const [id, seconds] of [
      ['a', 10],
      ['b', 20],
      ['c', 30],
    ] as const) {
      await store.insertBuild(newBuild(id), room(9));
      const claim = await claimed(store, at(100));
      if (id === 'b') await store.finish(claim, errored);
      else await store.finish(claim, { state: 'passed', report: claim.report, finishedAt: at(100 + seconds) });
    }
    t.strictSame(await store.durations(5), [30_000, 10_000], 'an error says nothing of it');
    t.strictSame(await store.durations(1), [30_000]);
  });
}
