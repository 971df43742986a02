/** A build is accepted: once, while there is room, and at most once for each idempotency key. */
import type { Kysely, Transaction } from 'kysely';
import { runningStates } from '../../core/build-states.ts';
import type { BuildState } from '../../schemas/build.ts';
import type { Sealer } from '../../use-cases/ports.ts';
import type { Accepted, NewBuild, QueueRoom, Store } from '../../use-cases/store-port.ts';
import { answered } from './answered.ts';
import { optionsText } from './build-options.ts';
import { sealInputs } from './sealed.ts';
import type { Tables } from './tables.ts';

/** Makes the part of the store through which builds come in. */
export function makeBuildEntry(db: Kysely<Tables>, sealer: Sealer): Pick<Store, 'insertBuild' | 'isKeyKnown'> {
  return {
    insertBuild: (build, room) =>
      answered(
        db.transaction().execute(async (trx): Promise<Accepted> => {
          const { key } = build;
          const first = key === undefined ? undefined : await firstOf(trx, build.project, key);
          if (first !== undefined) {
            return first.fingerprint === key?.fingerprint ? { was: 'known', id: first.build_id } : { was: 'other' };
          }
          if (!(await insert(trx, build, room, sealer))) return { was: 'full' };
          const report = JSON.stringify(build.report);
          await trx.insertInto('build_reports').values({ build_id: build.id, kind: 'analysis', report }).execute();
          if (key !== undefined) {
            const { id: build_id, project, createdAt: created_at } = build;
            const { name, fingerprint } = key;
            await trx
              .insertInto('idempotency_keys')
              .values({ project: project ?? '', name, fingerprint, build_id, created_at })
              .execute();
          }
          return { was: 'new' };
        }),
      ),
    isKeyKnown: async (name, since) => {
      const row = await answered(
        db
          .selectFrom('idempotency_keys')
          .select('build_id')
          .where('name', '=', name)
          .where('created_at', '>', since)
          .limit(1)
          .executeTakeFirst(),
      );
      return row !== undefined;
    },
  };
}

/** The build that came first with the key; keys that are too old are forgotten on the way. */
async function firstOf(trx: Transaction<Tables>, project: string | null, key: NonNullable<NewBuild['key']>) {
  await trx.deleteFrom('idempotency_keys').where('created_at', '<=', key.since).execute();
  return await trx
    .selectFrom('idempotency_keys')
    .select(['build_id', 'fingerprint'])
    .where('project', '=', project ?? '')
    .where('name', '=', key.name)
    .executeTakeFirst();
}

/** The look at the room and the insert are one statement, so that two at once cannot both take the last place. */
async function insert(trx: Transaction<Tables>, build: NewBuild, room: QueueRoom, sealer: Sealer): Promise<boolean> {
  const inserted = await trx
    .insertInto('builds')
    .columns([
      'id',
      'project',
      'state',
      'attempt',
      'priority',
      'created_at',
      'changed_at',
      'context_id',
      'context_bytes',
      'options',
      'sealed',
    ])
    .expression(
      trx
        .selectNoFrom((eb) => [
          eb.val(build.id).as('id'),
          eb.val(build.project).as('project'),
          eb.val<BuildState>('queued').as('state'),
          eb.val(1).as('attempt'),
          eb.val(build.options.priority ?? 0).as('priority'),
          eb.val(build.createdAt).as('created_at'),
          eb.val(build.createdAt).as('changed_at'),
          eb.val(build.contextId).as('context_id'),
          eb.val(build.contextBytes).as('context_bytes'),
          eb.val(optionsText(build)).as('options'),
          eb.val(sealInputs(build.sealed, sealer)).as('sealed'),
        ])
        .where(waiting(trx), '<', room.builds)
        .where(spooled(trx), '<=', room.bytes - build.contextBytes),
    )
    .executeTakeFirst();
  return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** How many builds wait, as a part of another statement. */
function waiting(db: Transaction<Tables>) {
  return db
    .selectFrom('builds')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('state', '=', 'queued');
}

/** How many bytes the contexts have that are still needed, as a part of another statement. */
function spooled(db: Transaction<Tables>) {
  return db
    .selectFrom('builds')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('context_bytes'), eb.val(0)).as('bytes'))
    .where('state', 'in', ['queued', ...runningStates]);
}
