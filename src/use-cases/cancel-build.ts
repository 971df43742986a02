/** Use case: a build that is not wanted any more. Waiting: cancelled at once; running: its worker is told by the row; ended: removed. */
import type { Build } from '../schemas/build.ts';
import { sees } from './access.ts';
import type { Access } from './access.ts';
import { AppError } from './errors.ts';
import { namesInLog } from './origin.ts';
import type { Origin } from './origin.ts';
import type { BuildLogs, Clock, Log, Spool } from './ports.ts';
import type { Store } from './store-port.ts';

/**
 * Cancels or removes. Answers the build while there is one; `undefined` when it had ended and is gone now.
 * Throws AppError `not-found` for an id that is not there, or not to be seen.
 */
export type CancelBuild = (id: string, access: Access, origin: Origin) => Promise<Build | undefined>;

/** Makes the use case. */
export function makeCancelBuild(needs: {
  readonly store: Pick<Store, 'cancel' | 'removeBuild' | 'build'>;
  readonly spool: Pick<Spool, 'remove'>;
  readonly logs: Pick<BuildLogs, 'remove'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'info'>;
}): CancelBuild {
  const { store, spool, logs, clock, log } = needs;
  return async (id, access, origin) => {
    const before = await store.build(id);
    const isTheirs = before !== undefined && sees(access, before.project);
    const found = isTheirs ? await store.cancel(id, clock.now()) : undefined;
    if (found === undefined)
      throw new AppError('not-found', `There is no build ${id}. It may have been removed already.`);
    const did = found.was === 'ended' ? 'remove' : 'cancel';
    const about = { buildId: id, project: before?.project ?? null };
    log.info({ ...namesInLog(origin), audit: true, who: access.holder, did, ...about }, 'audit');
    if (found.was === 'queued') await spool.remove(found.contextId);
    if (found.was === 'ended') {
      if (await store.removeBuild(id)) await logs.remove(id);
      return undefined;
    }
    return await store.build(id);
  };
}
