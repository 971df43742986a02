/** Use case: what is old goes, so that a service that nobody looks after does not fill its disk. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LastSweep } from '../schemas/health.ts';
import type { BuildLogs, Clock, Log } from './ports.ts';
import type { Removed, Store } from './store-port.ts';

const DAY_MS = 24 * 3600 * 1000;
const EVERY_MS = 3600 * 1000;
/** Between two handfuls of rows others have their turn. */
const BREATH_MS = 20;

/** How much is kept of what has ended. Whatever waits or runs stays. */
export interface Keep {
  readonly days: number;
  readonly builds: number;
  readonly analyses: number;
  /** Of the database and of logs together. */
  readonly bytes: number;
}

/** Sweeps once an hour until it is stopped. */
export interface StorageSweep {
  start(): void;
  stop(): Promise<void>;
  /** Sweeps now. Throws like the store. */
  once(): Promise<LastSweep>;
  /** What the last sweep did; `null` before the first. */
  last(): LastSweep | null;
}

/** Makes the use case. */
export function makeStorageSweep(needs: {
  readonly store: Pick<Store, 'removeOld' | 'removeOldest' | 'usedBytes' | 'knownBuilds'>;
  readonly logs: Pick<BuildLogs, 'all' | 'remove'>;
  readonly keep: Keep;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}): StorageSweep {
  const { store, logs, keep, clock, log } = needs;
  const stopping = new AbortController();
  let life: Promise<void> | undefined;
  let last: LastSweep | null = null;

  /** Takes handfuls for as long as `more` says so and something goes. */
  const removeWhile = async (more: () => Promise<boolean>, remove: () => Promise<Removed>): Promise<Removed> => {
    const builds: string[] = [];
    let analyses = 0;
    while (!stopping.signal.aborted && (await more())) {
      const gone = await remove();
      if (gone.builds.length + gone.analyses === 0) break;
      for (const id of gone.builds) await logs.remove(id);
      builds.push(...gone.builds);
      analyses += gone.analyses;
      await sleep(BREATH_MS);
    }
    return { builds, analyses };
  };

  /** A log whose row went with a crash in between, or could not be removed then. Returns the bytes of those that stay. */
  const removeLostLogs = async (): Promise<{ readonly bytes: number; readonly removed: number }> => {
    const all = await logs.all();
    const known = new Set<string>();
    for (let at = 0; at < all.length; at += 500) {
      const ids = all.slice(at, at + 500).map(({ id }) => id);
      for (const id of await store.knownBuilds(ids)) known.add(id);
    }
    const lost = all.filter(({ id }) => !known.has(id));
    for (const { id } of lost) await logs.remove(id);
    const bytes = all.filter(({ id }) => known.has(id)).reduce((sum, one) => sum + one.bytes, 0);
    return { bytes, removed: lost.length };
  };

  const once = async (): Promise<LastSweep> => {
    const since = new Date(Date.parse(clock.now()) - keep.days * DAY_MS).toISOString();
    const { builds, analyses } = keep;
    const old = await removeWhile(
      async () => true,
      () => store.removeOld({ since, builds, analyses }),
    );
    const lost = await removeLostLogs();
    let bytes = lost.bytes;
    const used = async (): Promise<number> => (await store.usedBytes()) + bytes;
    const large = await removeWhile(
      async () => (await used()) > keep.bytes,
      async () => {
        const gone = await store.removeOldest();
        const left = new Map((await logs.all()).map((one) => [one.id, one.bytes]));
        for (const id of gone.builds) left.delete(id);
        bytes = [...left.values()].reduce((sum, one) => sum + one, 0);
        return gone;
      },
    );
    last = {
      at: clock.now(),
      builds: old.builds.length + large.builds.length,
      analyses: old.analyses + large.analyses,
      logs: lost.removed,
      bytes: await used(),
    };
    log.info(last, 'swept');
    return last;
  };

  const live = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await once().catch((err: unknown) => log.error({ err }, 'old rows and logs not removed'));
      await sleep(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  return {
    start: () => {
      life = live();
    },
    stop: async () => {
      stopping.abort();
      await life;
    },
    once,
    last: () => last,
  };
}
