/**
 * Use case, inner part of run-build.ts: a claimed build becomes a report. Read, build, prove, tell; each in a file of its own.
 * Throws when Drydock could not do its work; what the Dockerfile, the image or the container does wrong stands in the report.
 */
import { identified, imagesOf } from '../core/report/base-images.ts';
import type { NamedImage } from '../core/report/base-images.ts';
import { BUILD_CHECK, warningFindings } from '../core/report/build-warnings.ts';
import { checks } from '../core/report/catalogue.ts';
import { lineOfStep } from '../core/dockerfile/stages/build-steps.ts';
import { imagePart } from '../core/image/report-part.ts';
import { maskReport } from '../core/secrets/mask.ts';
import { writtenSecrets } from '../core/secrets/written.ts';
import { productionPart } from '../core/report/production.ts';
import { verificationReport } from '../core/report/report.ts';
import { applyWaivers } from '../core/policy/waivers.ts';
import type { OperatorPolicy } from '../schemas/policy.ts';
import type { BaseImage } from '../schemas/production.ts';
import type { BuildStep, Report } from '../schemas/report.ts';
import { buildWithDeadline, underWay } from './build-image.ts';
import type { BuildJob } from './build-image.ts';
import { bringCompanions } from './companions.ts';
import { withAuthorities, withProxies } from './build-surroundings.ts';
import type { BuildSurroundings } from './build-surroundings.ts';
import { lookInto, makeUpValues, needsRealValues } from './canaries.ts';
import type { Engine, ImageBuildRequest, RegistryLogins } from './engine-port.ts';
import type { Clock, Log, LogWriter, Spool, Thinker } from './ports.ts';
import type { ClaimedBuild, Store } from './store-port.ts';
import { maskedRunner } from './masked-engine.ts';
import { maskFor } from './masked-log.ts';
import { proveImage } from './prove-image.ts';
import { readClaim } from './read-claim.ts';
import { rebuild } from './rebuild.ts';

/** What a verification needs. */
export interface VerifyNeeds {
  readonly store: Pick<Store, 'progress'>;
  readonly spool: Pick<Spool, 'open' | 'keepFile' | 'remove'>;
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
  readonly surroundings: BuildSurroundings;
}

/** Databases make their files first. */
const COMPANION_SECONDS = 60;

/** Verifies, and prints what builder and container print. Leaves on the engine what it made there: whoever calls cleans up. */
export async function verifyImage(
  claim: ClaimedBuild,
  needs: VerifyNeeds,
  printed: Pick<LogWriter, 'line'>,
  signal: AbortSignal,
): Promise<Report> {
  const { store, engine, clock, log } = needs;
  const createdAt = clock.now();
  const begun = clock.elapsed();
  const { options, sealed } = claim;
  const read = await readClaim(claim, needs, signal);
  const { dockerfile, texts, declared, policy } = read;
  const { path } = texts;
  const marked = options.secretBuildArgs ?? [];
  let made = makeUpValues(dockerfile, sealed.buildArgs);
  const mask = maskFor(claim, needs, made, writtenSecrets(dockerfile));
  const print = (text: string): void => printed.line(mask(text));
  const runner = maskedRunner(engine, mask);
  const { version: engineVersion } = await engine.describe(signal);

  const tell = (step: string | null, done: number, total: number): void => {
    // Progress is a courtesy: a write that fails must not end the build. The end is written with its errors heeded.
    void store
      .progress(claim, 'building', { phase: 'build', step, done, total }, clock.now())
      .catch((err: unknown) => log.warn({ err }, 'progress not written'));
  };
  const onStep = (steps: readonly BuildStep[]): void => {
    const done = steps.filter((one) => one.durationMs !== null).length;
    tell(mask(underWay(steps)?.name ?? '') || null, done, steps.length);
  };
  const registries = { ...needs.registryLogins, ...sealed.registries };
  const request = (changed?: ReadonlyMap<string, Buffer>): ImageBuildRequest => ({
    buildId: claim.id,
    context: read.tar(changed ?? new Map()),
    dockerfile: path,
    target: options.target,
    platform: options.platform,
    buildArgs: withProxies({ ...made, ...sealed.buildArgs }, needs.surroundings),
    labels: options.labels ?? {},
    noCache: options.noCache ?? false,
    network: options.network ?? 'default',
    secrets: withAuthorities(sealed.secrets ?? {}, needs.surroundings),
    registries,
    // No project can be named like a build without one.
    cacheNamespace: claim.project === null ? `build ${claim.id}` : `project ${claim.project}`,
    lineOf: (step) => lineOfStep(dockerfile, step),
    onStep,
    onLines: (lines) => {
      // Masked whole, then cut: of a secret that is cut no mask would know.
      for (const { step, text } of lines) printed.line(`${step} ${shortened(mask(text))}`);
    },
  });
  const job: BuildJob = {
    ...{ engine, clock, buildTimeoutMs: needs.buildTimeoutMs, dockerfile, mask },
    explain: (seen) => needs.thinker.explain({ texts, seen }, signal),
    onRetry: ({ host, what, failedTries, pauseMs }) => {
      log.warn({ registry: mask(host), what, failedTries, pauseMs }, 'registry not reached');
      tell(mask(`The registry ${host} ${what}; it is tried again in ${Math.round(pauseMs / 1000)} s.`), 0, 0);
    },
  };
  let built = await buildWithDeadline(job, signal, request);
  const untried = needsRealValues(built, made) ? Object.keys(made) : [];
  if (untried.length > 0) {
    made = {};
    built = await buildWithDeadline(job, signal, request);
  }

  const images = imagesOf(dockerfile, built.steps);
  const bases = built.image === undefined ? [] : await identify(engine, images, built.image.id, signal);
  const labels = Object.keys(options.labels ?? {});
  const seen = await proveImage(
    {
      claim,
      built,
      bases,
      plan: read.run,
      engine: runner,
      store,
      clock,
      log,
      print,
      isAsked: ({ id }) => policy.rules.get(id) !== 'off',
      look: (imageId) =>
        lookInto(engine, { imageId, dockerfile, declared, sealed, marked, made, untried, labels }, signal),
      accompany: () =>
        bringCompanions(
          {
            ...{ engine, runner, clock, spool: needs.spool, buildTimeoutMs: needs.buildTimeoutMs, registries },
            ...{ buildId: claim.id, services: sealed.services ?? {} },
            startTimeoutMs: (options.startTimeoutSeconds ?? COMPANION_SECONDS) * 1000,
          },
          signal,
        ),
      rebuild: () =>
        rebuild({
          plan: read.rebuild,
          first: built,
          context: read.context,
          newId: () => clock.newId(),
          // The first build has filled the cache, also where it was told not to use it; its progress is over.
          build: (changed) =>
            buildWithDeadline(job, signal, () => ({
              ...request(changed),
              noCache: false,
              onStep: () => undefined,
              onLines: () => undefined,
            })),
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
      production: productionPart({
        dockerfile,
        given: { ...options, ...sealed },
        images: bases,
        imageId: built.image?.id,
        processes: seen.processes,
        stop: seen.stop,
      }),
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

/** The longest line that is kept. */
const LONGEST_LINE = 8000;

function shortened(line: string): string {
  if (line.length <= LONGEST_LINE) return line;
  return `${line.slice(0, LONGEST_LINE).toWellFormed()} … and ${line.length - LONGEST_LINE} more letters`;
}

/** What the engine knows of the images that the build stood on. Throws like `Engine.identify`. */
async function identify(
  engine: Pick<Engine, 'identify'>,
  images: readonly NamedImage[],
  builtId: string,
  signal: AbortSignal,
): Promise<readonly BaseImage[]> {
  const references = images.flatMap(({ askedAs }) => (askedAs === null ? [] : [askedAs]));
  return identified(images, await engine.identify([...references, builtId], signal), builtId);
}
