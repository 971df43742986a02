/**
 * Who is next. Each project that has something to do has one row: how many of its builds run, and which of those that wait comes
 * first. Triggers keep it with the statement that changes a build, so that the next one is found at the first place of an index,
 * however many wait. Builds without a project stand in one line of their own.
 */
import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

const lineOf = (row: 'new' | 'old'): string => `
  insert into project_lines (project, running, next_id, next_priority, next_created_at)
  select coalesce(${row}.project, ''),
    (select count(*) from builds where project is ${row}.project and state in ('building', 'probing')),
    head.id, head.priority, head.created_at
  from (select 1) left join (
    select id, priority, created_at from builds where project is ${row}.project and state = 'queued'
    order by priority desc, created_at, id limit 1
  ) as head where true
  on conflict (project) do update set running = excluded.running, next_id = excluded.next_id,
    next_priority = excluded.next_priority, next_created_at = excluded.next_created_at;
  delete from project_lines where project = coalesce(${row}.project, '') and running = 0 and next_id is null;`;

/** The triggers in SQLite's words, and the first filling: part of the migration that made the table. */
export const SQLITE_LINE_STATEMENTS: readonly string[] = [
  `create trigger lines_begun after insert on builds begin ${lineOf('new')} end`,
  `create trigger lines_moved after update of state on builds when new.state <> old.state begin ${lineOf('new')} end`,
  `create trigger lines_removed after delete on builds begin ${lineOf('old')} end`,
  // Each build that has not ended passes through a trigger once.
  `create trigger lines_filled after update of priority on builds begin ${lineOf('new')} end`,
  `update builds set priority = priority where state in ('queued', 'building', 'probing')`,
  `drop trigger lines_filled`,
];

/**
 * The id of the build to be taken next, as a part of another statement: of the projects with the fewest running builds the one
 * with the highest priority, then the oldest.
 */
export function nextInLine(db: Kysely<Tables>) {
  return db
    .selectFrom('project_lines')
    .select('next_id')
    .where('next_id', 'is not', null)
    .orderBy('running')
    .orderBy('next_priority', 'desc')
    .orderBy('next_created_at')
    .orderBy('next_id')
    .limit(1);
}
