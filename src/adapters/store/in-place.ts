/**
 * Whether the files that a database is written to are still those that the next start will find. A file that is removed, or put in
 * the place of another, beneath a running process stays open to it: SQLite goes on, and all of it is gone with the process.
 */
import { statSync } from 'node:fs';
import type { SqliteDatabase } from 'kysely';
import type Database from 'better-sqlite3';
import { DataGone } from '../../use-cases/errors.ts';

/**
 * The database, as Kysely uses it, refusing every statement that writes once one of its files is not in its place any more; what only
 * reads goes on. When the files are back, it writes again. Costs two looks at the file system for each such statement, microseconds
 * beside the wait for the disk. The files are held open, so no other file has their numbers meanwhile.
 *
 * @param path  the file that `database` was opened at a moment ago, in WAL mode and read once, so that its `-wal` is there
 * @throws DataGone, from `prepare`
 */
export function writtenInPlace(database: Database.Database, path: string): SqliteDatabase {
  // What is in the log and not yet in the file would be lost as well. `-shm` holds nothing that is not made anew.
  const files = [path, `${path}-wal`].map((file) => ({ file, identity: identityOf(file) }));
  return {
    prepare: (sql) => {
      const statement = database.prepare(sql);
      if (!statement.readonly && files.some(({ file, identity }) => identityOf(file) !== identity))
        throw new DataGone();
      return statement;
    },
    close: () => database.close(),
  };
}

/** `undefined`: there is no such file. */
function identityOf(file: string): string | undefined {
  const seen = statSync(file, { bigint: true, throwIfNoEntry: false });
  return seen === undefined ? undefined : `${seen.dev}:${seen.ino}`;
}
