/**
 * Webhooks and their deliveries. A delivery is written by a trigger, with the statement that ends the build: neither can be without
 * the other. A claim moves its next attempt to the end of a lease, so a sender that dies costs time and never an event.
 */
import type { ExpressionBuilder, Kysely, Transaction } from 'kysely';
import { isEnded } from '../../core/build-states.ts';
import { BuildState } from '../../schemas/build.ts';
import type { WebhookDelivery } from '../../schemas/webhook.ts';
import type { Sealer } from '../../use-cases/ports.ts';
import type { DeliveryEnd, KeptWebhook, WebhookStore, WebhookTarget } from '../../use-cases/webhook-port.ts';
import { storedReport } from './analyses.ts';
import { answered } from './answered.ts';
import { readOptions } from './build-options.ts';
import type { Tables } from './tables.ts';

const LOST_KEY =
  'Its address and its secret were sealed with another key than the one in use now, so they cannot be read. Register it anew, and delete this one.';

/** The trigger in SQLite's words: part of the migration that made the tables. The patterns know no wildcard but `*` at the end. */
export const SQLITE_DELIVERY_TRIGGERS: readonly string[] = [
  `create trigger webhooks_told after update of state on builds
  when new.state <> old.state and new.state in (${BuildState.options
    .filter(isEnded)
    .map((state) => `'${state}'`)
    .join(', ')}) begin
    insert into webhook_deliveries (webhook_id, build_id, state, created_at, next_at)
    select id, new.id, 'waiting', new.changed_at, new.changed_at from webhooks
    where disabled_at is null
      and (projects is null or exists (select 1 from json_each(projects) where new.project glob value));
  end`,
];

/** Makes the part of the store that keeps webhooks. */
export function makeWebhooks(db: Kysely<Tables>, sealer: Sealer): WebhookStore {
  const targetOf = (sealed: Uint8Array): WebhookTarget | undefined => {
    try {
      // Only insertWebhook writes this column.
      return JSON.parse(sealer.open(Buffer.from(sealed))) as WebhookTarget;
    } catch {
      return undefined;
    }
  };
  return {
    insertWebhook: ({ id, shownUrl, projects, description, createdAt, target }, most) =>
      answered(
        db.transaction().execute(async (trx) => {
          const { count } = await trx
            .selectFrom('webhooks')
            .select(({ fn }) => fn.countAll<number>().as('count'))
            .executeTakeFirstOrThrow();
          if (count >= most) return false;
          const values = {
            ...{ id, shown_url: shownUrl, description, created_at: createdAt },
            projects: projects === null ? null : JSON.stringify(projects),
            sealed: sealer.seal(JSON.stringify(target)),
          };
          await trx.insertInto('webhooks').values(values).execute();
          return true;
        }),
      ),
    webhooks: async () => {
      const rows = await answered(db.selectFrom('webhooks').select(shown).orderBy('id').execute());
      return rows.map(viewOf);
    },
    webhook: async (id) => {
      const row = await answered(db.selectFrom('webhooks').select(shown).where('id', '=', id).executeTakeFirst());
      return row === undefined ? undefined : viewOf(row);
    },
    webhookTarget: async (id) => {
      const row = await answered(db.selectFrom('webhooks').select('sealed').where('id', '=', id).executeTakeFirst());
      return row === undefined ? undefined : targetOf(row.sealed);
    },
    webhookDeliveries: async (id, limit) => {
      const rows = await answered(
        db
          .selectFrom('webhook_deliveries')
          .selectAll()
          .where('webhook_id', '=', id)
          // Ids of builds sort by time, and the key of the table finds them.
          .orderBy('build_id', 'desc')
          .limit(limit)
          .execute(),
      );
      return rows.map((row): WebhookDelivery => ({
        ...{ eventId: eventIdOf(row.build_id), buildId: row.build_id, status: row.state, attempt: row.attempt },
        ...{ createdAt: row.created_at, nextAttemptAt: row.next_at, httpStatus: row.http_status, problem: row.problem },
      }));
    },
    removeWebhook: async (id) => {
      const removed = await answered(db.deleteFrom('webhooks').where('id', '=', id).executeTakeFirst());
      return removed.numDeletedRows > 0n;
    },
    claimDelivery: async ({ at, leaseUntil, busy, isHealthyOnly }) => {
      for (;;) {
        const due = await answered(nextDue(db, at, busy, isHealthyOnly));
        if (due === undefined) return undefined;
        const { webhook_id: webhookId, build_id: buildId } = due;
        const target = targetOf(due.target);
        if (target === undefined) {
          await answered(db.transaction().execute((trx) => switchOff(trx, webhookId, at, LOST_KEY)));
          continue;
        }
        const taken = await answered(
          db
            .updateTable('webhook_deliveries')
            .set((eb) => ({ attempt: eb('attempt', '+', 1), next_at: leaseUntil }))
            .where('webhook_id', '=', webhookId)
            .where('build_id', '=', buildId)
            .where('attempt', '=', due.attempt)
            .where('next_at', '<=', at)
            .executeTakeFirst(),
        );
        if (taken.numUpdatedRows === 0n) continue;
        const { project, state, verdict, score, build_attempt: attempt, finished_at: finishedAt, report } = due;
        return {
          ...{ webhookId, buildId, eventId: eventIdOf(buildId), attempt: due.attempt + 1 },
          isFailing: due.failures > 0,
          target,
          origin: readOptions(due.options).origin,
          event: {
            timestamp: finishedAt ?? due.created_at,
            data: {
              ...{ build: buildId, project, state, verdict, score },
              grade: report === null ? null : storedReport(report).grade,
              attempt,
            },
          },
        };
      }
    },
    webhookFigures: async () => {
      const rows = await answered(waitingByWebhook(db).execute());
      const disabled = rows.filter((row) => row.disabled_at !== null).length;
      return {
        ...{ active: rows.length - disabled, disabled },
        waiting: rows.reduce((sum, row) => sum + (row.waiting ?? 0), 0),
        dueSince: rows.flatMap((row) => row.due_at ?? []).toSorted()[0],
      };
    },
    endDelivery: ({ webhookId, buildId, attempt }, end) =>
      answered(
        db.transaction().execute(async (trx) => {
          const changed = await trx
            .updateTable('webhook_deliveries')
            .set(saidOf(end))
            .where('webhook_id', '=', webhookId)
            .where('build_id', '=', buildId)
            .where('attempt', '=', attempt)
            .where('state', '=', 'waiting')
            .executeTakeFirst();
          if (changed.numUpdatedRows === 0n) return false;
          await trx
            .updateTable('webhooks')
            .set((eb) => ({ failures: end.was === 'delivered' ? 0 : eb('failures', '+', 1) }))
            .where('id', '=', webhookId)
            .execute();
          if (end.was === 'gone') await switchOff(trx, webhookId, end.at, end.problem);
          return true;
        }),
      ),
  };
}

const shown = ['id', 'shown_url', 'projects', 'description', 'created_at', 'disabled_at', 'disabled_why'] as const;

function viewOf(row: {
  readonly id: string;
  readonly shown_url: string;
  readonly projects: string | null;
  readonly description: string;
  readonly created_at: string;
  readonly disabled_at: string | null;
  readonly disabled_why: string | null;
}): KeptWebhook {
  const { id, shown_url: url, projects, description, created_at: createdAt } = row;
  return {
    ...{ id, url, description, createdAt },
    // Only insertWebhook writes this column.
    projects: projects === null ? null : (JSON.parse(projects) as string[]),
    disabled: row.disabled_at === null ? null : { at: row.disabled_at, why: row.disabled_why ?? '' },
  };
}

/** A build ends once, so its id says it. */
function eventIdOf(buildId: string): string {
  return `msg_${buildId}`;
}

/**
 * The webhook whose delivery has been due longest: one look into an index for each webhook, however many deliveries there are. In two
 * statements with the next one: as a join the database would walk through all deliveries.
 */
export function nextWebhook(db: Kysely<Tables>, at: string, busy: readonly string[], isHealthyOnly: boolean) {
  let webhooks = db
    .selectFrom('webhooks')
    .select((eb) => [
      'id',
      eb
        .selectFrom('webhook_deliveries')
        .select('next_at')
        .whereRef('webhook_id', '=', 'webhooks.id')
        .where('next_at', '<=', at)
        .orderBy('next_at')
        .limit(1)
        .as('due_at'),
    ])
    .where('disabled_at', 'is', null);
  if (busy.length > 0) webhooks = webhooks.where('id', 'not in', [...busy]);
  if (isHealthyOnly) webhooks = webhooks.where('failures', '=', 0);
  return db.selectFrom(webhooks.as('waiting')).select('id').where('due_at', 'is not', null).orderBy('due_at').limit(1);
}

/** What waits for each webhook: a look into the part of an index that holds what waits, however many deliveries are done. */
export function waitingByWebhook(db: Kysely<Tables>) {
  // Times are texts; no text is smaller, and what is done has none.
  const waiting = (eb: ExpressionBuilder<Tables, 'webhooks'>) =>
    eb.selectFrom('webhook_deliveries').whereRef('webhook_id', '=', 'webhooks.id').where('next_at', '>', '');
  return db
    .selectFrom('webhooks')
    .select('disabled_at')
    .select((eb) => [
      waiting(eb)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('waiting'),
      waiting(eb)
        .select(({ fn }) => fn.min('next_at').as('first'))
        .as('due_at'),
    ]);
}

/** What it is due, with all that is told of its build. */
async function nextDue(db: Kysely<Tables>, at: string, busy: readonly string[], isHealthyOnly: boolean) {
  const webhook = await nextWebhook(db, at, busy, isHealthyOnly).executeTakeFirst();
  if (webhook === undefined) return undefined;
  return await db
    .selectFrom('webhook_deliveries as due')
    .innerJoin('webhooks', 'webhooks.id', 'due.webhook_id')
    .innerJoin('builds', 'builds.id', 'due.build_id')
    .leftJoin('build_reports', (join) =>
      join.onRef('build_reports.build_id', '=', 'builds.id').on('build_reports.kind', '=', 'verification'),
    )
    .where('due.webhook_id', '=', webhook.id)
    .where('due.next_at', '<=', at)
    .select(['due.webhook_id', 'due.build_id', 'due.attempt', 'due.created_at'])
    .select(['webhooks.failures', 'webhooks.sealed as target'])
    .select(['builds.project', 'builds.state', 'builds.verdict', 'builds.score', 'builds.finished_at'])
    .select(['builds.attempt as build_attempt', 'builds.options', 'build_reports.report'])
    .orderBy('due.next_at')
    .limit(1)
    .executeTakeFirst();
}

function saidOf(end: DeliveryEnd): {
  state: WebhookDelivery['status'];
  next_at: string | null;
  http_status: number | null;
  problem: string | null;
} {
  const { httpStatus: http_status } = end;
  if (end.was === 'delivered') return { state: 'delivered', next_at: null, http_status, problem: null };
  const problem = end.problem.slice(0, 500);
  if (end.was === 'again') return { state: 'waiting', next_at: end.nextAt, http_status, problem };
  return { state: 'failed', next_at: null, http_status, problem };
}

/** Nothing is sent to it any more, and what waited for it fails for the same reason. */
async function switchOff(trx: Transaction<Tables>, id: string, at: string, why: string): Promise<void> {
  await trx
    .updateTable('webhooks')
    .set({ disabled_at: at, disabled_why: why.slice(0, 500) })
    .where('id', '=', id)
    .where('disabled_at', 'is', null)
    .execute();
  await trx
    .updateTable('webhook_deliveries')
    .set({ state: 'failed', next_at: null, problem: why.slice(0, 500) })
    .where('webhook_id', '=', id)
    .where('state', '=', 'waiting')
    .execute();
}
