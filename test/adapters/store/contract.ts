/** What every Store promises, whatever database it is. `open` opens the same data each time, with that sealer. */
import type { Test } from 'tap';
import { Build } from '../../../src/schemas/build.ts';
import type { Sealer } from '../../../src/use-cases/ports.ts';
import type { ClaimedBuild, Store } from '../../../src/use-cases/store-port.ts';
import { cancelContract } from './contract-cancel.ts';
import { projectsContract } from './contract-projects.ts';
import { queueContract } from './contract-queue.ts';
import { recoveryContract } from './contract-recovery.ts';
import { upkeepContract } from './contract-upkeep.ts';
import { viewsContract } from './contract-views.ts';
import { webhooksContract } from './contract-webhooks.ts';
import { at, claimed, errored, newBuild, plainSealer, report, room } from './rows.ts';

/** A database to be tested, empty at first. */
export interface StoreUnderTest {
  readonly open: (sealer?: Sealer) => Promise<Store>;
}

/** One promise, on a store of its own; `again` opens its data once more. */
export type WithStore = (
  title: string,
  body: (t: Test, store: Store, again: StoreUnderTest['open']) => Promise<void>,
) => Promise<void>;

/** Runs the promises against one adapter. */
export async function storeContract(t: Test, create: () => StoreUnderTest): Promise<void> {
  const withStore: WithStore = async (title, body) => {
    await t.test(title, async (t) => {
      const { open } = create();
      const opened: Store[] = [];
      const openOne = async (sealer?: Sealer): Promise<Store> => {
        const store = await open(sealer ?? plainSealer());
        opened.push(store);
        return store;
      };
      await body(t, await openOne(), openOne);
      for (const store of opened) await store.close();
    });
  };

  await withStore('an analysis comes back as it was, and another id brings nothing', async (t, store) => {
    const saved = report('a', { project: null, durationMs: 0.25 });
    await store.saveAnalysis(saved);
    t.strictSame(await store.analysis('a'), saved);
    t.equal(await store.analysis('b'), undefined);
    t.equal(await store.analysis("a' or '1'='1"), undefined);
  });

  await withStore('an id is stored once', async (t, store) => {
    await store.saveAnalysis(report('a', { score: 1 }));
    await t.rejects(store.saveAnalysis(report('a', { score: 2 })), { code: 'storage-unavailable' });
    t.equal((await store.analysis('a'))?.score, 1);
    await store.insertBuild(newBuild('b'), room(9));
    await t.rejects(store.insertBuild(newBuild('b'), room(9)), { code: 'storage-unavailable' });
  });

  await withStore(
    'analyses that come at the same time are all stored, but for one that cannot be',
    async (t, store) => {
      await store.saveAnalysis(report('taken', { score: 1 }));
      const ids = Array.from({ length: 700 }, (_, n) => (n === 300 ? 'taken' : `a${n}`));
      const ends = await Promise.allSettled(ids.map((id) => store.saveAnalysis(report(id, { score: 2 }))));
      t.same(
        ends.flatMap(({ status }, n) => (status === 'rejected' ? [ids[n]] : [])),
        ['taken'],
      );
      t.equal((await store.analysis('taken'))?.score, 1);
      for (const id of ids) t.ok(await store.analysis(id), id);
      await store.saveAnalysis(report('later'));
      t.ok(await store.analysis('later'), 'and it goes on');
    },
  );

  await withStore('a build walks from queued to passed, and shows where it is', async (t, store) => {
    const sealed = { buildArgs: { TOKEN: 't0p' }, env: { A: '1' } };
    t.strictSame(await store.insertBuild(newBuild('b', 0, sealed), room(1)), { was: 'new' });
    const links = {
      self: '/build-verify/b',
      report: '/build-verify/b/report',
      events: '/build-verify/b/events',
      log: '/build-verify/b/log',
    };
    const row: Build = {
      id: 'b',
      state: 'queued',
      attempt: 1,
      project: 'shop/api',
      createdAt: at(0),
      startedAt: null,
      finishedAt: null,
      progress: null,
      links,
    };
    t.strictSame(await store.build('b'), row);
    t.strictSame(await store.counts(), { queued: 1, running: 0, bytes: 1000 });

    const claim = await claimed(store, at(5));
    t.strictSame(claim, { ...newBuild('b', 0, sealed), attempt: 1 });
    t.strictSame(await store.build('b'), { ...row, state: 'building', startedAt: at(5) });
    t.strictSame(await store.counts(), { queued: 0, running: 1, bytes: 1000 });

    const progress = { phase: 'build', step: '[1/2] FROM busybox', done: 0, total: 2 };
    t.equal(await store.progress(claim, 'building', progress, at(8)), true);
    t.strictSame(await store.build('b'), { ...row, state: 'building', startedAt: at(5), progress });
    t.equal(await store.progress(claim, 'probing', { ...progress, phase: 'run' }, at(8)), true);
    t.equal((await store.build('b'))?.state, 'probing');
    t.strictSame(await store.counts(), { queued: 0, running: 1, bytes: 1000 });
    t.equal(await store.buildReport('b'), undefined, 'no report before the end');

    const verified = report('v', { kind: 'verification', verdict: 'ready' });
    t.equal(await store.finish(claim, { state: 'passed', report: verified, finishedAt: at(60) }), 'passed');
    const ended = await store.build('b');
    t.strictSame(ended, { ...row, state: 'passed', startedAt: at(5), finishedAt: at(60), verdict: 'ready' });
    t.ok(Build.safeParse(ended).success, 'as the contract says');
    t.strictSame(await store.buildReport('b'), verified);
    t.strictSame(await store.counts(), { queued: 0, running: 0, bytes: 0 });
    t.equal(await store.build('c'), undefined);
    t.equal(await store.buildReport('c'), undefined);
  });

  await withStore(
    'a build may fail while it builds, or error; an error is told and has no report',
    async (t, store) => {
      await store.insertBuild({ ...newBuild('f'), project: null }, room(9));
      await store.insertBuild(newBuild('e', 1), room(9));
      const first = await claimed(store, at(2));
      const second = await claimed(store, at(3));
      t.equal(await store.finish(first, { state: 'failed', report: report('v'), finishedAt: at(60) }), 'failed');
      t.match(await store.build('f'), { state: 'failed', verdict: 'not-ready', project: null });
      t.equal(await store.finish(second, { state: 'errored', error: 'x'.repeat(5000), finishedAt: at(90) }), 'errored');
      const ended = await store.build('e');
      t.match(ended, { state: 'errored', finishedAt: at(90), error: 'x'.repeat(2000) });
      t.equal(ended?.verdict, undefined);
      t.ok(Build.safeParse(ended).success);
      t.equal(await store.buildReport('e'), undefined);
    },
  );

  await withStore('at most so many builds wait, and running ones do not count', async (t, store) => {
    t.strictSame(await store.insertBuild(newBuild('0'), room(0)), { was: 'full' });
    t.strictSame(await store.insertBuild(newBuild('1', 1), room(2)), { was: 'new' });
    t.strictSame(await store.insertBuild(newBuild('2', 2), room(2)), { was: 'new' });
    t.strictSame(await store.insertBuild(newBuild('3', 3), room(2)), { was: 'full' });
    t.equal(await store.build('3'), undefined, 'nothing of it was written');
    await store.claim(at(9));
    t.strictSame(await store.insertBuild(newBuild('3', 3), room(2)), { was: 'new' });
    const taken = await Promise.all(['4', '5', '6', '7'].map((id) => store.insertBuild(newBuild(id, 9), room(4))));
    t.equal(taken.filter(({ was }) => was === 'new').length, 2, 'also when they come at once');
    t.strictSame(await store.counts(), { queued: 4, running: 1, bytes: 5000 });
  });

  await withStore(
    'the oldest waiting build is claimed first, and each build by one claimer only',
    async (t, store, again) => {
      const other = await again();
      for (const [id, seconds] of [
        ['c', 3],
        ['a', 1],
        ['b2', 2],
        ['b1', 2],
      ] as const)
        await store.insertBuild(newBuild(id, seconds), room(99));
      const order = [
        await store.claim(at(9)),
        await other.claim(at(9)),
        await store.claim(at(9)),
        await other.claim(at(9)),
      ];
      t.strictSame(
        order.map((claim) => claim?.id),
        ['a', 'b1', 'b2', 'c'],
      );
      t.equal(await store.claim(at(9)), undefined);

      for (let n = 0; n < 40; n += 1) await store.insertBuild(newBuild(`n${n}`, n), room(99));
      const claims = await Promise.all(
        Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? store : other).claim(at(99))),
      );
      const ids = claims.flatMap((claim) => claim?.id ?? []);
      t.equal(ids.length, 40);
      t.equal(new Set(ids).size, 40);
    },
  );

  await withStore('who lost a build writes nothing any more', async (t, store) => {
    await store.insertBuild(newBuild('b', 0, { env: { A: '1' } }), room(9));
    const old = await claimed(store, at(1));
    t.equal(await store.release(old, at(99)), true);
    t.match(await store.build('b'), { state: 'queued', attempt: 2, startedAt: null, progress: null });
    const nothingBy = async (claim: ClaimedBuild, when: string): Promise<void> => {
      const before = await store.build('b');
      const progress = { phase: 'build', step: null, done: 9, total: 9 };
      t.equal(await store.progress(claim, 'building', progress, at(8)), false, `building, ${when}`);
      t.equal(await store.progress(claim, 'probing', progress, at(8)), false, `probing, ${when}`);
      t.equal(await store.finish(claim, errored), undefined, `errored, ${when}`);
      t.equal(
        await store.finish(claim, { state: 'passed', report: report('x'), finishedAt: at(9) }),
        undefined,
        `passed, ${when}`,
      );
      t.equal(await store.release(claim, at(99)), false, `released, ${when}`);
      t.strictSame(await store.build('b'), before, when);
    };
    await nothingBy(old, 'while it waits again');
    const now = await claimed(store, at(2));
    t.match(now, { id: 'b', attempt: 2, sealed: { env: { A: '1' } } }, 'the inputs are still there');
    await nothingBy(old, 'while its successor runs');
    t.equal(await store.finish(now, { state: 'failed', report: report('right'), finishedAt: at(9) }), 'failed');
    await nothingBy(old, 'after the end');
    await nothingBy(now, 'after its own end');
    t.equal((await store.buildReport('b'))?.id, 'right');
  });

  await withStore('within an attempt a state is never taken back', async (t, store) => {
    await store.insertBuild(newBuild('b'), room(9));
    const claim = await claimed(store, at(1));
    const progress = { phase: 'run', step: null, done: 1, total: 2 };
    t.equal(await store.progress(claim, 'probing', progress, at(8)), true);
    t.equal(
      await store.progress(claim, 'building', { ...progress, phase: 'build' }, at(8)),
      false,
      'a late word of the build',
    );
    t.equal(await store.progress(claim, 'probing', { ...progress, done: 2 }, at(8)), true);
    t.match(await store.build('b'), { state: 'probing', progress: { phase: 'run', done: 2 } });
  });

  await withStore('a restart finds everything as it was', async (t, store, again) => {
    await store.saveAnalysis(report('a'));
    await store.insertBuild(newBuild('queued', 3, { env: { A: 'ü' } }), room(9));
    await store.insertBuild(newBuild('ended', 1), room(9));
    const claim = await claimed(store, at(5));
    await store.finish(claim, { state: 'passed', report: report('v'), finishedAt: at(6) });
    const before = [await store.build('queued'), await store.build('ended'), await store.buildReport('ended')];
    await store.close();

    const restarted = await again();
    t.strictSame(await restarted.analysis('a'), report('a'));
    t.strictSame(
      [await restarted.build('queued'), await restarted.build('ended'), await restarted.buildReport('ended')],
      before,
    );
    t.strictSame(await restarted.recover(at(9), 3), { requeued: 0, errored: 0, cancelled: 0 });
    t.match(await restarted.claim(at(10)), { id: 'queued', attempt: 1, sealed: { env: { A: 'ü' } } });
  });

  await queueContract(withStore);
  await projectsContract(withStore);
  await webhooksContract(withStore);
  await recoveryContract(withStore);
  await cancelContract(withStore);
  await viewsContract(withStore);
  await upkeepContract(withStore);

  await withStore('contexts are in use until their build has ended', async (t, store) => {
    t.strictSame(await store.contextsInUse(), []);
    await store.insertBuild(newBuild('a', 0), room(9));
    await store.insertBuild(newBuild('b', 1), room(9));
    const claim = await claimed(store, at(2));
    t.strictSame((await store.contextsInUse()).toSorted(), ['context-a', 'context-b']);
    await store.finish(claim, errored);
    t.strictSame(await store.contextsInUse(), ['context-b']);
  });

  await withStore(
    'inputs that were sealed with a lost key end their build, and the next one is claimed',
    async (t, store, again) => {
      await store.insertBuild(newBuild('sealed', 0, { env: { A: '1' } }), room(9));
      await store.insertBuild(newBuild('open', 1), room(9));
      const rekeyed = await again(plainSealer('other:'));
      t.match(await rekeyed.claim(at(2)), { id: 'open', sealed: {} });
      t.match(await store.build('sealed'), { state: 'errored', error: /another key/, finishedAt: at(2) });
      t.equal(await rekeyed.claim(at(3)), undefined);
    },
  );

  await withStore('the worker that wrote last is told, and others are gone', async (t, store) => {
    t.equal(await store.worker(), undefined);
    const one = { id: 'one', seenAt: at(1), engine: null, problem: 'No engine answers.' };
    await store.saveWorker(one);
    t.strictSame(await store.worker(), one);
    await store.saveWorker({ ...one, seenAt: at(3), engine: '28.5.2', problem: '' });
    await store.saveWorker({ ...one, id: 'two', seenAt: at(2) });
    t.strictSame(await store.worker(), { ...one, id: 'two', seenAt: at(2) }, 'whatever the clock of the other said');
  });

  await withStore('a store that was closed says so with the error that everybody knows', async (t, store) => {
    await store.close();
    await t.rejects(store.counts(), { code: 'storage-unavailable' });
    await t.rejects(store.saveAnalysis(report('a')), { code: 'storage-unavailable' });
    await t.rejects(store.insertBuild(newBuild('b'), room(9)), { code: 'storage-unavailable' });
    await t.rejects(store.claim(at(1)), { code: 'storage-unavailable' });
  });
}
