/** What every Store promises when processes come and go: crashes are counted, graceful ends are not. */
import type { WithStore } from './contract.ts';
import { at, claimed, errored, newBuild, room } from './rows.ts';

/** Runs these promises. */
export async function recoveryContract(withStore: WithStore): Promise<void> {
  await withStore(
    'what a dead process left running runs again, and after so many crashes no more',
    async (t, store, again) => {
      for (const [n, id] of ['tired', 'probing', 'fresh', 'waiting'].entries())
        await store.insertBuild(newBuild(id, n), room(9));
      for (let crash = 1; crash < 3; crash += 1) {
        await claimed(store, at(5));
        t.strictSame(await store.recover(at(6), 3), { requeued: 1, errored: 0, cancelled: 0 });
      }
      const tired = await claimed(store, at(7));
      t.match(tired, { id: 'tired', attempt: 3 });
      const probing = await claimed(store, at(7));
      await store.progress(probing, 'probing', { phase: 'run', step: null, done: 0, total: 2 }, at(8));
      await store.claim(at(7));
      t.strictSame(await store.counts(), { queued: 1, running: 3, bytes: 4000 });
      await store.close();

      const restarted = await again();
      t.strictSame(await restarted.recover(at(50), 3), { requeued: 2, errored: 1, cancelled: 0 });
      t.match(await restarted.build('tired'), { state: 'errored', attempt: 3, finishedAt: at(50), error: /3 times/ });
      t.match(await restarted.build('probing'), { state: 'queued', attempt: 2, startedAt: null, progress: null });
      t.match(await restarted.build('fresh'), { state: 'queued', attempt: 2 });
      t.match(await restarted.build('waiting'), { state: 'queued', attempt: 1 });
      t.equal(await restarted.finish(probing, errored), undefined, 'the dead process had one more word');
      t.strictSame((await restarted.contextsInUse()).toSorted(), [
        'context-fresh',
        'context-probing',
        'context-waiting',
      ]);
      t.match(await restarted.claim(at(51)), { id: 'probing', attempt: 2 });
    },
  );

  await withStore('a build that was given back is a new attempt and no crash', async (t, store) => {
    await store.insertBuild(newBuild('b'), room(9));
    for (let restart = 1; restart <= 5; restart += 1) {
      const claim = await claimed(store, at(restart));
      t.equal(claim.attempt, restart);
      t.equal(await store.release(claim, at(99)), true);
    }
    await claimed(store, at(6));
    t.strictSame(await store.recover(at(7), 2), { requeued: 1, errored: 0, cancelled: 0 }, 'the first crash');
    const claim = await claimed(store, at(8));
    t.equal(claim.attempt, 7, 'every return to the queue moves the fence');
    await store.release(claim, at(99));
    await claimed(store, at(9));
    t.strictSame(await store.recover(at(10), 2), { requeued: 0, errored: 1, cancelled: 0 }, 'the second one');
    t.match(await store.build('b'), { state: 'errored', attempt: 8, error: /went away 2 times/ });
  });

  await withStore('an engine that went away counts as a crash of the builds that it had', async (t, store) => {
    for (const id of ['a', 'b']) await store.insertBuild(newBuild(id, 0, { env: { A: '1' } }), room(9));
    const gone = { requeued: 0, errored: 0, cancelled: 0 };
    const first = await claimed(store, at(1));
    t.strictSame(await store.interrupt(first, at(2), { maxCrashes: 2, why: 'It was mute.' }), { ...gone, requeued: 1 });
    t.match(await store.build('a'), { state: 'queued', attempt: 2, startedAt: null });
    t.strictSame(await store.interrupt(first, at(2), { maxCrashes: 2, why: 'It was mute.' }), gone, 'once');
    const second = await claimed(store, at(3));
    t.match(second, { id: 'a', attempt: 2, sealed: { env: { A: '1' } } });
    t.strictSame(await store.interrupt(second, at(4), { maxCrashes: 2, why: 'It was mute.' }), { ...gone, errored: 1 });
    t.match(await store.build('a'), {
      state: 'errored',
      error: /engine went away 2 times.* The last time: It was mute\./,
      finishedAt: at(4),
    });
    const other = await claimed(store, at(5));
    t.equal(other.id, 'b', 'the neighbour was left alone');
    await store.cancel('b', at(6));
    t.strictSame(await store.interrupt(other, at(7), { maxCrashes: 2, why: 'It was mute.' }), {
      ...gone,
      cancelled: 1,
    });
  });
}
