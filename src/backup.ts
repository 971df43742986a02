/** `npm run backup -- FILE`: a copy of the database of a service, which may go on meanwhile. docs/operations.md says what belongs to it. */
import { join } from 'node:path';
import { backUpSqlite } from './adapters/store/backup.ts';
import { readConfig } from './config.ts';
import { AppError, ConfigError } from './use-cases/errors.ts';

try {
  const [into] = process.argv.slice(2);
  if (into === undefined)
    throw new ConfigError('Name the file for the copy: npm run backup -- /backups/drydock.sqlite');
  backUpSqlite(join(readConfig().DRYDOCK_DATA_DIR, 'drydock.sqlite'), into);
  process.stdout.write(`copied to ${into}\n`);
} catch (error) {
  if (!(error instanceof AppError || error instanceof ConfigError)) throw error;
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  process.stderr.write(`drydock: ${error.message}${cause}\n`);
  process.exitCode = 1;
}
