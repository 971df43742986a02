/** What every Store promises of builds that are not wanted any more. */
import type { WithStore } from './contract.ts';
import { at, claimed, newBuild, report, room } from './rows.ts';

/** Runs these promises. */
export async function cancelContract(withStore: WithStore): Promise<void> {
  await withStore('a waiting build is cancelled at once, and nobody claims it', async (t, store) => {
    await store.insertBuild(newBuild('b', 0, { env: { A: '1' } }), room(9));
    t.strictSame(await store.cancel('b', at(5)), { was: 'queued', contextId: 'context-b' });
    t.match(await store.build('b'), { state: 'cancelled', finishedAt: at(5), progress: null });
    t.equal(await store.claim(at(6)), undefined);
    t.strictSame(await store.contextsInUse(), []);
    t.strictSame(await store.cancel('b', at(7)), { was: 'ended' }, 'once');
    t.match(await store.build('b'), { finishedAt: at(5) });
    t.equal(await store.cancel('c', at(7)), undefined);
  });

  await withStore('a running build is told, and its worker ends it', async (t, store) => {
    await store.insertBuild(newBuild('b'), room(9));
    const claim = await claimed(store, at(1));
    t.equal(await store.isCancelWished(claim), false);
    t.equal((await store.build('b'))?.cancelRequested, undefined);
    t.strictSame(await store.cancel('b', at(2)), { was: 'running' });
    t.equal(await store.isCancelWished(claim), true);
    t.match(await store.build('b'), { state: 'building', cancelRequested: true, finishedAt: null });
    t.equal(await store.finish(claim, { state: 'cancelled', finishedAt: at(3) }), 'cancelled');
    t.match(await store.build('b'), { state: 'cancelled', finishedAt: at(3) });
    t.equal((await store.build('b'))?.cancelRequested, undefined, 'it is no wish any more');
    t.equal(await store.buildReport('b'), undefined);
  });

  await withStore(
    'a wish that was taken is heeded, also when the build has just come to another end',
    async (t, store) => {
      await store.insertBuild(newBuild('b', 0, { env: { A: '1' } }), room(9));
      const claim = await claimed(store, at(1));
      await store.cancel('b', at(2));
      t.equal(await store.finish(claim, { state: 'passed', report: report('v'), finishedAt: at(3) }), 'cancelled');
      t.match(await store.build('b'), { state: 'cancelled', finishedAt: at(3) });
      t.equal(await store.buildReport('b'), undefined);
      t.equal(
        await store.finish(claim, { state: 'passed', report: report('v'), finishedAt: at(4) }),
        undefined,
        'once',
      );
      t.strictSame(await store.cancel('b', at(5)), { was: 'ended' });
    },
  );

  await withStore('a wish that comes too late changes nothing', async (t, store) => {
    await store.insertBuild(newBuild('b'), room(9));
    const claim = await claimed(store, at(1));
    await store.finish(claim, { state: 'passed', report: report('v'), finishedAt: at(3) });
    t.strictSame(await store.cancel('b', at(4)), { was: 'ended' });
    t.match(await store.build('b'), { state: 'passed' });
  });

  await withStore('a wish outlives its process: given back or crashed, the build is cancelled', async (t, store) => {
    for (const id of ['released', 'crashed', 'wanted']) await store.insertBuild(newBuild(id), room(9));
    const claims = [await claimed(store, at(1)), await claimed(store, at(1)), await claimed(store, at(1))];
    const released = claims.find(({ id }) => id === 'released');
    if (released === undefined) throw new Error('three were claimed');
    await store.cancel('released', at(2));
    await store.cancel('crashed', at(2));
    t.equal(await store.release(released, at(3)), true);
    t.match(await store.build('released'), { state: 'cancelled', finishedAt: at(3), attempt: 1 });
    t.strictSame(await store.recover(at(4), 3), { requeued: 1, errored: 0, cancelled: 1 });
    t.match(await store.build('crashed'), { state: 'cancelled', finishedAt: at(4) });
    t.match(await store.build('wanted'), { state: 'queued', attempt: 2 });
  });

  await withStore('only an ended build is removed, and its report with it', async (t, store) => {
    await store.insertBuild(newBuild('b'), room(9));
    t.equal(await store.removeBuild('b'), false, 'it waits');
    const claim = await claimed(store, at(1));
    t.equal(await store.removeBuild('b'), false, 'it runs');
    await store.finish(claim, { state: 'failed', report: report('v'), finishedAt: at(3) });
    t.equal(await store.removeBuild('b'), true);
    t.equal(await store.build('b'), undefined);
    t.equal(await store.buildReport('b'), undefined);
    t.equal(await store.removeBuild('b'), false, 'it is gone');
  });
}
