/** What the image's own HEALTHCHECK says of the running container. */
import type { HealthSeen } from '../../core/probes/box.ts';
import type { Clock } from '../../use-cases/ports.ts';
import { testText } from './image.ts';
import type { ImageHealthcheck } from './image.ts';
import { plainText } from './plain-text.ts';
import type { Watch } from './watch.ts';

/** What waiting for a healthy container needs. */
export interface HealthWait {
  readonly healthcheck: ImageHealthcheck | undefined;
  readonly timeoutMs: number;
  /** `clock.elapsed()` when the container was started. */
  readonly startedAt: number;
  readonly clock: Clock;
  /** True once the service has answered requests: from then on the test has no excuse. */
  readonly isUp: () => boolean;
}

/**
 * Waits until the test passes, the start timeout is over, or the container ends. Once the service is up, as many failures
 * in a row as the image itself allows are enough. Rejects only with what `watch.failed` rejects.
 */
export async function waitForHealth(wait: HealthWait, watch: Watch): Promise<HealthSeen> {
  const { healthcheck, clock, startedAt } = wait;
  if (healthcheck === undefined) return { seen: 'none' };
  const test = testText(healthcheck.test);
  let streakWhenUp: number | undefined;
  for (;;) {
    const { State: state } = watch.now();
    const waitedMs = Math.max(0, clock.elapsed() - startedAt);
    // In this order: the engine calls a container unhealthy that ended before its first check.
    if (!state.Running) return { seen: 'unseen', reason: 'the container ended before its health check passed' };
    if (state.Health == null) return { seen: 'unseen', reason: 'the engine does not run the health check' };
    if (state.Health.Status === 'healthy') return { seen: 'healthy', afterMs: waitedMs, test };
    if (wait.isUp()) streakWhenUp ??= state.Health.FailingStreak;
    const failures = streakWhenUp === undefined ? 0 : state.Health.FailingStreak - streakWhenUp;
    if (waitedMs >= wait.timeoutMs || failures >= healthcheck.retries) {
      const last = state.Health.Log?.at(-1);
      return {
        seen: 'unhealthy',
        test,
        exitCode: last?.ExitCode ?? -1,
        output: plainText(last?.Output ?? 'No check had ended when the wait was over.').slice(0, 4000),
        waitedMs,
      };
    }
    await Promise.race([watch.next(), watch.failed]);
  }
}
