/** The Docker engine behind the port `Engine`: opens the connection and hands each method to the file that does it. */
import { z } from 'zod';
import { AppError } from '../../use-cases/errors.ts';
import type { Engine } from '../../use-cases/engine-port.ts';
import { boundLog } from '../../use-cases/ports.ts';
import type { Clock, Log } from '../../use-cases/ports.ts';
import { buildImage } from './build.ts';
import { removeBuild, removeOthers } from './clean-up.ts';
import { lostCompanion, startCompanions } from './companions.ts';
import { makeClient } from './client.ts';
import type { Client } from './client.ts';
import type { DockerHost } from './connection.ts';
import { identifyImages } from './identify.ts';
import { runImage } from './run.ts';
import { scanImage } from './scan.ts';

/** The oldest engine whose builder is BuildKit by default. */
const OLDEST = 23;

const Described = z.object({
  Version: z.string().max(100),
  Os: z.string().max(100).optional(),
  Components: z.array(z.object({ Name: z.string().max(200) })).nullish(),
});

/** How to reach an engine, and as whom. */
export interface DockerEngineOptions {
  /** From `dockerConnection`. */
  readonly host: DockerHost;
  /**
   * Name of this installation, the same after every restart. It is a label on everything that is made, and `sweep`
   * removes nothing without it: several installations may share one engine.
   */
  readonly instance: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Deadline of an ordinary call. Default 60 seconds: a loaded engine is slow at making containers. */
  readonly callTimeoutMs?: number;
  /** How often a building engine is asked for a sign of life. Default 15 seconds. */
  readonly pulseMs?: number;
  /** Most that a container under test may write into its own layer and volumes. Default 1 GiB. */
  readonly maxContainerBytes?: number;
}

/**
 * Makes the engine; nothing is sent yet. `close` gives up what is under way and lets go of every connection.
 * Throws Error when a certificate file cannot be read.
 */
export function makeDockerEngine(options: DockerEngineOptions): Engine & { close(): void } {
  const { callTimeoutMs = 60_000, pulseMs = 15_000, maxContainerBytes = 1024 ** 3 } = options;
  const client = makeClient({ ...options, callTimeoutMs, pulseMs, maxContainerBytes });
  const of = (buildId: string): Client => ({ ...client, log: boundLog(client.log, { buildId }) });
  return {
    describe: async (signal) => {
      const {
        Version: version,
        Os: system,
        Components: parts,
      } = await client.ask({ to: 'tell its version', reads: Described, signal }, () => client.docker.version());
      const other = parts?.find(({ Name }) => /podman/i.test(Name))?.Name;
      if (other !== undefined || system === 'windows') {
        throw new AppError(
          'engine-unavailable',
          `The engine is ${other ?? 'one for Windows containers'} ${version}, which has no BuildKit; Drydock needs a Docker engine ${OLDEST} or newer for Linux.`,
        );
      }
      // A development build may have no number at all; it is taken for new.
      if (Number.parseInt(version, 10) < OLDEST) {
        throw new AppError(
          'engine-unavailable',
          `The Docker engine is version ${version}; Drydock needs ${OLDEST} or newer, for its builder.`,
        );
      }
      return { version };
    },
    build: (request, signal) => buildImage(of(request.buildId), request, signal),
    accompany: (request, signal) => startCompanions(of(request.buildId), request, signal),
    lost: (companions, signal) => lostCompanion(client, companions, signal),
    identify: (references, signal) => identifyImages(client, references, signal),
    run: (request, signal) => runImage(of(request.buildId), request, signal),
    scan: (request, signal) => scanImage(client, request, signal),
    cleanUp: async (buildId) => {
      await removeBuild(of(buildId), buildId);
    },
    sweep: (keep) => removeOthers(client, keep),
    close: client.close,
  };
}
