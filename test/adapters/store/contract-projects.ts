/** What every Store promises of projects over time. */
import type { WithStore } from './contract.ts';
import { at, claimed, newBuild, report, room } from './rows.ts';

/** Runs these promises. */
export async function projectsContract(withStore: WithStore): Promise<void> {
  await withStore('a project is what its reports came to, of either kind, the latest first', async (t, store) => {
    t.strictSame(await store.projects(undefined), []);
    await store.saveAnalysis(report('1', { score: 10, createdAt: at(1) }));
    await store.saveAnalysis(
      report('3', { score: 30, createdAt: at(3), verdict: 'ready', tool: { version: '0.2.0' } }),
    );
    await store.saveAnalysis(report('5', { project: null }));
    await store.saveAnalysis(report('6', { project: 'infra', score: 60, createdAt: at(6) }));
    for (const id of ['2', '4']) await store.insertBuild(newBuild(id, Number(id)), room(9));
    const ended = await claimed(store, at(9));
    await store.finish(ended, { state: 'passed', report: report('2', { score: 20 }), finishedAt: at(20) });
    const entry = { id: '3', kind: 'analysis', createdAt: at(3), verdict: 'ready', score: 30, toolVersion: '0.2.0' };
    t.strictSame(
      (await store.history('shop/api', undefined, 9)).map(({ id, kind, score }) => `${id} ${kind} ${score}`),
      ['3 analysis 30', '2 verification 20', '1 analysis 10'],
      'the build that waits has no report',
    );
    t.strictSame((await store.history('shop/api', undefined, 1))[0], entry);
    t.strictSame(
      (await store.history('shop/api', '3', 9)).map(({ id }) => id),
      ['2', '1'],
    );
    t.strictSame(await store.history('none', undefined, 9), []);
    const all = await store.projects(undefined);
    t.match(all, [
      { name: 'infra', reports: 1, latest: { id: '6' } },
      { name: 'shop/api', reports: 3, latest: entry },
    ]);
    t.equal(all.length, 2);
    const names = async (...patterns: string[]) => (await store.projects(patterns)).map(({ name }) => name);
    t.strictSame(await names('shop/*'), ['shop/api']);
    t.strictSame(await names('infra', 'sh*'), ['infra', 'shop/api']);
    t.strictSame(await names('shop'), []);
  });
}
