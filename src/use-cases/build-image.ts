/**
 * Use case, inner part of run-build.ts: one image build with its deadline, its failure explained.
 *
 * A registry that cannot be reached is tried again, a few times, with pauses, all within the deadline; then the build ends in
 * an error, not in a result (docs/decisions/0007-registries.md).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dockerfile } from '../core/dockerfile/types.ts';
import { deadlineFailure } from '../core/failure/explain.ts';
import { lookedUp, silent, unreachable, waitedFor } from '../core/failure/registry.ts';
import type { Unreachable } from '../core/failure/registry.ts';
import { isCopiedFrom } from '../core/failure/scene.ts';
import type { FailureSeen } from '../core/failure/types.ts';
import type { Mask } from '../core/secrets/mask.ts';
import type { BuildFailure, BuildStep } from '../schemas/report.ts';
import type { Engine, ImageBuildRequest, ImageBuildResult } from './engine-port.ts';
import { RegistryUnreachable } from './errors.ts';
import type { Clock } from './ports.ts';

/** What came of a build, and why where nothing did. */
export interface Built extends Omit<ImageBuildResult, 'failure'> {
  readonly failure: BuildFailure | undefined;
}

/** How a registry that cannot be reached is dealt with. */
export interface Patience {
  /** Pauses between the tries; one try more than pauses. */
  readonly pausesMs: readonly number[];
  /** How long a registry may take to say what an image is: a few small answers. */
  readonly answerMs: number;
}

/** Long enough for a registry that is being restarted. */
const PATIENCE: Patience = { pausesMs: [3_000, 15_000], answerMs: 60_000 };

/** What is built, and with what means. */
export interface BuildJob {
  readonly engine: Pick<Engine, 'build'>;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly buildTimeoutMs: number;
  readonly dockerfile: Dockerfile;
  /** Says why, in plain words. */
  readonly explain: (seen: FailureSeen) => Promise<BuildFailure>;
  readonly patience?: Patience;
  /** For what is thrown: an image may be named by a build argument. */
  readonly mask?: Mask;
  /** Told before each further try. */
  readonly onRetry?: (about: Unreachable & { readonly failedTries: number; readonly pauseMs: number }) => void;
}

/**
 * Builds. A build that outlives its deadline is the author's result, like one that fails.
 * Throws RegistryUnreachable after the last try, and what the engine throws.
 *
 * @param request  makes the request anew for each try, because a context is read only once
 */
export async function buildWithDeadline(
  job: BuildJob,
  signal: AbortSignal,
  request: () => ImageBuildRequest,
): Promise<Built> {
  const { patience = PATIENCE, clock, buildTimeoutMs, explain } = job;
  const limit = AbortSignal.timeout(buildTimeoutMs);
  const begun = clock.elapsed();
  for (let failedTries = 0; ;) {
    const end = await tryOnce(job, signal, limit, patience.answerMs, request());
    if ('built' in end) {
      const { failure } = end.built;
      return { ...end.built, failure: failure === undefined ? undefined : await explain(failure) };
    }
    if ('late' in end) {
      return {
        steps: end.late,
        warnings: [],
        durationMs: Math.round(clock.elapsed() - begun),
        image: undefined,
        failure: deadlineFailure(Math.round(buildTimeoutMs / 1000), underWay(end.late)),
      };
    }
    failedTries += 1;
    const pauseMs = patience.pausesMs[failedTries - 1];
    if (pauseMs === undefined || limit.aborted) throw givenUp(end.missed, failedTries, job);
    job.onRetry?.({ ...end.missed, failedTries, pauseMs });
    await sleep(pauseMs, undefined, { signal: AbortSignal.any([signal, limit]) }).catch(() => undefined);
    signal.throwIfAborted();
    if (limit.aborted) throw givenUp(end.missed, failedTries, job);
  }
}

/** How one try ended: a result, the deadline with the steps so far, or a registry that was not reached. */
type End =
  | { readonly built: ImageBuildResult }
  | { readonly late: readonly BuildStep[] }
  | { readonly missed: Unreachable };

async function tryOnce(
  { engine }: BuildJob,
  signal: AbortSignal,
  limit: AbortSignal,
  answerMs: number,
  request: ImageBuildRequest,
): Promise<End> {
  const watch = watchLookUps(answerMs);
  let steps: ImageBuildResult['steps'] = [];
  let built: ImageBuildResult;
  try {
    built = await engine.build(
      {
        ...request,
        onStep: (now) => {
          // What is told while the builder obeys is that everything has ended; what counts is what was under way before.
          if (!limit.aborted && !watch.signal.aborted) {
            steps = now;
            watch.see(now);
          }
          request.onStep(now);
        },
      },
      AbortSignal.any([signal, limit, watch.signal]),
    );
    const missed = built.failure === undefined ? undefined : unreachable(built.failure);
    return missed === undefined ? { built } : { missed };
  } catch (error) {
    if (signal.aborted) throw error;
    const image = watch.signal.aborted ? watch.image() : limit.aborted ? waitedFor(steps) : undefined;
    if (image !== undefined) return { missed: silent(image, 'does not answer in time') };
    if (limit.aborted) return { late: steps };
    throw error;
  } finally {
    watch.end();
  }
}

/** A signal that aborts when an image has been looked up for too long: the builder itself would wait for ever. */
function watchLookUps(answerMs: number): {
  readonly signal: AbortSignal;
  readonly image: () => string | undefined;
  see(steps: readonly BuildStep[]): void;
  end(): void;
} {
  const late = new AbortController();
  const timers = new Map<string, NodeJS.Timeout>();
  let image: string | undefined;
  return {
    signal: late.signal,
    image: () => image,
    see: (steps) => {
      for (const { name, startedMs, durationMs } of steps) {
        const asked = lookedUp(name);
        if (asked === undefined) continue;
        if (durationMs !== null) clearTimeout(timers.get(name));
        else if (startedMs !== null && !timers.has(name)) {
          const giveUp = (): void => {
            image = asked;
            late.abort(new Error('a registry does not answer'));
          };
          timers.set(name, setTimeout(giveUp, answerMs));
        }
      }
    },
    end: () => {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

function givenUp(
  { image, host, what }: Unreachable,
  tries: number,
  { dockerfile, mask = same }: BuildJob,
): RegistryUnreachable {
  const stage = /^docker\.io\/library\/([\w-]+):latest$/.exec(image)?.[1];
  const hint =
    stage !== undefined && isCopiedFrom(dockerfile, stage)
      ? ` No stage is called ${stage}, so it was taken for an image.`
      : '';
  return new RegistryUnreachable(
    mask(
      `The image ${image.replace(/^docker\.io\/(?:library\/)?/, '')} could not be asked for: the registry ${host} ${what}. ` +
        `It was tried ${tries === 1 ? 'once' : `${tries} times`}.${hint} Look at the name of the host and at the network of the engine, and verify again.`,
    ),
  );
}

function same(text: string): string {
  return text;
}

/** The step that is under way: steps come in the order of the Dockerfile, those that have not begun among them. */
export function underWay(steps: readonly BuildStep[]): BuildStep | undefined {
  return steps.find((step) => step.durationMs === null);
}
