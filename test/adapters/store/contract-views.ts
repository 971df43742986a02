/** What every Store promises to those who look at builds: lists, and the events of each. */
import type { WithStore } from './contract.ts';
import { at, claimed, newBuild, report, room } from './rows.ts';

/** Runs these promises. */
export async function viewsContract(withStore: WithStore): Promise<void> {
  await withStore('builds are listed latest first, a page at a time, and as the filter says', async (t, store) => {
    for (const [n, id] of ['b1', 'b2', 'b3', 'b4'].entries()) {
      await store.insertBuild({ ...newBuild(id, n), project: id === 'b2' ? null : 'shop/api' }, room(9));
    }
    const first = await claimed(store, at(9));
    await store.finish(first, { state: 'passed', report: report('v', { verdict: 'ready' }), finishedAt: at(10) });
    const ids = async (wanted: Partial<Parameters<typeof store.builds>[0]>): Promise<readonly string[]> =>
      (await store.builds({ before: undefined, limit: 9, ...wanted })).map(({ id }) => id);
    t.same(await ids({}), ['b4', 'b3', 'b2', 'b1']);
    t.same(await ids({ limit: 2 }), ['b4', 'b3']);
    t.same(await ids({ limit: 2, before: 'b3' }), ['b2', 'b1']);
    t.same(await ids({ before: 'b1' }), []);
    t.same(await ids({ project: 'shop/api' }), ['b4', 'b3', 'b1']);
    t.same(await ids({ project: 'shop' }), [], 'the whole name');
    t.same(await ids({ state: 'queued', project: 'shop/api' }), ['b4', 'b3']);
    t.same(await ids({ verdict: 'ready' }), ['b1']);
    t.same(await ids({ verdict: 'not-ready' }), []);
    t.strictSame((await store.builds({ before: 'b2', limit: 1 }))[0], await store.build('b1'));
  });

  await withStore('each state is an event, in order, with its attempt and time; progress is none', async (t, store) => {
    const told = async (id: string): Promise<readonly string[]> =>
      (await store.buildEvents(id, 0)).map((event) => `${event.seq} ${event.attempt} ${event.state} ${event.at}`);
    await store.insertBuild(newBuild('b'), room(9));
    await store.insertBuild(newBuild('other', 1), room(9));
    const first = await claimed(store, at(1));
    const progress = { phase: 'build', step: null, done: 0, total: 2 };
    await store.progress(first, 'building', progress, at(2));
    await store.progress(first, 'probing', progress, at(3));
    await store.progress(first, 'probing', { ...progress, done: 1 }, at(4));
    await store.release(first, at(5));
    const second = await claimed(store, at(6));
    await store.progress(first, 'probing', progress, at(7));
    await store.finish(first, { state: 'errored', error: 'too late', finishedAt: at(7) });
    await store.finish(second, { state: 'failed', report: report('v'), finishedAt: at(8) });
    t.same(await told('b'), [
      `1 1 queued ${at(0)}`,
      `2 1 building ${at(1)}`,
      `3 1 probing ${at(3)}`,
      `4 2 queued ${at(5)}`,
      `5 2 building ${at(6)}`,
      `6 2 failed ${at(8)}`,
    ]);
    t.same(
      (await store.buildEvents('b', 4)).map(({ seq }) => seq),
      [5, 6],
      'those behind a number',
    );
    t.same(await told('nobody'), []);

    await claimed(store, at(9));
    await store.recover(at(10), 3);
    await store.cancel('other', at(11));
    t.same(
      (await store.buildEvents('other', 0)).map(({ state, attempt }) => `${attempt} ${state}`),
      ['1 queued', '1 building', '2 queued', '2 cancelled'],
    );
    await store.removeBuild('b');
    t.same(await told('b'), [], 'they go with the build');
  });
}
