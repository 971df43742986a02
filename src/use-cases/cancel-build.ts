/** Use case: a build that is not wanted any more. Waiting: cancelled at once; running: its worker is told by the row; ended: removed. */
import type { Build } from '../schemas/build.ts';
import { AppError } from './errors.ts';
import type { BuildLogs, Clock, Spool } from './ports.ts';
import type { Store } from './store-port.ts';

/**
 * Cancels or removes. Answers the build while there is one; `undefined` when it had ended and is gone now.
 * Throws AppError `not-found` for an id that is not there.
 */
export type CancelBuild = (id: string) => Promise<Build | undefined>;

/** Makes the use case. */
export function makeCancelBuild(needs: {
  readonly store: Pick<Store, 'cancel' | 'removeBuild' | 'build'>;
  readonly spool: Pick<Spool, 'remove'>;
  readonly logs: Pick<BuildLogs, 'remove'>;
  readonly clock: Pick<Clock, 'now'>;
}): CancelBuild {
  const { store, spool, logs, clock } = needs;
  return async (id) => {
    const found = await store.cancel(id, clock.now());
    if (found === undefined)
      throw new AppError('not-found', `There is no build ${id}. It may have been removed already.`);
    if (found.was === 'queued') await spool.remove(found.contextId);
    if (found.was === 'ended') {
      if (await store.removeBuild(id)) await logs.remove(id);
      return undefined;
    }
    return await store.build(id);
  };
}
