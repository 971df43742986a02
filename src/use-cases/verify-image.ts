/**
 * Use case, inner part of run-build.ts: a claimed build becomes a report. Read, build, prove, tell; each in a file of its own.
 * Throws when Drydock could not do its work; what the Dockerfile, the image or the container does wrong stands in the report.
 */
import type { FailureSeen } from '../core/build-failure.ts';
import { BUILD_CHECK, warningFindings } from '../core/build-warnings.ts';
import { checks } from '../core/catalogue.ts';
import { lineOfStep } from '../core/dockerfile/stages/build-steps.ts';
import { imagePart } from '../core/image/report-part.ts';
import { maskOf, maskReport } from '../core/mask.ts';
import { verificationReport } from '../core/report.ts';
import { applyWaivers } from '../core/waivers.ts';
import type { OperatorPolicy } from '../schemas/policy.ts';
import type { BuildStep, Report } from '../schemas/report.ts';
import { buildWithDeadline, underWay } from './build-image.ts';
import { lookInto, makeUpValues, needsRealValues } from './canaries.ts';
import type {
  ClaimedBuild,
  Clock,
  Engine,
  ImageBuildRequest,
  Log,
  RegistryLogins,
  Spool,
  Store,
  Thinker,
} from './ports.ts';
import { proveImage } from './prove-image.ts';
import { readClaim } from './read-claim.ts';
import { rebuild } from './rebuild.ts';

/** What a verification needs. */
export interface VerifyNeeds {
  readonly store: Pick<Store, 'progress'>;
  readonly spool: Pick<Spool, 'open'>;
  readonly engine: Engine;
  readonly thinker: Pick<Thinker, 'plan' | 'explain'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly maxDockerfileBytes: number;
  readonly buildTimeoutMs: number;
  readonly operatorPolicy: OperatorPolicy | undefined;
  /** Of the operator; a request's own win over them, host by host. */
  readonly registryLogins: RegistryLogins;
}

/** Verifies. Leaves on the engine what it made there: whoever calls cleans up. */
export async function verifyImage(claim: ClaimedBuild, needs: VerifyNeeds, signal: AbortSignal): Promise<Report> {
  const { store, engine, clock, log } = needs;
  const createdAt = clock.now();
  const begun = clock.elapsed();
  const { options, sealed } = claim;
  const read = await readClaim(claim, needs, signal);
  const { dockerfile, texts, policy } = read;
  const { path } = texts;
  let made = makeUpValues(dockerfile, sealed.buildArgs);
  const mask = maskOf({ ...sealed, buildArgs: { ...made, ...sealed.buildArgs } });
  const { version: engineVersion } = await engine.describe(signal);

  const onStep = (steps: readonly BuildStep[]): void => {
    const done = steps.filter((one) => one.durationMs !== null).length;
    const step = mask(underWay(steps)?.name ?? '') || null;
    // Progress is a courtesy: a write that fails must not end the build. The end is written with its errors heeded.
    void store
      .progress(claim, 'building', { phase: 'build', step, done, total: steps.length })
      .catch((err: unknown) => log.warn({ buildId: claim.id, err }, 'progress not written'));
  };
  const request = (changed: ReadonlyMap<string, Buffer> = new Map()): ImageBuildRequest => ({
    buildId: claim.id,
    context: read.tar(changed),
    dockerfile: path,
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
    onStep,
  });
  const job = {
    engine,
    clock,
    buildTimeoutMs: needs.buildTimeoutMs,
    explain: (seen: FailureSeen) => needs.thinker.explain({ texts, seen }, signal),
  };
  let built = await buildWithDeadline(job, signal, request());
  const untried = needsRealValues(built, made) ? Object.keys(made) : [];
  if (untried.length > 0) {
    made = {};
    built = await buildWithDeadline(job, signal, request());
  }

  const labels = Object.keys(options.labels ?? {});
  const seen = await proveImage(
    {
      claim,
      built,
      plan: read.run,
      engine,
      store,
      log,
      isAsked: ({ id }) => policy.rules.get(id) !== 'off',
      look: (imageId) => lookInto(engine, { imageId, dockerfile, sealed, made, untried, labels }, signal),
      rebuild: () =>
        rebuild({
          plan: read.rebuild,
          first: built,
          context: read.context,
          newId: () => clock.newId(),
          // The first build has filled the cache, also where it was told not to use it; its progress is over.
          build: (changed) =>
            buildWithDeadline(job, signal, { ...request(changed), noCache: false, onStep: () => undefined }),
        }),
    },
    signal,
  );

  const report = verificationReport(
    claim.report,
    seen.proven,
    {
      build: { durationMs: built.durationMs, steps: [...built.steps], failure: built.failure ?? null },
      ...(built.image === undefined ? {} : { image: imagePart(built.image, seen.image) }),
      ...(seen.run === undefined ? {} : { run: seen.run }),
      assumptions: read.assumptions,
      engine: engineVersion,
      policy,
      warnings: warningFindings(built.warnings, dockerfile, path, claim.report.findings),
      waive: (findings) =>
        applyWaivers(findings, dockerfile, policy, {
          path,
          today: createdAt.slice(0, 10),
          itemOf: (id) => checks.get(id)?.item,
          asked: (id) => id === BUILD_CHECK || seen.proven.some(({ probe }) => probe.id === id),
          isFirst: false,
        }),
    },
    { id: claim.id, createdAt, durationMs: Math.max(0, clock.elapsed() - begun), toolVersion: needs.version },
  );
  return maskReport(report, mask);
}
