/**
 * Use case, inner part of run-build.ts: a built image in, what every probe says of it out.
 * The phases follow each other (built, running, stopped); a phase that is not reached leaves its probes `unknown`.
 */
import type { Boxes, Phase } from '../core/probes/box.ts';
import { probes } from '../core/probes/index.ts';
import type { AnyProbe, Proof } from '../core/probes/probe.ts';
import type { Proven } from '../core/report.ts';
import type { RunPlan } from '../core/run-plan.ts';
import type { Report } from '../schemas/report.ts';
import { AppError } from './errors.ts';
import type { ClaimedBuild, Engine, ImageBuildResult, Log, Store } from './ports.ts';

/** What was seen of one image. */
export interface Seen {
  readonly proven: readonly Proven[];
  readonly run: Report['run'];
}

/** Runs every probe. Throws what the engine throws; a probe that throws becomes `unknown` with a log line. */
export async function proveImage(
  job: {
    readonly claim: ClaimedBuild;
    readonly built: ImageBuildResult;
    readonly plan: RunPlan;
    readonly engine: Pick<Engine, 'run'>;
    readonly store: Pick<Store, 'progress'>;
    readonly log: Log;
  },
  signal: AbortSignal,
): Promise<Seen> {
  const { claim, built, plan, engine, store, log } = job;
  const proven: Proven[] = [];
  const ask = async <P extends Phase>(phase: P, box: Boxes[P]): Promise<void> => {
    const asked = probes.filter((probe) => probe.phase === phase);
    const proofs = await Promise.all(asked.map((probe) => proofOf(probe, box, claim, log)));
    asked.forEach((probe, index) => proven.push({ probe, proof: proofs[index] ?? unknown('It gave no answer.') }));
  };
  const tell = async (phase: string, done: number): Promise<void> => {
    await store.progress(claim, 'probing', { phase, step: null, done, total: 2 });
  };

  await ask('built', {
    image: built.image,
    failure: built.failure,
    steps: built.steps.length,
    seconds: built.durationMs / 1000,
  });
  if (built.image === undefined) {
    return { proven: [...proven, ...notReached(proven, 'the image was not built')], run: undefined };
  }

  await tell('run', 0);
  const { options, sealed } = claim;
  const run = await engine.run(
    {
      buildId: claim.id,
      imageId: built.image.id,
      env: sealed.env ?? {},
      port: plan.port,
      healthPaths: plan.healthPaths,
      healthGuessed: plan.healthGuessed,
      startTimeoutMs: (options.startTimeoutSeconds ?? 60) * 1000,
      stopTimeoutMs: options.stopTimeoutSeconds === undefined ? undefined : options.stopTimeoutSeconds * 1000,
    },
    signal,
  );
  await ask('running', run.running);
  const [answer, state] = await Promise.all([run.running.answer(), run.running.state()]);

  await tell('stop', 1);
  const stop = await run.stop();
  await ask('stopped', stop);
  return {
    proven,
    run: {
      firstAnswerMs: answer.seen === 'answer' && answer.status === 200 ? Math.round(answer.afterMs) : null,
      stopSignal: stop.seen === 'stop' ? stop.signal : null,
      stopSeconds: stop.seen === 'stop' ? stop.seconds : null,
      exitCode: stop.seen === 'stop' ? stop.exitCode : (state.exitCode ?? null),
      log: state.logTail,
    },
  };
}

async function proofOf(probe: AnyProbe, box: Boxes[Phase], claim: ClaimedBuild, log: Log): Promise<Proof> {
  try {
    return await probe.prove(box);
  } catch (err) {
    // A silent engine is not the probe's doing and ends the whole build.
    if (err instanceof AppError) throw err;
    log.error({ buildId: claim.id, probe: probe.id, err }, 'probe crashed');
    return unknown('The probe failed; the mistake is in Drydock.');
  }
}

function notReached(proven: readonly Proven[], why: string): readonly Proven[] {
  const asked = new Set(proven.map(({ probe }) => probe.id));
  return probes
    .filter((probe) => !asked.has(probe.id))
    .map((probe) => ({ probe, proof: unknown(`Not looked at: ${why}.`) }));
}

function unknown(summary: string): Proof {
  return { status: 'unknown', summary, evidence: [] };
}
