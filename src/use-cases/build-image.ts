/** Use case, inner part of run-build.ts: one image build with its deadline, its failure explained. */
import { deadlineFailure } from '../core/build-failure.ts';
import type { FailureSeen } from '../core/build-failure.ts';
import type { BuildFailure, BuildStep } from '../schemas/report.ts';
import type { Clock, Engine, ImageBuildRequest, ImageBuildResult } from './ports.ts';

/** What came of a build, and why where nothing did. */
export interface Built extends Omit<ImageBuildResult, 'failure'> {
  readonly failure: BuildFailure | undefined;
}

/** Builds. A build that outlives its deadline is the author's result, like one that fails. Throws what the engine throws. */
export async function buildWithDeadline(
  job: {
    readonly engine: Pick<Engine, 'build'>;
    readonly clock: Pick<Clock, 'elapsed'>;
    readonly buildTimeoutMs: number;
    readonly explain: (failure: FailureSeen) => Promise<BuildFailure>;
  },
  signal: AbortSignal,
  request: ImageBuildRequest,
): Promise<Built> {
  const { engine, clock, buildTimeoutMs, explain } = job;
  const limit = AbortSignal.timeout(buildTimeoutMs);
  const begun = clock.elapsed();
  let steps: ImageBuildResult['steps'] = [];
  let built: ImageBuildResult;
  try {
    built = await engine.build(
      {
        ...request,
        onStep: (now) => {
          // What is told while the builder obeys is that everything has ended; what counts is what was under way before.
          if (!limit.aborted) steps = now;
          request.onStep(now);
        },
      },
      AbortSignal.any([signal, limit]),
    );
  } catch (error) {
    if (!limit.aborted || signal.aborted) throw error;
    return {
      steps,
      warnings: [],
      durationMs: Math.round(clock.elapsed() - begun),
      image: undefined,
      failure: deadlineFailure(Math.round(buildTimeoutMs / 1000), underWay(steps)),
    };
  }
  return { ...built, failure: built.failure === undefined ? undefined : await explain(built.failure) };
}

/** The step that is under way: steps come in the order of the Dockerfile, those that have not begun among them. */
export function underWay(steps: readonly BuildStep[]): BuildStep | undefined {
  return steps.find((step) => step.durationMs === null);
}
