/** What workers say of themselves. */
import type { Kysely } from 'kysely';
import type { Store } from '../../use-cases/store-port.ts';
import { answered } from './answered.ts';
import type { Tables } from './tables.ts';

/** Makes the part of the store that keeps workers. */
export function makeWorkers(db: Kysely<Tables>): Pick<Store, 'saveWorker' | 'worker'> {
  return {
    saveWorker: async ({ id, seenAt, engine, problem }) => {
      const seen = { seen_at: seenAt, engine, problem };
      // There is one; rows of others are of processes that are gone.
      await answered(db.deleteFrom('workers').where('id', '<>', id).execute());
      await answered(
        db
          .insertInto('workers')
          .values({ id, ...seen })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(seen))
          .execute(),
      );
    },
    worker: async () => {
      const row = await answered(
        db.selectFrom('workers').selectAll().orderBy('seen_at', 'desc').orderBy('id').limit(1).executeTakeFirst(),
      );
      if (row === undefined) return undefined;
      return { id: row.id, seenAt: row.seen_at, engine: row.engine, problem: row.problem };
    },
  };
}
