/**
 * Use case, inner part of run-build.ts: a built image in, what every probe says of it out.
 * What is timed has the machine to itself: first built and running, last of all paused and stopped. In between the rest goes side by
 * side (image, variants, rebuilt), while the service stays up and is watched (watch-run.ts). What is not up any more is ended first. A
 * phase that is not reached leaves its probes `unknown`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Boxes,
  ImageBox,
  Phase,
  ProcessesSeen,
  Purpose,
  RebuiltBox,
  StateSeen,
  StoppedBox,
  VariantsBox,
} from '../core/probes/box.ts';
import { probes } from '../core/probes/index.ts';
import type { AnyProbe } from '../core/probes/probe.ts';
import { purposeOf } from '../core/policy/profiles.ts';
import { provenRows } from '../core/report/proven.ts';
import type { Proven } from '../core/report/proven.ts';
import type { RunPlan } from '../core/plan/run-plan.ts';
import type { Progress } from '../schemas/build.ts';
import type { BaseImage } from '../schemas/production.ts';
import type { Report } from '../schemas/report.ts';
import { inOrder, notReached, notRun, proofOf, unknown } from './ask-probes.ts';
import type { Built } from './build-image.ts';
import type { CompanionProblem, Companions, RunRequest } from './engine-port.ts';
import type { Clock, Log } from './ports.ts';
import type { ClaimedBuild, Store } from './store-port.ts';
import type { Runner } from './masked-engine.ts';
import { noVariants, runVariants } from './run-variants.ts';
import { pauseEach, stillToWatchMs, watchedBox } from './watch-run.ts';

/** How long to wait where nobody said: work takes its time. */
const START_SECONDS: Readonly<Record<Purpose, number>> = { service: 60, cli: 60, job: 300 };

/** What was seen of one image. */
export interface Seen {
  readonly proven: readonly Proven[];
  readonly run: Report['run'];
  /** `undefined`: it was not run. */
  readonly processes?: ProcessesSeen;
  readonly stop?: StoppedBox;
  /** What lies in the image; `undefined` when there is none. */
  readonly image: ImageBox | undefined;
}

/** Runs every probe. Throws what the engine throws; a probe that throws becomes `unknown` with a log line. */
export async function proveImage(
  job: {
    readonly claim: ClaimedBuild;
    readonly built: Built;
    /** What it stands on. */
    readonly bases: readonly BaseImage[];
    readonly plan: RunPlan;
    readonly engine: Pick<Runner, 'run' | 'lost'>;
    readonly store: Pick<Store, 'progress'>;
    readonly clock: Pick<Clock, 'now' | 'elapsed'>;
    readonly log: Log;
    /** Tells whoever reads along. */
    readonly print: (text: string) => void;
    /** False for probes that the policy has switched off; a phase that nobody asks about is left out. */
    readonly isAsked: (probe: AnyProbe) => boolean;
    /** Looks into the image of that id. */
    readonly look: (imageId: string) => Promise<ImageBox>;
    /** Brings up what the service needs beside it. */
    readonly accompany: () => Promise<Companions>;
    /** Builds again after a source file was changed. */
    readonly rebuild: () => Promise<RebuiltBox>;
  },
  signal: AbortSignal,
): Promise<Seen> {
  const { claim, built, plan, engine, store, clock, log, print } = job;
  const proven: Proven[] = [];
  const wanted = probes.filter(job.isAsked);
  const isWanted = (phase: Phase): boolean => wanted.some((probe) => probe.phase === phase);
  let progress: Progress | undefined;
  const write = async (next: Omit<Progress, 'proven'>): Promise<void> => {
    progress = { ...next, proven: provenRows(proven, wanted, claim.report.profile.name) };
    // A courtesy: a database that is locked for a moment must not end the build. The end is written with its errors heeded.
    await store
      .progress(claim, 'probing', progress, clock.now())
      .catch((err: unknown) => log.warn({ err }, 'progress not written'));
  };
  const tell = async (phase: string, done: number): Promise<void> => {
    print(`-- ${phase}`);
    await write({ phase, step: null, done, total: 3 });
  };
  const ask = async <P extends Phase>(phase: P, box: Boxes[P]): Promise<void> => {
    const asked = wanted.filter((probe) => probe.phase === phase);
    const proofs = await Promise.all(asked.map((probe) => proofOf(probe, box, log)));
    asked.forEach((probe, index) => proven.push({ probe, proof: proofs[index] ?? unknown('It gave no answer.') }));
    // What the build proves is told as the next phase begins.
    if (progress !== undefined) await write(progress);
  };

  await ask('built', {
    image: built.image,
    failure: built.failure,
    steps: built.steps.length,
    seconds: built.durationMs / 1000,
    bases: job.bases,
  });
  if (built.image === undefined) {
    return {
      proven: [...proven, ...notReached(wanted, proven, 'the image was not built')],
      run: undefined,
      image: undefined,
    };
  }

  const { id: imageId } = built.image;
  let image: ImageBox | undefined;
  const lookInto = async (): Promise<void> => {
    if (!isWanted('image')) return;
    image = await job.look(imageId);
    await ask('image', image);
  };
  const rebuild = async (): Promise<void> => {
    if (isWanted('rebuilt')) await ask('rebuilt', await job.rebuild());
  };

  const purpose = purposeOf(claim.report.profile.name);
  if (purpose === undefined) {
    await tell('image', 1);
    await Promise.all([lookInto(), rebuild()]);
    return { proven: inOrder([...proven, ...notRun(wanted, proven)]), run: undefined, image };
  }
  await tell('run', 0);
  const companions = await job.accompany();
  const withoutRun = async (problem: string): Promise<Seen> => {
    await tell('image', 1);
    await Promise.all([lookInto(), rebuild()]);
    return { proven: inOrder([...proven, ...notReached(wanted, proven, problem)]), run: undefined, image };
  };
  if ('problem' in companions) return await withoutRun(wordsOn(companions));
  const lost = async (): Promise<string | undefined> => {
    const one = await engine.lost(companions.ready, signal);
    return one === undefined ? undefined : wordsOn(one);
  };
  const { options, sealed } = claim;
  const ordinary: RunRequest = {
    buildId: claim.id,
    imageId,
    purpose,
    env: { ...plan.env, ...sealed.env },
    command: options.command,
    port: plan.port,
    healthPaths: plan.healthPaths,
    healthGuessed: plan.healthGuessed,
    startTimeoutMs: (options.startTimeoutSeconds ?? START_SECONDS[purpose]) * 1000,
    stopTimeoutMs: options.stopTimeoutSeconds === undefined ? undefined : options.stopTimeoutSeconds * 1000,
    companions: companions.ready,
    hasEgress: options.egress ?? false,
    slowPath: options.slowPath,
  };
  const run = await engine.run(ordinary, signal);
  const { running } = run;
  const [answer, state, memory] = await Promise.all([running.answer(), running.state(), running.memory()]);
  const answeredMs = answer.seen === 'answer' && answer.status === 200 ? answer.afterMs : undefined;
  const wentWell = state.disk === undefined && (purpose === 'service' ? state.running : state.exitCode === 0);
  const lookedAt = clock.elapsed();
  const printRun = (text: string): void => {
    if (text.trim() !== '') print(text.trimEnd().replaceAll(/^/gm, 'run: '));
  };
  printRun(state.logTail);
  // What it does well without a companion it does well; what it does not may be the companion's doing.
  const lostSoon = await lost();
  if (lostSoon !== undefined && !(wentWell && (purpose !== 'service' || answeredMs !== undefined))) {
    await run.discard();
    return await withoutRun(lostSoon);
  }
  await ask('running', running);

  const isUp = purpose === 'service' && wentWell;
  const finish = async (): Promise<{ readonly stop: StoppedBox; readonly last: StateSeen }> => {
    const paused = await pauseEach(run, isWanted('paused') ? companions.ready : []);
    await ask('paused', paused);
    const end = await run.stop();
    const lostByThen = owesNothing(end, isUp) ? undefined : await lost();
    const stop: StoppedBox = lostByThen === undefined ? end : { seen: 'unseen', reason: lostByThen };
    await ask('watched', watchedBox({ purpose, state, memory, paused, stop: end, lost: lostByThen }));
    await ask('stopped', stop);
    if (end.seen !== 'gone') return { stop, last: state };
    printRun(newIn(end.state.logTail, state.logTail));
    return { stop, last: end.state };
  };
  // There is nothing to watch of what has ended, and work that goes on has had its time.
  const ended = isUp ? undefined : await finish();

  await tell('image', 1);
  const { requiredEnv = [] } = options;
  const variants = async (): Promise<VariantsBox> => {
    if (!wentWell) {
      const reason = `the ordinary run did not ${purpose === 'service' ? 'stay up' : 'end well'}`;
      return noVariants(reason, purpose, requiredEnv);
    }
    const box = await runVariants(
      engine,
      ordinary,
      { purpose, answeredMs, requiredEnv, imageEnv: plan.imageEnv },
      signal,
    );
    const lostSince = await lost();
    return lostSince === undefined ? box : noVariants(lostSince, purpose, requiredEnv);
  };
  await Promise.all([
    isWanted('variants') ? variants().then((box) => ask('variants', box)) : undefined,
    lookInto(),
    rebuild(),
  ]);
  const finishLast = async (): ReturnType<typeof finish> => {
    await tell('stop', 2);
    const observedMs = state.secondsObserved * 1000 + clock.elapsed() - lookedAt;
    if (isWanted('watched')) await sleep(stillToWatchMs({ observedMs, answeredMs }), undefined, { signal });
    return await finish();
  };
  const { stop, last } = ended ?? (await finishLast());
  return {
    proven: inOrder(proven),
    image,
    processes: await running.processes(),
    stop,
    run: {
      firstAnswerMs: answeredMs === undefined ? null : Math.round(answeredMs),
      stopSignal: stop.seen === 'stop' ? stop.signal : null,
      stopSeconds: stop.seen === 'stop' ? stop.seconds : null,
      exitCode: stop.seen === 'stop' ? stop.exitCode : (last.exitCode ?? null),
      ...(memory.seen === 'memory'
        ? { memory: { bytes: memory.bytes, limitBytes: memory.limitBytes, pids: memory.pids ?? null } }
        : {}),
      log: last.logTail,
    },
  };
}

/** Such an end owes nothing to a companion that is gone; of what was not up any more, that was asked before. */
function owesNothing(end: StoppedBox, wasUp: boolean): boolean {
  if (end.seen === 'gone') return !wasUp;
  return end.seen !== 'stop' || (end.exitCode === 0 && !end.killed);
}

/** What a log says that it had not said before. */
function newIn(now: string, before: string): string {
  return now.startsWith(before) ? now.slice(before.length) : now;
}

/** What is told of the log of a companion: enough for the last word of a program. */
const MOST_LOG = 400;

function wordsOn({ problem, log }: CompanionProblem): string {
  if (log === undefined) return problem;
  const last = log.trim().slice(-MOST_LOG);
  return `${problem}; ${last === '' ? 'it said nothing' : `its last words: ${last}`}`;
}
