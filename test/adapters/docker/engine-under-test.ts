/** What the tests of the Docker adapter share: the engine of the environment, contexts made on the spot, and a look at what is left. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import Docker from 'dockerode';
import { pack } from 'tar-stream';
import { dockerConnection } from '../../../src/adapters/docker/connection.ts';
import { makeDockerEngine } from '../../../src/adapters/docker/engine.ts';
import type { DockerEngineOptions } from '../../../src/adapters/docker/engine.ts';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';
import { lineOfStep } from '../../../src/core/dockerfile/stages/build-steps.ts';
import type { Engine, ImageBuildRequest, Run, RunRequest } from '../../../src/use-cases/engine-port.ts';
import type { Clock, Log } from '../../../src/use-cases/ports.ts';

/** Real time; ids as they come. */
export const clock: Clock = {
  now: () => new Date().toISOString(),
  elapsed: () => performance.now(),
  newId: () => randomUUID(),
};

const silent = (): void => undefined;
/** A log that nobody reads. */
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };

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
function contextOf(files: Readonly<Record<string, string>>): Readable {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name, mode: 0o755 }, text);
  tar.finalize();
  return Readable.from(tar);
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
    platform: undefined,
    buildArgs: {},
    labels: {},
    noCache: false,
    network: 'default',
    secrets: {},
    registries: {},
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

/** Builds, runs, hands over the run, and cleans up whatever came of it. */
export async function withRun(
  engine: Engine,
  dockerfile: string,
  more: Partial<RunRequest> & { readonly files?: Readonly<Record<string, string>> },
  look: (run: Run, buildId: string) => Promise<void>,
): Promise<void> {
  const { files = {}, ...wishes } = more;
  const request = buildOf(dockerfile, { files });
  const built = await engine.build(request, never);
  if (built.image === undefined) throw new Error(built.failure?.message);
  try {
    await look(await engine.run(runOf(request.buildId, built.image.id, wishes), never), request.buildId);
  } finally {
    await engine.cleanUp(request.buildId);
  }
}

/** A small service in Node on port 8000: `/health` answers 200, `/moved` leads there, everything else is 404. `first` runs before it listens. */
export function nodeService(first = ''): Readonly<Record<string, string>> {
  const text = `
    const server = require('node:http').createServer((request, reply) => {
      reply.statusCode = request.url === '/health' ? 200 : request.url === '/moved' ? 302 : 404;
      reply.setHeader('location', '/health');
      reply.end();
    });
    ${first};
    server.listen(8000, () => console.log('listening'));
    process.on('SIGTERM', () => process.exit(0));
  `;
  return { 'server.js': text };
}

/** The Dockerfile of that service, without what `rest` says. */
export function nodeDockerfile(rest: string): string {
  return `FROM node:24-bookworm-slim\nWORKDIR /app\nCOPY server.js .\n${rest}\n`;
}

/**
 * What an installation left on the engine. Others work there too, so a count of everything says nothing: ours is what
 * carries our label and, should an image ever come out without one, what was built by a step with one of the markers.
 */
export async function leftOver(instance: string, markers: readonly string[]): Promise<readonly string[]> {
  const filters = { label: [`drydock.instance=${instance}`] };
  const [containers, networks, { Volumes: volumes }, images, all] = await Promise.all([
    direct.listContainers({ all: true, filters }),
    direct.listNetworks({ filters }),
    direct.listVolumes({ filters }),
    direct.listImages({ all: true, filters }),
    direct.listImages({ all: true }),
  ]);
  const left = [
    ...containers.map(({ Id }) => `container ${Id}`),
    ...networks.map(({ Id }) => `network ${Id}`),
    ...volumes.map(({ Name }) => `volume ${Name}`),
    ...images.map(({ Id }) => `image ${Id}`),
  ];
  for (const { Id } of all) {
    // Somebody else's image may go at any moment.
    const history = JSON.stringify(
      await direct
        .getImage(Id)
        .history()
        .catch(() => []),
    );
    if (markers.some((marker) => history.includes(marker))) left.push(`unmarked image ${Id}`);
  }
  return left;
}
