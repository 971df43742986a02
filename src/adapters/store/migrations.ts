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
  /** Statements that make and fill the lines of build-order.ts. */
  readonly lineStatements: readonly string[];
  /** Statements that take scores and versions out of the reports. */
  readonly historyStatements: readonly string[];
  /** Statements that make the trigger of webhooks.ts. */
  readonly deliveryTriggers: readonly string[];
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
        '0005-lines': lines(dialect),
        '0006-idempotency': idempotency,
        '0007-queue-index': queueIndex,
        '0008-history': history(dialect),
        '0009-webhooks': webhooks(dialect),
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

/** A fair order of builds needs to know whose they are; a bounded queue, how large they are. */
function lines({ lineStatements }: Dialect): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      for (const column of ['priority', 'context_bytes']) {
        await db.schema
          .alterTable('builds')
          .addColumn(column, 'integer', (one) => one.notNull().defaultTo(0))
          .execute();
      }
      await db.schema
        .createTable('project_lines')
        .addColumn('project', 'text', (column) => column.primaryKey())
        .addColumn('running', 'integer', (column) => column.notNull())
        .addColumn('next_id', 'text')
        .addColumn('next_priority', 'integer')
        .addColumn('next_created_at', 'text')
        .execute();
      // The first serves the triggers, the second whoever takes the next build.
      await sql`create index builds_in_line on builds (project, state, priority desc, created_at, id)`.execute(db);
      await sql`create index lines_in_order on project_lines (running, next_priority desc, next_created_at, next_id)`.execute(
        db,
      );
      for (const statement of lineStatements) await sql.raw(statement).execute(db);
    },
  };
}

/** A submission that is repeated because its answer was lost brings no second build. */
const idempotency: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable('idempotency_keys')
      .addColumn('project', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('fingerprint', 'text', (column) => column.notNull())
      .addColumn('build_id', 'text', (column) => column.notNull().references('builds.id').onDelete('cascade'))
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('idempotency_keys_key', ['project', 'name'])
      .execute();
    await db.schema.createIndex('idempotency_keys_by_age').on('idempotency_keys').columns(['created_at']).execute();
    await db.schema.createIndex('idempotency_keys_by_build').on('idempotency_keys').columns(['build_id']).execute();
    await db.schema.createIndex('idempotency_keys_by_name').on('idempotency_keys').columns(['name']).execute();
  },
};

/** How many wait, and how large they are, is asked at each submission. */
const queueIndex: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema.createIndex('builds_in_queue').on('builds').columns(['state', 'context_bytes']).execute();
  },
};

/** What a report came to is asked far more often than the report: of each project, over time. */
function history({ historyStatements }: Dialect): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await db.schema.alterTable('analyses').addColumn('tool_version', 'text').execute();
      await db.schema.alterTable('builds').addColumn('score', 'integer').execute();
      await db.schema.alterTable('builds').addColumn('tool_version', 'text').execute();
      for (const statement of historyStatements) await sql.raw(statement).execute(db);
      await db.schema.createIndex('analyses_by_project').on('analyses').columns(['project', 'id']).execute();
    },
  };
}

/** Whoever wants to know how a build ended is told, from the moment on at which they say so. */
function webhooks({ bytes, deliveryTriggers }: Dialect): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await db.schema
        .createTable('webhooks')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('shown_url', 'text', (column) => column.notNull())
        .addColumn('projects', 'text')
        .addColumn('description', 'text', (column) => column.notNull())
        .addColumn('created_at', 'text', (column) => column.notNull())
        .addColumn('sealed', bytes, (column) => column.notNull())
        .addColumn('failures', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('disabled_at', 'text')
        .addColumn('disabled_why', 'text')
        .execute();
      await db.schema
        .createTable('webhook_deliveries')
        .addColumn('webhook_id', 'text', (column) => column.notNull().references('webhooks.id').onDelete('cascade'))
        .addColumn('build_id', 'text', (column) => column.notNull().references('builds.id').onDelete('cascade'))
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('attempt', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('created_at', 'text', (column) => column.notNull())
        .addColumn('next_at', 'text')
        .addColumn('http_status', 'integer')
        .addColumn('problem', 'text')
        .addPrimaryKeyConstraint('webhook_deliveries_key', ['webhook_id', 'build_id'])
        .execute();
      // The first serves whoever sends, the second the removal of a build.
      await db.schema
        .createIndex('webhook_deliveries_due')
        .on('webhook_deliveries')
        .columns(['webhook_id', 'next_at'])
        .execute();
      await db.schema
        .createIndex('webhook_deliveries_by_build')
        .on('webhook_deliveries')
        .columns(['build_id'])
        .execute();
      for (const trigger of deliveryTriggers) await sql.raw(trigger).execute(db);
    },
  };
}

/** The scores and versions, in SQLite's words. */
export const SQLITE_HISTORY_STATEMENTS: readonly string[] = [
  `update analyses set tool_version = json_extract(report, '$.tool.version')`,
  `update builds set (score, tool_version) = (
    select json_extract(report, '$.score'), json_extract(report, '$.tool.version') from build_reports
    where build_id = builds.id and kind = 'verification'
  ) where verdict is not null`,
];
