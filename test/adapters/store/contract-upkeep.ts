/** What every Store promises of what it lets go. */
import type { Removed, Store } from '../../../src/use-cases/store-port.ts';
import type { WithStore } from './contract.ts';
import { at, newBuild, report, room } from './rows.ts';

/** Removes until nothing goes any more. */
async function all(remove: () => Promise<Removed>): Promise<Removed> {
  const builds: string[] = [];
  let analyses = 0;
  for (;;) {
    const gone = await remove();
    if (gone.builds.length + gone.analyses === 0) return { builds: builds.toSorted(), analyses };
    builds.push(...gone.builds);
    analyses += gone.analyses;
  }
}

/** An ended build of that id and second. */
async function ended(store: Store, id: string, seconds: number): Promise<void> {
  await store.insertBuild(newBuild(id, seconds), room(9999));
  await store.cancel(id, at(seconds));
}

/** Runs these promises. */
export async function upkeepContract(withStore: WithStore): Promise<void> {
  const much = { since: at(0), builds: 9999, analyses: 9999 };

  await withStore('what ended or was made before a time goes, and what waits or runs never', async (t, store) => {
    await store.insertBuild(newBuild('1-waits', 0), room(9));
    await store.insertBuild(newBuild('2-runs', 0), room(9));
    await store.claim(at(1));
    for (const n of [3, 4, 5]) await ended(store, `${n}-ended`, n);
    for (const n of [3, 4, 5]) await store.saveAnalysis(report(`${n}`, { createdAt: at(n) }));
    t.strictSame(await all(() => store.removeOld({ ...much, since: at(5) })), {
      builds: ['3-ended', '4-ended'],
      analyses: 2,
    });
    t.equal((await store.analysis('5'))?.id, '5');
    t.strictSame(await store.knownBuilds(['1-waits', '2-runs', '3-ended', '4-ended', '5-ended', 'x']), [
      '1-waits',
      '2-runs',
      '5-ended',
    ]);
    t.strictSame(await all(() => store.removeOld({ since: at(9999), builds: 0, analyses: 0 })), {
      builds: ['5-ended'],
      analyses: 1,
    });
    t.match(await store.counts(), { queued: 1, running: 1 });
  });

  await withStore('only so many are kept, the latest', async (t, store) => {
    for (let n = 100; n < 600; n += 1) await ended(store, `b${n}`, n);
    for (let n = 100; n < 600; n += 1) await store.saveAnalysis(report(`a${n}`, { createdAt: at(n) }));
    const gone = await all(() => store.removeOld({ ...much, builds: 3, analyses: 2 }));
    t.equal(gone.builds.length, 497);
    t.equal(gone.analyses, 498);
    t.strictSame(await store.knownBuilds(['b596', 'b597', 'b598', 'b599']), ['b597', 'b598', 'b599']);
    t.equal(await store.analysis('a597'), undefined);
    t.equal((await store.analysis('a598'))?.id, 'a598');
  });

  await withStore('the oldest go first, whichever kind they are, and what is used shrinks', async (t, store) => {
    for (let n = 100; n < 300; n += 1) await ended(store, `b${n}`, n);
    for (let n = 300; n < 500; n += 1) await store.saveAnalysis(report(`a${n}`, { createdAt: at(n) }));
    await store.insertBuild(newBuild('b000', 0), room(9999));
    const before = await store.usedBytes();
    t.ok(before > 400 * 1000, 'four hundred reports');
    const first = await store.removeOldest();
    t.equal(first.builds.length, 200);
    t.equal(first.analyses, 0);
    const between = await store.usedBytes();
    t.ok(between < before * 0.7);
    t.equal((await store.removeOldest()).analyses, 200);
    t.ok((await store.usedBytes()) < before * 0.2);
    t.strictSame(await store.removeOldest(), { builds: [], analyses: 0 }, 'what waits stays');
    t.match(await store.counts(), { queued: 1 });
  });
}
