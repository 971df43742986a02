/** A copy of the database, made while the service goes on. */
import { existsSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { AppError } from '../../use-cases/errors.ts';

/**
 * Writes the database at `path`, as it is at this moment, to a new file at `into`: whole, without free pages, readable by its
 * owner only. Writers go on meanwhile. Throws AppError `storage-unavailable` when there is no database, or a file at `into` already.
 * Source: https://www.sqlite.org/lang_vacuum.html#vacuuminto
 */
export function backUpSqlite(path: string, into: string): void {
  if (existsSync(into)) throw refused(`There is a file at ${into} already. Name a new one.`);
  const umask = process.umask(0o077);
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    database.prepare('vacuum into ?').run(into);
  } catch (cause) {
    rmSync(into, { force: true });
    throw refused(
      `The database ${path} could not be copied to ${into}. Check that DRYDOCK_DATA_DIR is the folder of the service, and that there is room.`,
      cause,
    );
  } finally {
    database?.close();
    process.umask(umask);
  }
}

function refused(message: string, cause?: unknown): AppError {
  return new AppError('storage-unavailable', message, { cause });
}
