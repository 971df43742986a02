/** Builds that are not wanted any more: cancelled while they wait or run, removed when they have ended. */
import type { Kysely } from 'kysely';
import { isEnded, runningStates, statesBefore } from '../../core/build-states.ts';
import { BuildState } from '../../schemas/build.ts';
import type { Store } from '../../use-cases/store-port.ts';
import { answered } from './answered.ts';
import type { Tables } from './tables.ts';

const ended = BuildState.options.filter(isEnded);
const waiting = statesBefore('cancelled').filter((state) => state === 'queued');

/** Makes the part of the store that takes builds back. */
export function makeBuildCancel(db: Kysely<Tables>): Pick<Store, 'cancel' | 'isCancelWished' | 'removeBuild'> {
  return {
    cancel: (id, at) =>
      answered(
        db.transaction().execute(async (trx) => {
          const cancelled = await trx
            .updateTable('builds')
            .set({ state: 'cancelled', finished_at: at, changed_at: at, sealed: null, progress: null })
            .where('id', '=', id)
            .where('state', 'in', waiting)
            .returning('context_id')
            .executeTakeFirst();
          if (cancelled !== undefined) return { was: 'queued', contextId: cancelled.context_id };
          const wished = await trx
            .updateTable('builds')
            .set({ cancel_wished: 1 })
            .where('id', '=', id)
            .where('state', 'in', runningStates)
            .executeTakeFirst();
          if (wished.numUpdatedRows > 0n) return { was: 'running' };
          const row = await trx.selectFrom('builds').select('id').where('id', '=', id).executeTakeFirst();
          return row === undefined ? undefined : { was: 'ended' };
        }),
      ),
    isCancelWished: async ({ id, attempt }) => {
      const row = await answered(
        db
          .selectFrom('builds')
          .select('cancel_wished')
          .where('id', '=', id)
          .where('attempt', '=', attempt)
          .executeTakeFirst(),
      );
      return row?.cancel_wished === 1;
    },
    removeBuild: (id) =>
      answered(
        db.transaction().execute(async (trx) => {
          const removed = await trx
            .deleteFrom('builds')
            .where('id', '=', id)
            .where('state', 'in', ended)
            .executeTakeFirst();
          return removed.numDeletedRows > 0n;
        }),
      ),
  };
}
