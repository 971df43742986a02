/** What every Store promises when processes come and go: crashes are counted, graceful ends are not. */
import type { WithStore } from './contract.ts';
import { at, claimed, errored, newBuild } from './rows.ts';

/** Runs these promises. */
export async function recoveryContract(withStore: WithStore): Promise<void> {
  await withStore(
    'what a dead process left running runs again, and after so many crashes no more',
    async (t, store, again) => {
      for (const [n, id] of ['tired', 'probing', 'fresh', 'waiting'].entries())
        await store.insertBuild(newBuild(id, n), 9);
      for (let crash = 1; crash < 3; crash += 1) {
        await claimed(store, at(5));
        t.strictSame(await store.recover(at(6), 3), { requeued: 1, errored: 0, cancelled: 0 });
      }
      const tired = await claimed(store, at(7));
      t.match(tired, { id: 'tired', attempt: 3 });
      const probing = await claimed(store, at(7));
      await store.progress(probing, 'probing', { phase: 'run', step: null, done: 0, total: 2 }, at(8));
      await store.claim(at(7));
      t.strictSame(await store.counts(), { queued: 1, running: 3 });
      await store.close();

      const restarted = await again();
      t.strictSame(await restarted.recover(at(50), 3), { requeued: 2, errored: 1, cancelled: 0 });
      t.match(await restarted.build('tired'), { state: 'errored', attempt: 3, finishedAt: at(50), error: /3 times/ });
      t.match(await restarted.build('probing'), { state: 'queued', attempt: 2, startedAt: null, progress: null });
      t.match(await restarted.build('fresh'), { state: 'queued', attempt: 2 });
      t.match(await restarted.build('waiting'), { state: 'queued', attempt: 1 });
      t.equal(await restarted.finish(probing, errored), false, 'the dead process had one more word');
      t.strictSame((await restarted.contextsInUse()).toSorted(), [
        'context-fresh',
        'context-probing',
        'context-waiting',
      ]);
      t.match(await restarted.claim(at(51)), { id: 'probing', attempt: 2 });
    },
  );

  await withStore('a build that was given back is a new attempt and no crash', async (t, store) => {
    await store.insertBuild(newBuild('b'), 9);
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
    t.match(await store.build('b'), { state: 'errored', attempt: 8, error: /went down 2 times/ });
  });
}
