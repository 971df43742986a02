/** The life of the service as a process: logger, wiring, listening, and a clean end on SIGTERM. */
import { readFile } from 'node:fs/promises';
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { compose } from './compose.ts';
import type { ClosableEngine } from './compose.ts';
import type { Config } from './config.ts';
import { ConfigError } from './use-cases/errors.ts';

/** After SIGTERM the process ends within this time, whoever is not done. */
const GRACE_MS = 25_000;
/** How long requests that had begun may take of it; then their connections are cut, and the rest of the time is for clean-up. */
const REQUEST_GRACE_MS = 10_000;

/**
 * Serves until a signal comes. Resolves when it listens. Throws ConfigError and AppError for what the operator can mend; then nothing
 * of it is left running.
 * @param engine  in place of the Docker engine that the configuration names
 */
export async function serve(config: Config, engine?: ClosableEngine): Promise<void> {
  const log = pino({ level: config.DRYDOCK_LOG_LEVEL });
  const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';

  let isStopping = false;
  const { app, worker, storageSweep, webhookDelivery, close } = await compose(
    config,
    log,
    version,
    () => isStopping,
    engine,
  );
  const end = async (): Promise<void> => {
    isStopping = true;
    const cut = setTimeout(() => app.server.closeAllConnections(), REQUEST_GRACE_MS);
    // Side by side: the worker takes nothing new from this moment on, whatever a slow client does.
    await Promise.all([app.close(), worker.stop(), storageSweep.stop(), webhookDelivery.stop()]);
    clearTimeout(cut);
    await close();
  };
  const grace = closeWithGrace({ delay: GRACE_MS, logger: log }, async ({ signal, err }) => {
    if (err === undefined) log.info({ signal }, 'stopping');
    else log.error({ err }, 'stopping after an error that nothing caught');
    await end();
    log.info({}, 'stopped');
  });
  try {
    await worker.start();
    await app.listen({ host: config.DRYDOCK_HOST, port: config.DRYDOCK_PORT });
    storageSweep.start();
    webhookDelivery.start();
  } catch (error) {
    grace.uninstall();
    await end();
    throw mendable(error, config);
  }
}

/** A port that cannot be had is the operator's to mend. */
function mendable(error: unknown, { DRYDOCK_HOST: host, DRYDOCK_PORT: port }: Config): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'is taken by another program. Stop it, or set DRYDOCK_PORT to another port',
    EACCES: 'may not be used by this user. Set DRYDOCK_PORT to a port above 1023',
    EADDRNOTAVAIL: 'is no address of this machine. Set DRYDOCK_HOST to one that is',
  };
  const reason = typeof code === 'string' ? reasons[code] : undefined;
  return reason === undefined ? error : new ConfigError(`${host}, port ${port}, ${reason}.`, { cause: error });
}
