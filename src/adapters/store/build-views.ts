/** Builds as they are looked at: the API's view of a row, its report, and what is waiting. */
import type { ExpressionBuilder, Kysely, Selectable } from 'kysely';
import { isRunning, runningStates } from '../../core/build-states.ts';
import type { Build, Progress } from '../../schemas/build.ts';
import type { Store } from '../../use-cases/store-port.ts';
import { storedReport } from './analyses.ts';
import { answered } from './answered.ts';
import type { BuildsTable, Tables } from './tables.ts';

const shown = [
  'id',
  'state',
  'attempt',
  'project',
  'created_at',
  'started_at',
  'finished_at',
  'progress',
  'verdict',
  'error',
  'cancel_wished',
] as const satisfies readonly (keyof BuildsTable)[];

/** Makes the part of the store that answers questions about builds. */
export function makeBuildViews(
  db: Kysely<Tables>,
): Pick<Store, 'build' | 'builds' | 'buildReport' | 'contextsInUse' | 'counts' | 'oldestWaiting' | 'durations'> {
  return {
    build: async (id) => {
      const row = await answered(db.selectFrom('builds').select(shown).where('id', '=', id).executeTakeFirst());
      return row === undefined ? undefined : viewOf(row);
    },
    builds: async ({ state, project, projects, verdict, before, limit }) => {
      let query = db.selectFrom('builds').select(shown).orderBy('id', 'desc').limit(limit);
      if (state !== undefined) query = query.where('state', '=', state);
      if (project !== undefined) query = query.where('project', '=', project);
      if (projects !== undefined) {
        query = query.where((eb) =>
          eb.or(
            projects.map((pattern) =>
              pattern.endsWith('*') ? startsWith(eb, pattern.slice(0, -1)) : eb('project', '=', pattern),
            ),
          ),
        );
      }
      if (verdict !== undefined) query = query.where('verdict', '=', verdict);
      if (before !== undefined) query = query.where('id', '<', before);
      return (await answered(query.execute())).map(viewOf);
    },
    buildReport: async (id) => {
      const row = await answered(
        db
          .selectFrom('build_reports')
          .select('report')
          .where('build_id', '=', id)
          .where('kind', '=', 'verification')
          .executeTakeFirst(),
      );
      return row === undefined ? undefined : storedReport(row.report);
    },
    contextsInUse: async () => {
      const rows = await answered(
        db
          .selectFrom('builds')
          .select('context_id')
          .where('state', 'in', ['queued', ...runningStates])
          .execute(),
      );
      return rows.map((row) => row.context_id);
    },
    counts: async () => {
      const rows = await answered(
        db
          .selectFrom('builds')
          .select(({ fn }) => ['state', fn.countAll().as('count'), fn.sum('context_bytes').as('bytes')])
          .where('state', 'in', ['queued', ...runningStates])
          .groupBy('state')
          .execute(),
      );
      let queued = 0;
      let running = 0;
      let bytes = 0;
      for (const { state, count, bytes: size } of rows) {
        bytes += Number(size);
        if (state === 'queued') queued += Number(count);
        else running += Number(count);
      }
      return { queued, running, bytes };
    },
    oldestWaiting: async () => {
      const row = await answered(
        db
          .selectFrom('builds')
          .select('created_at')
          .where('state', '=', 'queued')
          .orderBy('created_at')
          .limit(1)
          .executeTakeFirst(),
      );
      return row?.created_at;
    },
    durations: async (count) => {
      const rows = await answered(
        db
          .selectFrom('builds')
          .select(['started_at', 'finished_at'])
          .where('state', 'in', ['passed', 'failed'])
          .orderBy('id', 'desc')
          .limit(count)
          .execute(),
      );
      return rows.flatMap(({ started_at: from, finished_at: to }) =>
        from === null || to === null ? [] : [Date.parse(to) - Date.parse(from)],
      );
    },
  };
}

/** Bytes behind every name: the order of texts is that of their bytes. */
function startsWith(eb: ExpressionBuilder<Tables, 'builds'>, beginning: string) {
  return eb.and([eb('project', '>=', beginning), eb('project', '<', `${beginning}\u{10FFFF}`)]);
}

function viewOf(row: Pick<Selectable<BuildsTable>, (typeof shown)[number]>): Build {
  return {
    id: row.id,
    state: row.state,
    attempt: row.attempt,
    project: row.project,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    // Only build-life.ts writes this column, and only from a Progress.
    progress: row.progress === null ? null : (JSON.parse(row.progress) as Progress),
    ...(row.verdict === null ? {} : { verdict: row.verdict }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.cancel_wished === 1 && isRunning(row.state) ? { cancelRequested: true as const } : {}),
    links: linksOf(`/build-verify/${row.id}`),
  };
}

function linksOf(self: string): Build['links'] {
  return { self, report: `${self}/report`, events: `${self}/events`, log: `${self}/log` };
}
