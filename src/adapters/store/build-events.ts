/**
 * Each state that a build came into, as a row of its own. Triggers write them, with the statement that changes the state: no change
 * can be forgotten, and none needs a second statement.
 */
import type { Kysely } from 'kysely';
import type { Store } from '../../use-cases/store-port.ts';
import { answered } from './answered.ts';
import type { Tables } from './tables.ts';

/** The triggers in SQLite's words: part of the migration that made the table. */
export const SQLITE_EVENT_TRIGGERS: readonly string[] = [
  ['builds_begun', 'after insert on builds'],
  [
    'builds_moved',
    'after update of state, attempt on builds when new.state <> old.state or new.attempt <> old.attempt',
  ],
].map(
  ([name, when]) => `create trigger ${name} ${when} begin
    insert into build_events (build_id, seq, at, attempt, state)
    select new.id, coalesce(max(seq), 0) + 1, new.changed_at, new.attempt, new.state
    from build_events where build_id = new.id;
  end`,
);

/** Makes the part of the store that tells them. */
export function makeBuildEvents(db: Kysely<Tables>): Pick<Store, 'buildEvents'> {
  return {
    buildEvents: (id, after) =>
      answered(
        db
          .selectFrom('build_events')
          .select(['seq', 'at', 'attempt', 'state'])
          .where('build_id', '=', id)
          .where('seq', '>', after)
          .orderBy('seq')
          .execute(),
      ),
  };
}
