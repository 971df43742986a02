/**
 * Use case, inner part of verify-image.ts: what the service under test needs beside it, brought up and waited for.
 *
 * The engine is not told to pull: each image is built from a Dockerfile of one line. So the builder fetches it with the logins
 * of the request, host by host, keeps it in its own cache, and what comes out carries the labels by which it is removed.
 */
import { parseDockerfile } from '../core/dockerfile/parse.ts';
import { makeBuildContext } from '../core/context/build-context.ts';
import { explainFailure } from '../core/failure/explain.ts';
import type { FailureSeen } from '../core/failure/types.ts';
import type { BuildFailure } from '../schemas/report.ts';
import type { CompanionService } from '../schemas/options.ts';
import { buildWithDeadline } from './build-image.ts';
import type { CompanionRequest, Companions, Engine, RegistryLogins } from './engine-port.ts';
import type { Runner } from './masked-engine.ts';
import type { Clock, Spool } from './ports.ts';

const PATH = 'Dockerfile';

/** Brings them up. What one of them does wrong is told as a problem; throws like a build. */
export async function bringCompanions(
  job: {
    readonly engine: Pick<Engine, 'build'>;
    readonly runner: Pick<Runner, 'accompany'>;
    readonly clock: Pick<Clock, 'elapsed'>;
    readonly spool: Pick<Spool, 'keepFile' | 'remove'>;
    readonly buildTimeoutMs: number;
    readonly buildId: string;
    /** How long each may take until it is ready. */
    readonly startTimeoutMs: number;
    readonly services: Readonly<Record<string, CompanionService>>;
    readonly registries: RegistryLogins;
  },
  signal: AbortSignal,
): Promise<Companions> {
  const fetched = await Promise.all(
    Object.entries(job.services).map(async ([name, service]): Promise<CompanionRequest | { problem: string }> => {
      const image = await fetchImage(job, service.image, signal);
      if ('problem' in image) {
        return { problem: `the image ${service.image} of the service ${name} could not be had: ${image.problem}` };
      }
      const { env = {}, command, port } = service;
      return { name, imageId: image.id, env, command, port };
    }),
  );
  const requests: CompanionRequest[] = [];
  for (const one of fetched) {
    if ('problem' in one) return one;
    requests.push(one);
  }
  if (requests.length === 0) return { ready: [] };
  const { buildId, startTimeoutMs } = job;
  return await job.runner.accompany({ buildId, companions: requests, startTimeoutMs }, signal);
}

async function fetchImage(
  job: Parameters<typeof bringCompanions>[0],
  name: string,
  signal: AbortSignal,
): Promise<{ readonly id: string } | { readonly problem: string }> {
  const { engine, clock, spool, buildTimeoutMs, buildId, registries } = job;
  const text = `FROM ${name}\n`;
  const context = await spool.keepFile(PATH, Buffer.from(text));
  try {
    const dockerfile = parseDockerfile(text);
    const explain = async (seen: FailureSeen): Promise<BuildFailure> =>
      explainFailure(seen, { dockerfile, context: makeBuildContext({}) });
    const { image, failure } = await buildWithDeadline(
      { engine, clock, buildTimeoutMs, dockerfile, explain },
      signal,
      () => ({
        buildId,
        context: context.tar(() => true, new Map()),
        dockerfile: PATH,
        ...{ target: undefined, platform: undefined, buildArgs: {}, labels: {}, secrets: {} },
        ...{ noCache: false, network: 'none', registries, cacheNamespace: buildId },
        lineOf: () => undefined,
        onStep: () => undefined,
      }),
    );
    return image ?? { problem: failure?.message ?? 'the builder gave no reason' };
  } finally {
    await spool.remove(context.id);
  }
}
