/** The process: configuration, logger, wiring, listening, and a clean end on SIGTERM. */
import { readFile } from 'node:fs/promises';
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { compose } from './compose.ts';
import { readConfig } from './config.ts';
import type { Config } from './config.ts';
import { AppError, ConfigError } from './use-cases/errors.ts';

/** How long running requests and builds may take to end after SIGTERM, before the process ends anyway. */
const GRACE_MS = 25_000;

async function start(config: Config): Promise<void> {
  const log = pino({ level: config.DRYDOCK_LOG_LEVEL });
  const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';

  let isStopping = false;
  const { app, worker, close } = await compose(config, log, version, () => isStopping);
  closeWithGrace({ delay: GRACE_MS, logger: log }, async ({ signal, err }) => {
    isStopping = true;
    if (err === undefined) log.info({ signal }, 'stopping');
    else log.error({ err }, 'stopping after an error that nothing caught');
    // Requests first: one that was accepted may still want to ring the worker. Then the builds, then what both stand on.
    await app.close();
    await worker.stop();
    await close();
    log.info({}, 'stopped');
  });
  await worker.start();
  await app.listen({ host: config.DRYDOCK_HOST, port: config.DRYDOCK_PORT });
}

try {
  await start(readConfig());
} catch (error) {
  process.stderr.write(`drydock: ${lastWords(error)}\n`);
  process.exitCode = 1;
}

/** What the operator can mend is told as a sentence, with the reason below it; everything else with its stack. */
function lastWords(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof AppError) {
    return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
