/** What the image's own HEALTHCHECK says of the running container. */
import type { HealthSeen } from '../../core/probes/box.ts';
import type { Clock } from '../../use-cases/ports.ts';
import { testText } from './image.ts';
import type { ImageHealthcheck } from './image.ts';
import { plainText } from './plain-text.ts';
import type { CheckSeen, Watch } from './watch.ts';

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
      return last === undefined
        ? noneEnded(wait.timeoutMs, healthcheck)
        : { seen: 'unhealthy', test, ...ended(last, healthcheck), waitedMs };
    }
    await Promise.race([watch.next(), watch.failed]);
  }
}

/** The engine's own, where the image names none. */
const DEFAULT_TIMEOUT_MS = 30_000;

function timeoutMsOf({ timeoutNs }: ImageHealthcheck): number {
  return timeoutNs === 0 ? DEFAULT_TIMEOUT_MS : timeoutNs / 1_000_000;
}

/** Only the time that was given here is over; what the check would have said, nobody knows. */
function noneEnded(startTimeoutMs: number, healthcheck: ImageHealthcheck): HealthSeen {
  return {
    seen: 'unseen',
    reason: `no check had ended when the start timeout of ${startTimeoutMs / 1000} s was over, and the image gives each one ${timeoutMsOf(healthcheck) / 1000} s`,
  };
}

/**
 * The engine writes -1 both for a check that it broke off and for one that it could not run. How long it took tells which.
 */
function ended(
  { Start: start, End: end, ExitCode: exitCode, Output: output }: CheckSeen,
  healthcheck: ImageHealthcheck,
): Pick<Extract<HealthSeen, { seen: 'unhealthy' }>, 'exitCode' | 'brokenOffAfterMs' | 'output'> {
  const timeoutMs = timeoutMsOf(healthcheck);
  const isBrokenOff = exitCode === -1 && Date.parse(end) - Date.parse(start) >= timeoutMs;
  return {
    exitCode: exitCode === -1 ? undefined : exitCode,
    brokenOffAfterMs: isBrokenOff ? timeoutMs : undefined,
    output: plainText(output).slice(0, 4000),
  };
}
