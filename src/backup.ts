/**
 * `npm run backup -- FILE`, in the image `node dist/backup.js FILE`: a copy of the database of a service, which may go on meanwhile.
 * docs/operations.md says what belongs to it.
 */
import { join } from 'node:path';
import { backUpSqlite } from './adapters/store/backup.ts';
import { readConfig } from './config.ts';
import { AppError, ConfigError } from './use-cases/errors.ts';

/** As it is started: from the sources, or as it is built for the image, whose only folder to write to is that of the data. */
const example = import.meta.filename.endsWith('.ts')
  ? 'npm run backup -- /backups/drydock.sqlite'
  : 'node dist/backup.js /data/copy.sqlite';

try {
  const [into] = process.argv.slice(2);
  if (into === undefined) throw new ConfigError(`Name the file for the copy: ${example}`);
  backUpSqlite(join(readConfig().DRYDOCK_DATA_DIR, 'drydock.sqlite'), into);
  process.stdout.write(`copied to ${into}\n`);
} catch (error) {
  if (!(error instanceof AppError || error instanceof ConfigError)) throw error;
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  process.stderr.write(`drydock: ${error.message}${cause}\n`);
  process.exitCode = 1;
}
