/** Making and starting a container, with the limits that every one has that runs a stranger's image. */
import type Docker from 'dockerode';
import { z } from 'zod';
import type { RunRequest } from '../../use-cases/engine-port.ts';
import { EngineRefusal, nothing } from './call.ts';
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
    const container = docker.getContainer(id);
    await ask({ to: 'start a container', reads: nothing, signal }, (abortSignal) => container.start({ abortSignal }));
    return { id, startError: undefined };
  } catch (error) {
    if (!(error instanceof EngineRefusal) || !isOfTheImage(error)) throw error;
    return { id, startError: error.said };
  }
}

/**
 * A missing program, an unknown user, a working folder that is a file: the engine tells these with 400 or 500.
 * What is missing on its own side is a 404; only a full disk looks the same and has to be told by its text.
 */
function isOfTheImage(refusal: EngineRefusal): boolean {
  return [400, 500].includes(refusal.status) && !/no space left on device|cannot allocate memory/i.test(refusal.said);
}

/** The container under test, as `startContainer` wants it told. */
export function underTest(
  client: Client,
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
  client: Client,
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
