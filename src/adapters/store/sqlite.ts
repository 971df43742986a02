/**
 * The store in one SQLite file: opens it, brings its tables up to date, and hands the rest to make-store.ts.
 * The only file that knows the driver.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { AppError } from '../../use-cases/errors.ts';
import type { Sealer } from '../../use-cases/ports.ts';
import type { Store } from '../../use-cases/store-port.ts';
import { SQLITE_EVENT_TRIGGERS } from './build-events.ts';
import { SQLITE_LINE_STATEMENTS } from './build-order.ts';
import { writtenInPlace } from './in-place.ts';
import { makeStore } from './make-store.ts';
import { SQLITE_HISTORY_STATEMENTS, makeMigrations } from './migrations.ts';
import type { Tables } from './tables.ts';
import { SQLITE_DELIVERY_TRIGGERS } from './webhooks.ts';

/**
 * Opens the database file at `path`, made when it is not there. Once for each process: the driver blocks the process while it
 * waits for a lock, so a second store in it would keep the first one from ending the transaction that it waits for.
 * Throws AppError `storage-unavailable` when it cannot be opened or was written by a newer version.
 */
export async function openSqliteStore(needs: {
  readonly path: string;
  readonly sealer: Sealer;
  /**
   * How long a statement waits for another process that writes. Default: a fifth of a second: the driver blocks the whole process
   * meanwhile, and whoever asked comes again.
   */
  readonly busyTimeoutMs?: number;
}): Promise<Store> {
  const { path, sealer, busyTimeoutMs = 200 } = needs;
  let database: Database.Database | undefined;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await layOut(path);
    database = new Database(path, { timeout: busyTimeoutMs });
    // Counts for a file that is made now: what is removed later is given back to the disk.
    database.pragma('auto_vacuum = INCREMENTAL');
    database.pragma('journal_mode = WAL');
    // With NORMAL a power cut may lose what was acknowledged last; 0.3 ms a write is nothing beside a build.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    const opened = database;
    // The first read lays out the log beside the file.
    opened.prepare('select count(*) from sqlite_master').get();
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: writtenInPlace(opened, path) }) });
    await migrate(opened, db);
    // By the driver itself: each step of this statement frees one page, and only `exec` takes all of them.
    return makeStore(db, sealer, () => opened.exec('pragma incremental_vacuum'));
  } catch (error) {
    database?.close();
    if (error instanceof AppError) throw error;
    throw new AppError(
      'storage-unavailable',
      'The database in the data folder cannot be opened. Check that DRYDOCK_DATA_DIR names a folder that Drydock may write, on a disk with room.',
      { cause: error },
    );
  }
}

/** An empty file for its owner only, which is a database to SQLite; `-wal` and `-shm` follow its mode. A file that is there stays as it is. */
async function layOut(path: string): Promise<void> {
  await writeFile(path, '', { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
}

/**
 * All steps or none. Kysely runs migrations of SQLite outside a transaction, so one is put around them: a process killed
 * between two steps would otherwise leave tables that the next start stumbles over. `immediate` lets a second process wait.
 */
async function migrate(database: Database.Database, db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: makeMigrations({
      bytes: 'blob',
      eventTriggers: SQLITE_EVENT_TRIGGERS,
      lineStatements: SQLITE_LINE_STATEMENTS,
      historyStatements: SQLITE_HISTORY_STATEMENTS,
      deliveryTriggers: SQLITE_DELIVERY_TRIGGERS,
    }),
  });
  const known = new Set((await migrator.getMigrations()).map((migration) => migration.name));
  database.exec('begin immediate');
  try {
    const newer = namesApplied(database).filter((name) => !known.has(name));
    if (newer.length > 0) {
      throw new AppError(
        'storage-unavailable',
        `The database was written by a newer version of Drydock (it has ${newer.join(', ')}). Start that version, or restore a backup made by this one.`,
      );
    }
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
    database.exec('commit');
  } catch (error) {
    if (database.inTransaction) database.exec('rollback');
    throw error;
  }
}

function namesApplied(database: Database.Database): readonly string[] {
  const table = database.prepare("select 1 from sqlite_master where type = 'table' and name = 'kysely_migration'");
  if (table.get() === undefined) return [];
  return database.prepare<[], string>('select name from kysely_migration order by name').pluck().all();
}
