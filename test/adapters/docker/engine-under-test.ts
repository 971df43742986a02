/** What the tests of the Docker adapter share: the engine of the environment, contexts made on the spot, and a look at what is left. */
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import Docker from 'dockerode';
import { pack } from 'tar-stream';
import { dockerConnection } from '../../../src/adapters/docker/connection.ts';
import { makeDockerEngine } from '../../../src/adapters/docker/engine.ts';
import type { DockerEngineOptions } from '../../../src/adapters/docker/engine.ts';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';
import { lineOfStep } from '../../../src/core/dockerfile/build-steps.ts';
import type { Clock, Engine, ImageBuildRequest, Log, RunRequest } from '../../../src/use-cases/ports.ts';

/** Real time; ids as they come. */
export const clock: Clock = {
  now: () => new Date().toISOString(),
  elapsed: () => performance.now(),
  newId: () => randomUUID(),
};

const silent = (): void => undefined;
/** A log that nobody reads. */
export const log: Log = { debug: silent, info: silent, warn: silent, error: silent };

/** Signal of a call that nobody gives up. */
export const never = new AbortController().signal;

/** The engine under test, with an instance name of its own so that files running side by side leave each other alone. */
export function engineUnderTest(more: Partial<DockerEngineOptions> = {}): Engine & { close(): void } {
  return makeDockerEngine({
    host: dockerConnection(process.env),
    instance: `test-${randomUUID()}`,
    log,
    clock,
    ...more,
  });
}

/** The same engine, asked directly, to see what is really there. */
export const direct = new Docker();

/** A context as a plain tar. */
export function contextOf(files: Readonly<Record<string, string>>): Readable {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name, mode: 0o755 }, text);
  tar.finalize();
  return tar;
}

/** A build of a Dockerfile, its steps mapped to its lines. */
export function buildOf(
  dockerfile: string,
  more: Partial<ImageBuildRequest> & { readonly files?: Readonly<Record<string, string>> } = {},
): ImageBuildRequest {
  const { files = {}, ...rest } = more;
  const buildId = rest.buildId ?? clock.newId();
  const parsed = parseDockerfile(dockerfile, rest.target === undefined ? {} : { target: rest.target });
  return {
    buildId,
    context: contextOf({ Dockerfile: dockerfile, ...files }),
    dockerfile: 'Dockerfile',
    target: undefined,
    buildArgs: {},
    cacheNamespace: buildId,
    lineOf: (step) => lineOfStep(parsed, step),
    onStep: () => undefined,
    ...rest,
  };
}

/** A run with short patience. */
export function runOf(buildId: string, imageId: string, more: Partial<RunRequest> = {}): RunRequest {
  return {
    buildId,
    imageId,
    env: {},
    port: undefined,
    healthPaths: ['/health'],
    healthGuessed: false,
    startTimeoutMs: 30_000,
    stopTimeoutMs: undefined,
    ...more,
  };
}

/** Everything on the engine that is not known to be another installation's: ids of containers, networks, volumes, images. */
export async function inventory(instance: string): Promise<ReadonlySet<string>> {
  const [containers, networks, { Volumes: volumes }, images] = await Promise.all([
    direct.listContainers({ all: true }),
    direct.listNetworks(),
    direct.listVolumes(),
    direct.listImages({ all: true }),
  ]);
  const all = [
    ...containers.map(({ Id, Labels }) => ({ id: `container ${Id}`, labels: Labels })),
    ...networks.map(({ Id, Labels }) => ({ id: `network ${Id}`, labels: Labels })),
    ...volumes.map(({ Name, Labels }) => ({ id: `volume ${Name}`, labels: Labels })),
    ...images.map(({ Id, Labels }) => ({ id: `image ${Id}`, labels: Labels })),
  ];
  return new Set(
    all
      // The engine says null where there are none, whatever the library's types say.
      .filter(({ labels }) => [undefined, instance].includes((labels ?? {})['drydock.instance']))
      .map(({ id }) => id),
  );
}

/**
 * What is there now and was not before. Somebody else may be working on the same engine without our labels, and what
 * they make goes away; so it is looked at again before it is called a leak.
 */
export async function leftOver(instance: string, before: ReadonlySet<string>): Promise<readonly string[]> {
  for (let tries = 0; ; tries += 1) {
    const left = [...(await inventory(instance))].filter((id) => !before.has(id));
    if (left.length === 0 || tries >= 30) return left;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
