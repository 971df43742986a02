/**
 * The steps that bring a database from nothing to the tables of tables.ts. Forward only: a step that has been released is
 * never changed, a new one is added at the end. They run in the order of their names.
 */
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';

/** What differs between the databases. */
export interface Dialect {
  /** The column type for bytes. */
  readonly bytes: 'blob' | 'bytea';
  /** Statements that make the triggers of build-events.ts. */
  readonly eventTriggers: readonly string[];
}

/** The steps, for Kysely's migrator. */
export function makeMigrations(dialect: Dialect): MigrationProvider {
  return {
    getMigrations: () =>
      Promise.resolve({
        '0001-start': start(dialect),
        '0002-crashes': crashes,
        '0003-cancel': cancel,
        '0004-events': events(dialect),
      }),
  };
}

function start({ bytes }: Dialect): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await db.schema
        .createTable('analyses')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('project', 'text')
        .addColumn('created_at', 'text', (column) => column.notNull())
        .addColumn('verdict', 'text', (column) => column.notNull())
        .addColumn('score', 'integer', (column) => column.notNull())
        .addColumn('report', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('builds')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('project', 'text')
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('attempt', 'integer', (column) => column.notNull().defaultTo(1))
        .addColumn('created_at', 'text', (column) => column.notNull())
        .addColumn('started_at', 'text')
        .addColumn('finished_at', 'text')
        .addColumn('context_id', 'text', (column) => column.notNull())
        .addColumn('progress', 'text')
        .addColumn('verdict', 'text')
        .addColumn('error', 'text')
        .addColumn('options', 'text', (column) => column.notNull())
        .addColumn('sealed', bytes)
        .execute();
      // Serves the claim (oldest waiting first), the counts and the list of contexts in use.
      await db.schema.createIndex('builds_by_state').on('builds').columns(['state', 'created_at', 'id']).execute();
      await db.schema
        .createTable('build_reports')
        .addColumn('build_id', 'text', (column) => column.notNull().references('builds.id').onDelete('cascade'))
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('report', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('build_reports_key', ['build_id', 'kind'])
        .execute();
      await db.schema
        .createTable('workers')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('seen_at', 'text', (column) => column.notNull())
        .addColumn('engine', 'text')
        .addColumn('problem', 'text', (column) => column.notNull())
        .execute();
    },
  };
}

/** The fence of a build (attempt) and how often a process died on it are two numbers: a graceful stop raises the first one alone. */
const crashes: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .alterTable('builds')
      .addColumn('crashes', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};

/** Cancelling is a wish in the row, so that it reaches whoever runs the build, and outlives its process. */
const cancel: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .alterTable('builds')
      .addColumn('cancel_wished', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};

/** What builds of earlier versions did is not known; what they do from now on is noted. */
function events({ eventTriggers }: Dialect): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await db.schema.alterTable('builds').addColumn('changed_at', 'text').execute();
      await db.schema
        .createTable('build_events')
        .addColumn('build_id', 'text', (column) => column.notNull().references('builds.id').onDelete('cascade'))
        .addColumn('seq', 'integer', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addColumn('attempt', 'integer', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('build_events_key', ['build_id', 'seq'])
        .execute();
      for (const trigger of eventTriggers) await sql.raw(trigger).execute(db);
      // Serves the list of one project.
      await db.schema.createIndex('builds_by_project').on('builds').columns(['project', 'id']).execute();
    },
  };
}
