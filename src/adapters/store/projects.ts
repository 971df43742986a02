/** Projects: what their reports came to, from the rows of analyses and builds alone. */
import { sql } from 'kysely';
import type { Kysely, NotNull } from 'kysely';
import type { HistoryEntry } from '../../schemas/project.ts';
import type { Verdict } from '../../schemas/report.ts';
import type { Store } from '../../use-cases/store-port.ts';
import { answered } from './answered.ts';
import type { Tables } from './tables.ts';

/** What a page may list. */
const MOST_PROJECTS = 1000;

/** Makes the part of the store that tells of them. */
export function makeProjectViews(db: Kysely<Tables>): Pick<Store, 'projects' | 'history'> {
  return {
    projects: async (patterns) => {
      const all = reportsOf(db).as('reports');
      let query = db
        .selectFrom(all)
        .select((eb) => [eb.ref('project').as('name'), eb.fn.countAll<number>().as('reports')])
        // SQLite answers the other columns of the row that has the greatest id: https://www.sqlite.org/lang_select.html#bareagg
        .select((eb) => [eb.fn.max('id').as('id'), 'kind', 'created_at', 'verdict', 'score', 'tool_version'])
        .groupBy('project')
        .orderBy('project')
        .limit(MOST_PROJECTS);
      if (patterns !== undefined) {
        query = query.where((eb) =>
          eb.or(
            patterns.map((one) =>
              one.endsWith('*')
                ? // Behind every name: the order of texts is that of their bytes.
                  eb.between('project', one.slice(0, -1), `${one.slice(0, -1)}\u{10FFFF}`)
                : eb('project', '=', one),
            ),
          ),
        );
      }
      const rows = await answered(query.execute());
      return rows.map(({ name, reports, ...row }) => ({ name, reports, latest: entryOf(row) }));
    },
    history: async (name, before, limit) => {
      let query = db
        .selectFrom(reportsOf(db).as('reports'))
        .select(['id', 'kind', 'created_at', 'verdict', 'score', 'tool_version'])
        .where('project', '=', name)
        .orderBy('id', 'desc')
        .limit(limit);
      if (before !== undefined) query = query.where('id', '<', before);
      return (await answered(query.execute())).map(entryOf);
    },
  };
}

/** Every report that belongs to a project, of either kind. */
function reportsOf(db: Kysely<Tables>) {
  const columns = ['id', 'project', 'created_at', 'verdict', 'score', 'tool_version'] as const;
  return db
    .selectFrom('analyses')
    .select(columns)
    .select(sql<HistoryEntry['kind']>`'analysis'`.as('kind'))
    .where('project', 'is not', null)
    .$narrowType<{ project: NotNull; tool_version: NotNull }>()
    .unionAll(
      db
        .selectFrom('builds')
        .select(columns)
        .select(sql<HistoryEntry['kind']>`'verification'`.as('kind'))
        .where('project', 'is not', null)
        .where('score', 'is not', null)
        // The statement that ends a build writes all three.
        .$narrowType<{ project: NotNull; verdict: NotNull; score: NotNull; tool_version: NotNull }>(),
    );
}

function entryOf(row: {
  readonly id: string;
  readonly kind: HistoryEntry['kind'];
  readonly created_at: string;
  readonly verdict: Verdict;
  readonly score: number;
  readonly tool_version: string;
}): HistoryEntry {
  const { id, kind, created_at: createdAt, verdict, score, tool_version: toolVersion } = row;
  return { id, kind, createdAt, verdict, score, toolVersion };
}
