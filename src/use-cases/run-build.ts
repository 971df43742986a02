/**
 * Use case: one claimed build, to its end. Way B of the data; what is built and proven stands in verify-image.ts.
 *
 * What the Dockerfile, the image or the container does wrong ends as `failed` with a report. An error means that Drydock
 * could not do its work: `errored`. Whatever happens, the engine is left as it was found before the row says "ended".
 */
import { AppError, RegistryUnreachable } from './errors.ts';
import type { BuildLogs, Metrics, Spool } from './ports.ts';
import type { ClaimedBuild, Outcome, Store } from './store-port.ts';
import { verifyImage } from './verify-image.ts';
import type { VerifyNeeds } from './verify-image.ts';

/**
 * Runs one claimed build to its end, and writes that end; or gives it back, when the service stops or the engine goes away beneath
 * it. Never throws for what the build does.
 */
export type RunBuild = (claim: ClaimedBuild, signal: AbortSignal) => Promise<RunEnd>;

/** How the engine is left. */
export interface RunEnd {
  /** `false`: something of the build may still stand on the engine, and has to be removed once that answers. */
  readonly isClean: boolean;
  /** It did not answer any more. */
  readonly isEngineLost: boolean;
}

/** How often a running build is asked whether it is still wanted. */
const ASK_EVERY_MS = 500;
/** How long the clean-up may take when the service stops: less than its grace, so that the build is given back in any case. */
const LAST_CLEAN_UP_MS = 10_000;

/** What a run of a build needs. */
export interface RunBuildNeeds extends VerifyNeeds {
  readonly store: VerifyNeeds['store'] & Pick<Store, 'finish' | 'release' | 'interrupt' | 'isCancelWished'>;
  readonly spool: VerifyNeeds['spool'] & Pick<Spool, 'remove'>;
  readonly logs: Pick<BuildLogs, 'write'>;
  readonly metrics: Pick<Metrics, 'buildEnded' | 'engineLost'>;
  readonly verificationTimeoutMs: number;
  /** A build that took its process or its engine down this often is not tried again. */
  readonly maxCrashes: number;
}

/** Makes the use case. */
export function makeRunBuild(needs: RunBuildNeeds): RunBuild {
  const { store, spool, clock, log, metrics } = needs;
  return async (claim, signal) => {
    const begun = clock.elapsed();
    const limit = AbortSignal.timeout(needs.verificationTimeoutMs);
    const about = { buildId: claim.id, attempt: claim.attempt };
    const wish = watchForWish(claim, needs);
    const printed = needs.logs.write(claim.id);
    printed.line(`-- attempt ${claim.attempt}, ${clock.now()}`);
    let outcome: Outcome | undefined;
    let isEngineLost = false;
    try {
      const report = await verifyImage(claim, needs, printed, AbortSignal.any([signal, limit, wish.cancelled]));
      outcome = { state: report.verdict === 'ready' ? 'passed' : 'failed', report, finishedAt: clock.now() };
    } catch (err) {
      // The service stops: the build goes back into the queue, for whoever starts next.
      if (signal.aborted) log.debug({ ...about, err }, 'build interrupted');
      else if (wish.cancelled.aborted) outcome = { state: 'cancelled', finishedAt: clock.now() };
      else if (isLoss(err) && !limit.aborted) {
        log.warn({ ...about, err }, 'the engine went away beneath a build');
        isEngineLost = true;
      } else {
        log.error({ ...about, err }, 'build errored');
        outcome = { state: 'errored', error: reason(err, limit, needs.verificationTimeoutMs), finishedAt: clock.now() };
      }
    } finally {
      wish.end();
    }
    printed.line(`-- ${lastWord(outcome, isEngineLost)}`);
    // Before the row says that it has ended: whoever follows the log reads it to its end.
    await printed.close();
    const isClean = await cleanUp(claim.id, needs, signal);
    if (isEngineLost) {
      const { errored, cancelled, requeued } = await store.interrupt(claim, clock.now(), needs.maxCrashes);
      metrics.engineLost();
      if (errored + cancelled > 0) await spool.remove(claim.contextId);
      log.info({ ...about, requeued, errored, cancelled }, 'build taken back');
    } else if (outcome === undefined) {
      await store.release(claim, clock.now());
      log.info(about, 'build given back');
    } else {
      if (await store.finish(claim, outcome)) await spool.remove(claim.contextId);
      const seconds = (clock.elapsed() - begun) / 1000;
      const verdict = 'report' in outcome ? outcome.report.verdict : undefined;
      metrics.buildEnded({ state: outcome.state, verdict, seconds });
      log.info({ ...about, state: outcome.state, durationMs: Math.round(seconds * 1000) }, 'build ended');
    }
    return { isClean, isEngineLost };
  };
}

function lastWord(outcome: Outcome | undefined, isEngineLost: boolean): string {
  if (outcome === undefined) {
    return isEngineLost ? 'the engine went away; the build waits for it' : 'the service stops; the build waits for it';
  }
  if (outcome.state === 'errored') return `errored: ${outcome.error}`;
  if (outcome.state === 'cancelled') return 'cancelled';
  return `${outcome.state}: ${outcome.report.verdict}, score ${outcome.report.score}`;
}

/** Aborts when somebody wants the build cancelled. A row that cannot be read now is read again; `end` has to be called. */
function watchForWish(
  claim: ClaimedBuild,
  { store, log }: RunBuildNeeds,
): { readonly cancelled: AbortSignal; readonly end: () => void } {
  const wished = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    try {
      if (await store.isCancelWished(claim)) wished.abort(new Error('the build was cancelled'));
    } catch (err) {
      log.warn({ buildId: claim.id, err }, 'wish to cancel not read');
    }
    if (!isOver && !wished.signal.aborted) timer = setTimeout(() => void look(), ASK_EVERY_MS);
  };
  timer = setTimeout(() => void look(), ASK_EVERY_MS);
  return {
    cancelled: wished.signal,
    end: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

async function cleanUp(buildId: string, { engine, log }: RunBuildNeeds, signal: AbortSignal): Promise<boolean> {
  const tried = engine.cleanUp(buildId).then(
    () => true,
    (err: unknown) => {
      log.error({ buildId, err }, 'clean-up failed; it is tried again when the engine answers');
      return false;
    },
  );
  const givenUp = Promise.withResolvers<false>();
  let timer: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    timer = setTimeout(() => givenUp.resolve(false), LAST_CLEAN_UP_MS);
  };
  if (signal.aborted) onStop();
  else signal.addEventListener('abort', onStop, { once: true });
  try {
    return await Promise.race([tried, givenUp.promise]);
  } finally {
    signal.removeEventListener('abort', onStop);
    clearTimeout(timer);
  }
}

/** The engine does not answer any more; a registry that the engine does not reach is another matter. */
function isLoss(err: unknown): boolean {
  return err instanceof AppError && err.code === 'engine-unavailable' && !(err instanceof RegistryUnreachable);
}

function reason(err: unknown, limit: AbortSignal, verificationTimeoutMs: number): string {
  if (limit.aborted) {
    return `The verification did not end within ${Math.round(verificationTimeoutMs / 1000)} seconds and was given up.`;
  }
  return err instanceof AppError ? err.message : 'Something went wrong inside Drydock; the log has the reason.';
}
