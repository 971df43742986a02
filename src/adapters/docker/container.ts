/** Making and starting a container, with the limits that every one has that runs a stranger's image. */
import { EngineRefusal } from '../../use-cases/errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { z } from 'zod';
import type { RunRequest } from '../../use-cases/engine-port.ts';
import { nothing } from './call.ts';
import type { Client } from './client.ts';
import type { ImageFacts } from './image.ts';
import { labelsOf } from './labels.ts';

const MEMORY_BYTES = 512 * 1024 * 1024;
const SECOND_NS = 1_000_000_000;
/** The shortest time that the engine takes in a health check. */
const SHORTEST_NS = 1_000_000;
/** Never reached: when to give up is decided here (health.ts), not by the engine. */
const RETRIES = 1_000_000;

/** A container, or why the image could not be started: a fact about the image, not an error. */
export type Started =
  | { readonly id: string; readonly startError: undefined }
  /** `id` is missing when it could not even be made. */
  | { readonly id: string | undefined; readonly startError: string };

/** Makes and starts a container. Throws like `Ask` when it is not the image's doing. */
export async function startContainer(
  client: Client,
  specification: Docker.ContainerCreateOptions,
  signal: AbortSignal,
): Promise<Started> {
  const { docker, ask } = client;
  let id: string | undefined;
  try {
    const created = await ask({ to: 'make a container', reads: z.object({ id: z.string() }), signal }, (abortSignal) =>
      docker.createContainer({ ...specification, abortSignal }),
    );
    id = created.id;
    await startPatiently(client, id, signal);
    return { id, startError: undefined };
  } catch (error) {
    if (!(error instanceof EngineRefusal) || !isOfTheImage(error)) throw error;
    return { id, startError: error.said };
  }
}

/** How often and how far apart an engine is asked again that was short of something. */
const RETRY_AFTER_MS = [500, 2000];

async function startPatiently(client: Client, id: string, signal: AbortSignal): Promise<void> {
  const container = client.docker.getContainer(id);
  for (let tries = 0; ; tries += 1) {
    try {
      await client.ask({ to: 'start a container', reads: nothing, signal }, (abortSignal) =>
        container.start({ abortSignal }),
      );
      return;
    } catch (error) {
      const pauseMs = RETRY_AFTER_MS[tries];
      if (pauseMs === undefined || !(error instanceof EngineRefusal) || !isShortage(error)) throw error;
      await sleep(pauseMs, undefined, { signal });
    }
  }
}

/**
 * The engine's machine had no process, memory or disk left, or lost the helper that was to start the container. It is told with the
 * same status and in the same frame as what the image does wrong, so only its text tells. Measured under a fork bomb next door.
 */
function isShortage({ said }: Pick<EngineRefusal, 'said'>): boolean {
  return /no space left on device|cannot allocate memory|resource temporarily unavailable|can't get final child's PID|pthread_create failed|ttrpc: closed|context deadline exceeded/i.test(
    said,
  );
}

/** A missing program, an unknown user, a working folder that is a file: told with 400 or 500. What is missing on the engine's side is a 404. */
function isOfTheImage(refusal: EngineRefusal): boolean {
  return [400, 500].includes(refusal.status) && !isShortage(refusal);
}

/** The container under test, as `startContainer` wants it told. */
export function underTest(
  client: Pick<Client, 'instance'>,
  request: RunRequest,
  image: ImageFacts,
  network: string,
): Docker.ContainerCreateOptions {
  const { variant = {} } = request;
  const confined = confinedContainer(client, { ...request, image, network });
  return {
    ...confined,
    ...(request.command === undefined ? {} : { Cmd: [...request.command] }),
    ...(variant.user === undefined ? {} : { User: variant.user }),
    HostConfig: {
      ...confined.HostConfig,
      ...(variant.noCapabilities === true ? { CapDrop: ['ALL'] } : {}),
      // Without exec and with a limit, as the platforms that ask for a read-only root mount them.
      ...(variant.readOnlyRoot === true
        ? { ReadonlyRootfs: true, Tmpfs: { '/tmp': 'rw,size=64m', '/run': 'rw,size=16m' } }
        : {}),
    },
  };
}

/** A container of a stranger's image, with the limits that every one of them has and its health check made quick. */
export function confinedContainer(
  client: Pick<Client, 'instance'>,
  about: Pick<RunRequest, 'buildId' | 'imageId' | 'env'> & { readonly image: ImageFacts; readonly network: string },
): Docker.ContainerCreateOptions {
  const { healthcheck } = about.image;
  return {
    Image: about.imageId,
    Env: Object.entries(about.env).map(([name, value]) => `${name}=${value}`),
    Labels: labelsOf(client, about.buildId),
    Tty: false,
    ...(healthcheck === undefined
      ? { Healthcheck: { Test: ['NONE'] } }
      : {
          Healthcheck: {
            Test: [...healthcheck.test],
            Interval: SECOND_NS,
            Timeout: healthcheck.timeoutNs,
            // Nought would mean the image's own, in which the engine asks only every five seconds.
            StartPeriod: SHORTEST_NS,
            Retries: RETRIES,
          },
        }),
    HostConfig: {
      NetworkMode: about.network,
      Memory: MEMORY_BYTES,
      // The same number: no swap on top.
      MemorySwap: MEMORY_BYTES,
      NanoCpus: SECOND_NS,
      PidsLimit: 256,
      SecurityOpt: ['no-new-privileges'],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
      RestartPolicy: { Name: 'no' },
      // An engine may be set up to add one, and then the image's own PID 1 would go untested.
      Init: false,
    },
  };
}
