/**
 * The life of a build: claimed, moved on, ended, given back (how it comes in: build-entry.ts). Every change is one guarded statement. What a
 * worker writes is fenced by id, attempt and a running state, so that one that was presumed dead cannot overwrite its
 * successor; which state may follow which stands in core/build-states.ts.
 */
import type { Kysely, Transaction } from 'kysely';
import { isRunning, runningStates, statesBefore } from '../../core/build-states.ts';
import type { BuildState } from '../../schemas/build.ts';
import type { Verdict } from '../../schemas/report.ts';
import type { Sealer } from '../../use-cases/ports.ts';
import type { ClaimedBuild, Outcome, SealedInputs, Store, TakenBack } from '../../use-cases/store-port.ts';
import { storedReport } from './analyses.ts';
import { answered } from './answered.ts';
import { readOptions } from './build-options.ts';
import { nextInLine } from './build-order.ts';
import { unsealInputs } from './sealed.ts';
import type { Tables } from './tables.ts';

type BuildLife = Pick<Store, 'claim' | 'progress' | 'finish' | 'release' | 'interrupt' | 'recover'>;

/** What an ended build no longer has; set by the statement that ends it. */
const wiped = { sealed: null, progress: null } as const;

const LOST_KEY =
  'The build arguments and variables of this build were sealed with another key than the one in use now, so they cannot be read. Submit it again.';

/** Makes the part of the store that moves builds through their life. */
export function makeBuildLife(db: Kysely<Tables>, sealer: Sealer): BuildLife {
  const claim = async (at: string): Promise<ClaimedBuild | undefined> => {
    for (;;) {
      const row = await answered(takeNext(db, at));
      if (row === undefined) return undefined;
      const sealed = unsealInputs(row.sealed, sealer);
      if (sealed !== undefined) return claimedBuild(row, sealed);
      // Not thrown: this row would be the first in the queue for ever, and no other build would run.
      await answered(end(db, row, { state: 'errored', error: LOST_KEY, finishedAt: at }));
    }
  };

  return {
    claim,
    progress: async ({ id, attempt }, state, progress, at) => {
      const changed = await answered(
        db
          .updateTable('builds')
          .set({ state, progress: JSON.stringify(progress), changed_at: at })
          .where('id', '=', id)
          .where('attempt', '=', attempt)
          .where('state', 'in', [state, ...runningBefore(state)])
          .executeTakeFirst(),
      );
      return changed.numUpdatedRows > 0n;
    },
    finish: (build, outcome) =>
      answered(
        db.transaction().execute(async (trx) => {
          const isEnded = await end(trx, build, outcome, outcome.state === 'cancelled' ? {} : { cancel_wished: 0 });
          if (!isEnded) {
            const cancelled = cancelledAt(outcome.finishedAt);
            return (await end(trx, build, cancelled, { cancel_wished: 1 })) ? cancelled.state : undefined;
          }
          if ('report' in outcome) {
            const report = JSON.stringify(outcome.report);
            await trx
              .insertInto('build_reports')
              .values({ build_id: build.id, kind: 'verification', report })
              .execute();
          }
          return outcome.state;
        }),
      ),
    release: async (build, at) => {
      const { id, attempt } = build;
      if (await answered(end(db, build, cancelledAt(at), { cancel_wished: 1 }))) return true;
      const changed = await answered(
        requeue(db, at).where('id', '=', id).where('attempt', '=', attempt).executeTakeFirst(),
      );
      return changed.numUpdatedRows > 0n;
    },
    interrupt: ({ id, attempt }, at, about) =>
      answered(db.transaction().execute((trx) => takeBack(trx, { id, attempt }, at, about))),
    recover: (at, maxCrashes) =>
      answered(db.transaction().execute((trx) => takeBack(trx, {}, at, { maxCrashes, why: '' }))),
  };
}

/** One statement with all that the claimer needs: nothing can fail between the claim and what it brings. */
function takeNext(db: Kysely<Tables>, at: string) {
  return db
    .updateTable('builds')
    .set({ state: 'building', started_at: at, changed_at: at, progress: null })
    .where('id', '=', nextInLine(db))
    .where('state', 'in', statesBefore('building'))
    .returning(['id', 'attempt', 'project', 'created_at', 'context_id', 'context_bytes', 'options', 'sealed'])
    .returning((eb) =>
      eb
        .selectFrom('build_reports')
        .select('build_reports.report')
        .whereRef('build_reports.build_id', '=', 'builds.id')
        .where('build_reports.kind', '=', 'analysis')
        .$asScalar()
        .$notNull()
        .as('analysis'),
    )
    .executeTakeFirst();
}

type TakenRow = NonNullable<Awaited<ReturnType<typeof takeNext>>>;

function claimedBuild(row: TakenRow, sealed: SealedInputs): ClaimedBuild {
  return {
    id: row.id,
    attempt: row.attempt,
    project: row.project,
    createdAt: row.created_at,
    contextId: row.context_id,
    contextBytes: row.context_bytes,
    ...readOptions(row.options),
    sealed,
    report: storedReport(row.analysis),
  };
}

/** Ends an attempt, where `only` holds as well; the sealed inputs are gone with the same statement. */
async function end(
  db: Kysely<Tables>,
  { id, attempt }: { readonly id: string; readonly attempt: number },
  outcome: Outcome,
  only: { readonly cancel_wished?: 0 | 1 } = {},
): Promise<boolean> {
  const { state, finishedAt } = outcome;
  const changed = await db
    .updateTable('builds')
    .set({ ...wiped, ...saidOf(outcome), state, finished_at: finishedAt, changed_at: finishedAt })
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('state', 'in', runningBefore(state))
    .where((eb) => eb.and(only))
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

function cancelledAt(finishedAt: string) {
  return { state: 'cancelled', finishedAt } as const satisfies Outcome;
}

function saidOf(outcome: Outcome): {
  verdict?: Verdict;
  score?: number;
  tool_version?: string;
  error: string | null;
} {
  if (outcome.state === 'errored') return { error: outcome.error.slice(0, 2000) };
  if (outcome.state === 'cancelled') return { error: null };
  const { verdict, score, tool } = outcome.report;
  return { verdict, score, tool_version: tool.version, error: null };
}

/** What becomes of running builds, one or all, that were given up in the middle: cancelled, ended, or queued again. */
async function takeBack(
  trx: Transaction<Tables>,
  which: { readonly id?: string; readonly attempt?: number },
  at: string,
  { maxCrashes, why }: { readonly maxCrashes: number; readonly why: string },
): Promise<TakenBack> {
  await trx
    .updateTable('builds')
    .set((eb) => ({ crashes: eb('crashes', '+', 1) }))
    .where('state', 'in', runningStates)
    .where((eb) => eb.and(which))
    .execute();
  const cancelled = await trx
    .updateTable('builds')
    .set({ ...wiped, state: 'cancelled', finished_at: at, changed_at: at })
    .where('state', 'in', runningBefore('cancelled'))
    .where('cancel_wished', '=', 1)
    .where((eb) => eb.and(which))
    .executeTakeFirst();
  const errored = await trx
    .updateTable('builds')
    .set({ ...wiped, state: 'errored', finished_at: at, changed_at: at, error: gaveUp(maxCrashes, why) })
    .where('state', 'in', runningBefore('errored'))
    .where('crashes', '>=', maxCrashes)
    .where((eb) => eb.and(which))
    .executeTakeFirst();
  const requeued = await requeue(trx, at)
    .where((eb) => eb.and(which))
    .executeTakeFirst();
  return {
    requeued: Number(requeued.numUpdatedRows),
    errored: Number(errored.numUpdatedRows),
    cancelled: Number(cancelled.numUpdatedRows),
  };
}

/** Back to the queue, as the next attempt: to be narrowed to one build, or to all that run. */
function requeue(db: Kysely<Tables>, at: string) {
  return db
    .updateTable('builds')
    .set((eb) => ({
      state: 'queued' as const,
      attempt: eb('attempt', '+', 1),
      started_at: null,
      changed_at: at,
      progress: null,
    }))
    .where('state', 'in', runningStates);
}

function runningBefore(state: BuildState): readonly BuildState[] {
  return statesBefore(state).filter(isRunning);
}

function gaveUp(crashes: number, why: string): string {
  return (
    `Drydock or its Docker engine went away ${crashes} times while this build ran, so it is not tried again. ` +
    'If other builds end well, look at what this one needs (memory, disk, processes), then submit it again.' +
    (why === '' ? '' : ` The last time: ${why}`)
  );
}
