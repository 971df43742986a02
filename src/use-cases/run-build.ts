/**
 * Use case: one claimed build, from its spooled context to its report. Way B of the data: build, run, stop, report.
 *
 * What the Dockerfile, the image or the container does wrong ends as `failed` with a report. An error means that Drydock
 * could not do its work: `errored`. Whatever happens, the engine is left as it was found before the row says "ended".
 */
import { isUtf8 } from 'node:buffer';
import { checks } from '../core/catalogue.ts';
import { policyInForce } from '../core/policy.ts';
import { applyWaivers } from '../core/waivers.ts';
import { parseDockerfile } from '../core/dockerfile/parse.ts';
import { lineOfStep } from '../core/dockerfile/stages/build-steps.ts';
import { imagePart } from '../core/image/report-part.ts';
import { makeBuildContext } from '../core/context/build-context.ts';
import { parseIgnoreFile } from '../core/context/ignore.ts';
import type { IgnoreFile } from '../core/context/types.ts';
import type { Dockerfile } from '../core/dockerfile/types.ts';
import { maskOf, maskReport } from '../core/mask.ts';
import { sentToBuilder, withoutFrontend } from '../core/prepare-build.ts';
import type { ImageBox, RebuiltBox } from '../core/probes/box.ts';
import { planRebuild } from '../core/rebuild-plan.ts';
import type { Subject } from '../core/rules/rule.ts';
import { planRun } from '../core/run-plan.ts';
import { BUILD_CHECK, warningFindings } from '../core/build-warnings.ts';
import { verificationReport } from '../core/report.ts';
import type { OperatorPolicy } from '../schemas/policy.ts';
import type { Report } from '../schemas/report.ts';
import { buildWithDeadline, underWay } from './build-image.ts';
import { lookInto, makeUpValues, needsRealValues } from './canaries.ts';
import { AppError } from './errors.ts';
import type {
  ClaimedBuild,
  Clock,
  Engine,
  ImageBuildRequest,
  Log,
  Outcome,
  RegistryLogins,
  Spool,
  Store,
} from './ports.ts';
import { proveImage } from './prove-image.ts';
import type { Seen } from './prove-image.ts';
import { projectFileOf } from './project-file.ts';
import { readContext } from './read-context.ts';
import { rebuild } from './rebuild.ts';

/**
 * Runs one claimed build to its end, and writes that end. Never throws for what the build does.
 * `isClean: false`: something of it may still stand on the engine, and has to be removed once the engine answers.
 */
export type RunBuild = (claim: ClaimedBuild, signal: AbortSignal) => Promise<{ readonly isClean: boolean }>;

/** How long the clean-up may take when the service stops: less than its grace, so that the build is given back in any case. */
const LAST_CLEAN_UP_MS = 10_000;

/** What a run of a build needs. */
export interface RunBuildNeeds {
  readonly store: Pick<Store, 'progress' | 'finish' | 'release'>;
  readonly spool: Pick<Spool, 'open' | 'remove'>;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly maxDockerfileBytes: number;
  readonly buildTimeoutMs: number;
  readonly verificationTimeoutMs: number;
  readonly operatorPolicy: OperatorPolicy | undefined;
  /** Of the operator; a request's own win over them, host by host. */
  readonly registryLogins: RegistryLogins;
}

/** Makes the use case. */
export function makeRunBuild(needs: RunBuildNeeds): RunBuild {
  const { store, spool, clock, log } = needs;
  return async (claim, signal) => {
    const begun = clock.elapsed();
    const limit = AbortSignal.timeout(needs.verificationTimeoutMs);
    const about = { buildId: claim.id, attempt: claim.attempt };
    let outcome: Outcome | undefined;
    try {
      const report = await verify(claim, needs, AbortSignal.any([signal, limit]));
      outcome = { state: report.verdict === 'ready' ? 'passed' : 'failed', report, finishedAt: clock.now() };
    } catch (err) {
      // The service stops: the build goes back into the queue, for whoever starts next.
      if (!signal.aborted) {
        log.error({ ...about, err }, 'build errored');
        outcome = { state: 'errored', error: reason(err, limit, needs.verificationTimeoutMs), finishedAt: clock.now() };
      }
    }
    const isClean = await cleanUp(claim.id, needs, signal);
    if (outcome === undefined) {
      await store.release(claim);
      log.info(about, 'build given back');
    } else {
      if (await store.finish(claim, outcome)) await spool.remove(claim.contextId);
      log.info({ ...about, state: outcome.state, durationMs: Math.round(clock.elapsed() - begun) }, 'build ended');
    }
    return { isClean };
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

async function verify(claim: ClaimedBuild, needs: RunBuildNeeds, signal: AbortSignal): Promise<Report> {
  const { store, spool, engine, clock } = needs;
  const createdAt = clock.now();
  const begun = clock.elapsed();
  const { options, sealed } = claim;

  const context = await spool.open(claim.contextId);
  if (context === undefined) {
    throw new AppError('storage-unavailable', 'The uploaded context is no longer on the disk. Submit it again.');
  }
  const read = await readContext(context, options.dockerfile, needs.maxDockerfileBytes);
  const dockerfile = parseDockerfile(read.dockerfile, {
    ...(options.target === undefined ? {} : { target: options.target }),
    ...(sealed.buildArgs === undefined ? {} : { buildArgs: sealed.buildArgs }),
  });
  const ignore = read.ignore === undefined ? undefined : parseIgnoreFile(read.ignore.text, read.ignore.path);
  const keeps = sentToBuilder(ignore, read.path);
  const sent = textToBuild(read.bytes, dockerfile);
  const policy = policyInForce({
    operator: needs.operatorPolicy,
    request: options.policy,
    repository: projectFileOf(read.files).policy,
  });
  const plan = planRun(dockerfile, options);
  let made = makeUpValues(dockerfile, sealed.buildArgs);
  const mask = maskOf({ ...sealed, buildArgs: { ...made, ...sealed.buildArgs } });

  const { version } = await engine.describe(signal);
  const request = (changed: ReadonlyMap<string, Buffer> = new Map()): ImageBuildRequest => ({
    buildId: claim.id,
    context: context.tar(
      (entry) => keeps(entry.path, entry.type === 'directory'),
      // Always in place of what was uploaded: that may be a link to a file that is ignored.
      new Map([...changed, [read.path, sent.bytes]]),
    ),
    dockerfile: read.path,
    target: options.target,
    platform: options.platform,
    buildArgs: { ...made, ...sealed.buildArgs },
    labels: options.labels ?? {},
    noCache: options.noCache ?? false,
    network: options.network ?? 'default',
    secrets: sealed.secrets ?? {},
    registries: { ...needs.registryLogins, ...sealed.registries },
    cacheNamespace: claim.project ?? claim.id,
    lineOf: (step) => lineOfStep(dockerfile, step),
    onStep: (steps) => {
      const done = steps.filter((one) => one.durationMs !== null).length;
      const step = mask(underWay(steps)?.name ?? '') || null;
      // Progress is a courtesy: a write that fails must not end the build. The end is written with its errors heeded.
      void store
        .progress(claim, 'building', { phase: 'build', step, done, total: steps.length })
        .catch((err: unknown) => needs.log.warn({ buildId: claim.id, err }, 'progress not written'));
    },
  });
  const subject = subjectOf(read, dockerfile, ignore, claim.report);
  const job = { engine, clock, buildTimeoutMs: needs.buildTimeoutMs, scene: subject };
  let built = await buildWithDeadline(job, signal, request());
  const untried = needsRealValues(built, made) ? Object.keys(made) : [];
  if (untried.length > 0) {
    made = {};
    built = await buildWithDeadline(job, signal, request());
  }
  const look = (imageId: string): Promise<ImageBox> =>
    lookInto(engine, { imageId, dockerfile, sealed, made, untried, labels: Object.keys(options.labels ?? {}) }, signal);
  const again = (): Promise<RebuiltBox> =>
    rebuild({
      plan: planRebuild(subject),
      first: built,
      context,
      newId: () => clock.newId(),
      // The first build has filled the cache, also where it was told not to use it; its progress is over.
      build: (changed) =>
        buildWithDeadline(job, signal, { ...request(changed), noCache: false, onStep: () => undefined }),
    });
  const seen: Seen = await proveImage(
    { claim, built, plan, engine, store, log: needs.log, look, rebuild: again },
    signal,
  );

  const report = verificationReport(
    claim.report,
    seen.proven,
    {
      build: { durationMs: built.durationMs, steps: [...built.steps], failure: built.failure ?? null },
      ...(built.image === undefined ? {} : { image: imagePart(built.image, seen.image) }),
      ...(seen.run === undefined ? {} : { run: seen.run }),
      assumptions: [...(sent.assumption === undefined ? [] : [sent.assumption]), ...plan.assumptions],
      engine: version,
      policy,
      warnings: warningFindings(built.warnings, dockerfile, read.path, claim.report.findings),
      waive: (findings) =>
        applyWaivers(findings, dockerfile, policy, {
          path: read.path,
          today: createdAt.slice(0, 10),
          itemOf: (id) => checks.get(id)?.item,
          asked: (id) => id === BUILD_CHECK || seen.proven.some(({ probe }) => probe.id === id),
          isFirst: false,
        }),
    },
    {
      id: claim.id,
      createdAt,
      durationMs: Math.max(0, clock.elapsed() - begun),
      toolVersion: needs.version,
    },
  );
  return maskReport(report, mask);
}

/** What the plan of the second build is made from. */
function subjectOf(
  { path, files }: Awaited<ReturnType<typeof readContext>>,
  dockerfile: Dockerfile,
  ignore: IgnoreFile | undefined,
  { profile }: Report,
): Subject {
  const context = makeBuildContext({ files, ...(ignore === undefined ? {} : { ignore }) });
  return {
    dockerfile,
    path,
    context,
    profile: profile.name,
    facts: { today: undefined, leaks: undefined },
    policy: {},
  };
}

/** The bytes to build: what was uploaded, the frontend taken out. Text that is not UTF-8 is passed on as it is. */
function textToBuild(
  bytes: Uint8Array,
  dockerfile: Dockerfile,
): { readonly bytes: Buffer; readonly assumption: string | undefined } {
  if (isUtf8(bytes)) {
    const { text, assumption } = withoutFrontend(dockerfile);
    return { bytes: Buffer.from(text), assumption };
  }
  // Directives are ASCII, so one letter a byte reads them rightly and brings every other byte back unchanged.
  const { text, assumption } = withoutFrontend(parseDockerfile(Buffer.from(bytes).toString('latin1')));
  return { bytes: Buffer.from(text, 'latin1'), assumption };
}

function reason(err: unknown, limit: AbortSignal, verificationTimeoutMs: number): string {
  if (limit.aborted) {
    return `The verification did not end within ${Math.round(verificationTimeoutMs / 1000)} seconds and was given up.`;
  }
  return err instanceof AppError ? err.message : 'Something went wrong inside Drydock; the log has the reason.';
}
