/** Making and starting the container under test, with the limits that every one of them has. */
import { z } from 'zod';
import type { RunRequest } from '../../use-cases/ports.ts';
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

/** Makes and starts the container. Throws like `Ask` when it is not the image's doing. */
export async function startContainer(
  client: Client,
  request: RunRequest,
  image: ImageFacts,
  network: string,
  signal: AbortSignal,
): Promise<Started> {
  const { docker, ask } = client;
  let id: string | undefined;
  try {
    const created = await ask({ to: 'make a container', reads: z.object({ id: z.string() }), signal }, (abortSignal) =>
      docker.createContainer({ ...specification(client, request, image, network), abortSignal }),
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

function specification(client: Client, request: RunRequest, image: ImageFacts, network: string) {
  const { variant = {} } = request;
  return {
    Image: request.imageId,
    ...(variant.user === undefined ? {} : { User: variant.user }),
    Env: Object.entries(request.env).map(([name, value]) => `${name}=${value}`),
    Labels: labelsOf(client, request.buildId),
    Tty: false,
    ...(image.healthcheck === undefined
      ? { Healthcheck: { Test: ['NONE'] } }
      : {
          Healthcheck: {
            Test: [...image.healthcheck.test],
            Interval: SECOND_NS,
            Timeout: image.healthcheck.timeoutNs,
            // Nought would mean the image's own, in which the engine asks only every five seconds.
            StartPeriod: SHORTEST_NS,
            Retries: RETRIES,
          },
        }),
    HostConfig: {
      NetworkMode: network,
      Memory: MEMORY_BYTES,
      // The same number: no swap on top.
      MemorySwap: MEMORY_BYTES,
      NanoCpus: SECOND_NS,
      PidsLimit: 256,
      SecurityOpt: ['no-new-privileges'],
      ...(variant.noCapabilities === true ? { CapDrop: ['ALL'] } : {}),
      // Without exec and with a limit, as the platforms that ask for a read-only root mount them.
      ...(variant.readOnlyRoot === true
        ? { ReadonlyRootfs: true, Tmpfs: { '/tmp': 'rw,size=64m', '/run': 'rw,size=16m' } }
        : {}),
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
      RestartPolicy: { Name: 'no' },
      // An engine may be set up to add one, and then the image's own PID 1 would go untested.
      Init: false,
    },
  };
}
