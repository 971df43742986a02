/** Use case: is the service ready, and if not, which part and what to do. */
import type { Health } from '../schemas/health.ts';
import { DataGone } from './errors.ts';
import type { Clock, Log, Spool } from './ports.ts';
import type { QueueRoom, Store } from './store-port.ts';
import { WORKER_STALE_MS } from './run-worker.ts';

/** Answers always; what does not work is in the answer. */
export type CheckHealth = () => Promise<Health>;

/** Makes the use case. */
export function makeCheckHealth(needs: {
  readonly store: Pick<Store, 'check' | 'counts' | 'worker'>;
  readonly spool: Pick<Spool, 'check'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly room: QueueRoom;
  readonly lastSweep: () => Health['sweep'];
}): CheckHealth {
  const { store, spool, clock, log, version, room, lastSweep } = needs;
  const checkDisk = async (): Promise<Health['disk']> => {
    try {
      await spool.check();
      return { status: 'ok', detail: '' };
    } catch (err) {
      log.error({ err }, 'uploads cannot be stored');
      return {
        status: 'down',
        detail:
          'Uploads cannot be stored in the data folder; the log has the reason. A Dockerfile alone is analysed all the same.',
      };
    }
  };
  return async () => {
    const disk = await checkDisk();
    try {
      // Reading works while another process holds the lock of a writer, and on a file that was removed.
      await store.check();
      const [counts, worker] = await Promise.all([store.counts(), store.worker()]);
      const isFresh = worker !== undefined && Date.parse(clock.now()) - Date.parse(worker.seenAt) <= WORKER_STALE_MS;
      const engine = isFresh && worker.engine !== null ? worker.engine : null;
      return {
        status: engine === null || disk.status !== 'ok' ? 'degraded' : 'ok',
        version,
        database: { status: 'ok', detail: '' },
        disk,
        sweep: lastSweep(),
        engine: {
          status: engine === null ? 'down' : 'ok',
          version: engine,
          detail: engine !== null ? '' : isFresh ? worker.problem : 'No worker has been seen lately.',
        },
        queue: { ...counts, limit: room.builds, bytesLimit: room.bytes },
      };
    } catch (err) {
      log.error({ err }, 'database does not answer');
      return {
        status: 'down',
        version,
        database: {
          status: 'down',
          detail: err instanceof DataGone ? err.message : 'The database does not answer; the log has the reason.',
        },
        disk,
        sweep: lastSweep(),
        engine: { status: 'degraded', version: null, detail: 'Not known without the database.' },
        queue: { queued: 0, running: 0, bytes: 0, limit: room.builds, bytesLimit: room.bytes },
      };
    }
  };
}
