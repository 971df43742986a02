/**
 * Use case: one claimed build, to its end. Way B of the data; what is built and proven stands in verify-image.ts.
 *
 * What the Dockerfile, the image or the container does wrong ends as `failed` with a report. An error means that Drydock
 * could not do its work: `errored`. Whatever happens, the engine is left as it was found before the row says "ended".
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, EngineRefusal, RegistryUnreachable } from './errors.ts';
import { maskedLog, maskFor } from './masked-log.ts';
import { namesInLog } from './origin.ts';
import { boundLog } from './ports.ts';
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
/** How long it may take when somebody has cancelled: on an engine that is mute, what is left is removed when that answers. */
const CANCELLED_CLEAN_UP_MS = 3000;
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
export function makeRunBuild(general: RunBuildNeeds): RunBuild {
  const { store, spool, clock, metrics } = general;
  return async (claim, signal) => {
    const begun = clock.elapsed();
    const log = maskedLog(boundLog(general.log, namesOf(claim)), maskFor(claim, general));
    const needs: RunBuildNeeds = { ...general, log };
    const limit = AbortSignal.timeout(needs.verificationTimeoutMs);
    const wish = watchForWish(claim, needs);
    const printed = needs.logs.write(claim.id);
    printed.line(`-- attempt ${claim.attempt}, ${clock.now()}`);
    let outcome: Outcome | undefined;
    let loss: string | undefined;
    try {
      const report = await verifyImage(claim, needs, printed, AbortSignal.any([signal, limit, wish.cancelled]));
      outcome = { state: report.verdict === 'ready' ? 'passed' : 'failed', report, finishedAt: clock.now() };
    } catch (err) {
      // The service stops: the build goes back into the queue, for whoever starts next.
      if (signal.aborted) log.debug({ err }, 'build interrupted');
      else if (wish.cancelled.aborted) outcome = { state: 'cancelled', finishedAt: clock.now() };
      else if (isLoss(err) && !limit.aborted) {
        log.warn({ err }, 'the engine went away beneath a build');
        loss = reason(err, limit, needs.verificationTimeoutMs);
      } else {
        log.error({ err }, 'build errored');
        outcome = { state: 'errored', error: reason(err, limit, needs.verificationTimeoutMs), finishedAt: clock.now() };
      }
    }
    printed.line(`-- ${lastWord(outcome, loss)}`);
    // Before the row says that it has ended: whoever follows the log reads it to its end.
    await printed.close();
    const isClean = await cleanUp(claim.id, needs, { stopping: signal, cancelled: wish.cancelled });
    wish.end();
    const written = <T>(write: () => Promise<T>): Promise<T | undefined> => untilWritten(write, needs, signal);
    if (loss !== undefined) {
      const why = loss;
      const back = await written(() => store.interrupt(claim, clock.now(), { maxCrashes: needs.maxCrashes, why }));
      const { errored = 0, cancelled = 0, requeued = 0 } = back ?? {};
      metrics.engineLost();
      if (errored + cancelled > 0) await spool.remove(claim.contextId);
      log.info({ requeued, errored, cancelled }, 'build taken back');
    } else if (outcome === undefined) {
      await written(() => store.release(claim, clock.now()));
      log.info({}, 'build given back');
    } else {
      const end = outcome;
      const state = await written(() => store.finish(claim, end));
      // Another attempt has it, or it stays as it is for the next start.
      if (state === undefined) return { isClean, isEngineLost: false };
      await spool.remove(claim.contextId);
      const seconds = (clock.elapsed() - begun) / 1000;
      const verdict = 'report' in end && state === end.state ? end.report.verdict : undefined;
      metrics.buildEnded({ state, verdict, seconds });
      log.info({ state, durationMs: Math.round(seconds * 1000) }, 'build ended');
    }
    return { isClean, isEngineLost: loss !== undefined };
  };
}

/** What a build is found by in the log: itself, and the request and the trace that brought it. */
function namesOf({ id, attempt, origin }: ClaimedBuild): object {
  return { buildId: id, attempt, ...(origin === undefined ? {} : namesInLog(origin)) };
}

function lastWord(outcome: Outcome | undefined, loss: string | undefined): string {
  if (outcome === undefined) {
    return loss !== undefined
      ? 'the engine went away; the build waits for it'
      : 'the service stops; the build waits for it';
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
      log.warn({ err }, 'wish to cancel not read');
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

async function cleanUp(
  buildId: string,
  { engine, log }: RunBuildNeeds,
  { stopping, cancelled }: { readonly stopping: AbortSignal; readonly cancelled: AbortSignal },
): Promise<boolean> {
  const tried = engine.cleanUp(buildId).then(
    () => true,
    (err: unknown) => {
      log.error({ err }, 'clean-up failed; it is tried again when the engine answers');
      return false;
    },
  );
  const givenUp = Promise.withResolvers<false>();
  let timer: NodeJS.Timeout | undefined;
  const hurry = (): void => {
    timer ??= setTimeout(() => givenUp.resolve(false), cancelled.aborted ? CANCELLED_CLEAN_UP_MS : LAST_CLEAN_UP_MS);
  };
  const either = AbortSignal.any([stopping, cancelled]);
  if (either.aborted) hurry();
  else either.addEventListener('abort', hurry, { once: true });
  try {
    return await Promise.race([tried, givenUp.promise]);
  } finally {
    either.removeEventListener('abort', hurry);
    clearTimeout(timer);
  }
}

/** Between two tries to write the end of a build. */
const WRITE_AGAIN_MS = [200, 500, 1000, 2000, 5000];

/**
 * Writes until it is written: a database that is locked, or a disk that is full, is so for a while, and a build whose end is not
 * written would run for ever. Where the service stops before, the next start finds the row as it is, and `undefined` is answered.
 */
async function untilWritten<T>(
  write: () => Promise<T>,
  { log }: RunBuildNeeds,
  stopping: AbortSignal,
): Promise<T | undefined> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await write();
    } catch (err) {
      log.error({ err, tries }, 'the end of a build could not be written; it is tried again');
      if (stopping.aborted) return undefined;
      const pauseMs = WRITE_AGAIN_MS[tries] ?? WRITE_AGAIN_MS.at(-1);
      await sleep(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}

/** The engine does not answer any more; what it refuses, and that it does not reach, are other matters. */
function isLoss(err: unknown): boolean {
  return (
    err instanceof AppError &&
    err.code === 'engine-unavailable' &&
    !(err instanceof RegistryUnreachable || err instanceof EngineRefusal)
  );
}

function reason(err: unknown, limit: AbortSignal, verificationTimeoutMs: number): string {
  if (limit.aborted) {
    return `The verification did not end within ${Math.round(verificationTimeoutMs / 1000)} seconds and was given up.`;
  }
  return err instanceof AppError ? err.message : 'Something went wrong inside Drydock; the log has the reason.';
}
