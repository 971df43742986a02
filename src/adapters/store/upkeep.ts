/** What is kept, and for how long. Ids sort by time, so the oldest come first by id. */
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { isEnded } from '../../core/build-states.ts';
import { BuildState } from '../../schemas/build.ts';
import type { Removed, Store } from '../../use-cases/store-port.ts';
import { answered } from './answered.ts';
import type { Tables } from './tables.ts';

const ended = BuildState.options.filter(isEnded);
/** So many rows go in one statement: others wait for it. */
const BATCH = 200;

/**
 * Makes the part of the store that lets go of old rows.
 * @param giveBack  returns free pages to the disk
 */
export function makeUpkeep(
  db: Kysely<Tables>,
  giveBack: () => void,
): Pick<Store, 'removeOld' | 'removeOldest' | 'usedBytes' | 'knownBuilds' | 'check'> {
  return {
    removeOld: ({ since, builds, analyses }) =>
      answered(
        db.transaction().execute(async (trx): Promise<Removed> => {
          const ids = await idsOf(trx, since, builds);
          const old = trx
            .selectFrom(trx.selectFrom('analyses').select(['id', 'created_at']).orderBy('id').limit(BATCH).as('oldest'))
            .select('id')
            .where('created_at', '<', since);
          const beyond = trx.selectFrom('analyses').select('id').orderBy('id', 'desc').limit(BATCH).offset(analyses);
          const gone = await trx
            .deleteFrom('analyses')
            .where((eb) => eb.or([eb('id', 'in', old), eb('id', 'in', beyond)]))
            .executeTakeFirst();
          return { builds: await removeBuilds(trx, ids), analyses: Number(gone.numDeletedRows) };
        }),
      ),
    removeOldest: () =>
      answered(
        db.transaction().execute(async (trx): Promise<Removed> => {
          const builds = await trx
            .selectFrom('builds')
            .select(['id', 'created_at'])
            .where('state', 'in', ended)
            .orderBy('id')
            .limit(BATCH)
            .execute();
          const analyses = await trx
            .selectFrom('analyses')
            .select(['id', 'created_at'])
            .orderBy('id')
            .limit(BATCH)
            .execute();
          const oldest = [...builds, ...analyses]
            .toSorted((one, other) => (one.created_at < other.created_at ? -1 : 1))
            .slice(0, BATCH)
            .map(({ id }) => id);
          const gone = await trx.deleteFrom('analyses').where('id', 'in', oldest).executeTakeFirst();
          const own = new Set(oldest);
          const ids = builds.map(({ id }) => id).filter((id) => own.has(id));
          return { builds: await removeBuilds(trx, ids), analyses: Number(gone.numDeletedRows) };
        }),
      ),
    usedBytes: async () => {
      // Files that were made by an early version have no such list, and keep their free pages for later rows.
      await answered(Promise.resolve().then(giveBack));
      const { rows } = await answered(
        sql<{ bytes: number }>`select (page_count - freelist_count) * page_size as bytes
          from pragma_page_count, pragma_freelist_count, pragma_page_size`.execute(db),
      );
      return rows[0]?.bytes ?? 0;
    },
    // Takes the lock of a writer, and changes nothing.
    check: async () => {
      await answered(db.updateTable('workers').set({ problem: '' }).where('id', '=', '').execute());
    },
    knownBuilds: async (ids) => {
      const rows = await answered(
        db
          .selectFrom('builds')
          .select('id')
          .where('id', 'in', [...ids])
          .execute(),
      );
      return rows.map(({ id }) => id);
    },
  };
}

/** Ended builds that ended before `since`, or are not among the latest `count`. */
async function idsOf(db: Kysely<Tables>, since: string, count: number): Promise<readonly string[]> {
  const old = db
    .selectFrom('builds')
    .select('id')
    .where('state', 'in', ended)
    .where('finished_at', '<', since)
    .limit(BATCH);
  const beyond = db
    .selectFrom('builds')
    .select('id')
    .where('state', 'in', ended)
    .orderBy('id', 'desc')
    .limit(BATCH)
    .offset(count);
  return [...(await old.execute()), ...(await beyond.execute())].map(({ id }) => id);
}

async function removeBuilds(db: Kysely<Tables>, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const gone = await db
    .deleteFrom('builds')
    .where('id', 'in', [...ids])
    .where('state', 'in', ended)
    .returning('id')
    .execute();
  return gone.map(({ id }) => id);
}
