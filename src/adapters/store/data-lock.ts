/** One Drydock for each data folder: two would take each other's builds for leftovers of a crash. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ConfigError } from '../../use-cases/errors.ts';

/**
 * Takes the folder for this process, until the returned function is called or the process ends, however it ends: the lock
 * is the operating system's, on a file of its own. Throws ConfigError when another process has it.
 */
export function lockDataFolder(folder: string): () => void {
  const lock = new Database(join(folder, 'lock'), { timeout: 0 });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (!(error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY'))) throw error;
    throw new ConfigError(
      `Another Drydock uses the data folder ${folder}. Stop it, or give this one a folder of its own with DRYDOCK_DATA_DIR.`,
    );
  }
  return () => lock.close();
}
