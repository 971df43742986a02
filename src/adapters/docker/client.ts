/**
 * The connection to one engine: dockerode, and the one way in which every other file here asks it something.
 *
 * Answers of an engine are foreign data: each call names the schema it reads, and nothing else of the answer gets in.
 */
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { join } from 'node:path';
import Docker from 'dockerode';
import { AppError, ConfigError } from '../../use-cases/errors.ts';
import type { Clock, Log } from '../../use-cases/ports.ts';
import { makeAsk } from './call.ts';
import type { Ask } from './call.ts';
import type { DockerHost } from './connection.ts';

/** What the files of this folder need of the engine and of the world. */
export interface Client {
  readonly docker: Docker;
  readonly ask: Ask;
  readonly clock: Clock;
  readonly log: Log;
  /** Name of this installation: a label on everything it makes, and the border of what it sweeps. */
  readonly instance: string;
  /** How often the engine is asked for a sign of life during a long build. */
  readonly pulseMs: number;
  /** Most that a container under test may write. */
  readonly maxContainerBytes: number;
  /** Gives up what is under way and lets go of every connection. */
  readonly close: () => void;
}

/** How a client is made. */
export interface ClientOptions {
  readonly host: DockerHost;
  readonly instance: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Deadline of every call that does not name one. */
  readonly callTimeoutMs: number;
  readonly pulseMs: number;
  readonly maxContainerBytes: number;
}

/** Makes a client; nothing is sent yet. Throws Error when a certificate cannot be read. */
export function makeClient(options: ClientOptions): Client {
  const closing = new AbortController();
  // No kept connections: after a restart of the engine the first call over an old one would fail.
  const agent = isSecure(options.host) ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false });
  // In a variable of its own: the types of the library do not know that it hands on an agent.
  const connection = { ...dockerodeOptions(options.host), agent };
  return {
    docker: new Docker(connection),
    ask: makeAsk(options.callTimeoutMs, closing.signal),
    clock: options.clock,
    log: options.log,
    instance: options.instance,
    pulseMs: options.pulseMs,
    maxContainerBytes: options.maxContainerBytes,
    close: () => {
      closing.abort(new AppError('shutting-down', 'Drydock is stopping and has closed its connection to the engine.'));
      agent.destroy();
    },
  };
}

function isSecure(host: DockerHost): boolean {
  return host.kind === 'tcp' && host.tls !== undefined;
}

function dockerodeOptions(host: DockerHost): Docker.DockerOptions {
  // Every field stands here, because dockerode fills each one that is missing from the environment of the process.
  const nothing = { ca: undefined, cert: undefined, key: undefined, timeout: undefined };
  if (host.kind === 'socket') {
    return { ...nothing, socketPath: host.socketPath, host: undefined, port: undefined, protocol: 'http' };
  }
  const { tls } = host;
  return {
    ...nothing,
    socketPath: undefined,
    host: host.host,
    port: host.port,
    protocol: tls === undefined ? 'http' : 'https',
    ...(tls?.certPath === undefined
      ? {}
      : {
          ca: certificate(tls.certPath, 'ca.pem'),
          cert: certificate(tls.certPath, 'cert.pem'),
          key: certificate(tls.certPath, 'key.pem'),
        }),
  };
}

function certificate(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch (cause) {
    throw new ConfigError(
      `DOCKER_CERT_PATH=${folder}: ${name} cannot be read. It must hold ca.pem, cert.pem and key.pem.`,
      {
        cause,
      },
    );
  }
}
