/**
 * Companions: containers that the service under test needs beside it, a database for example. They are strangers' images as well,
 * so they get the same limits and the same kind of network; each run lets them into its own (network.ts).
 */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Companion,
  CompanionProblem,
  CompanionRequest,
  Companions,
  CompanionsRequest,
} from '../../use-cases/engine-port.ts';
import type { Client } from './client.ts';
import { confinedContainer, startContainer } from './container.ts';
import { watchDisk } from './disk.ts';
import { waitForHealth } from './health.ts';
import { imageFacts } from './image.ts';
import { openNetwork } from './network.ts';
import type { RunNetwork } from './network.ts';
import { logTail } from './output.ts';
import { inspect, watchContainer } from './watch.ts';
import type { Watch } from './watch.ts';

/** Where neither a port nor a health check tells, it has to stay up for so long. */
const STAYS_UP_MS = 1000;
const CONNECT_MS = 1000;
const ASK_EVERY_MS = 100;

/** Starts them side by side. Throws the signal's reason, and like `Ask`. */
export async function startCompanions(
  client: Client,
  order: CompanionsRequest,
  signal: AbortSignal,
): Promise<Companions> {
  const network = await openNetwork(client, { buildId: order.buildId, hasEgress: false }, signal);
  try {
    const started = await Promise.all(
      order.companions.map(async (one) => await startCompanion(client, { ...order, ...one }, network, signal)),
    );
    const problem = started.find((one) => 'problem' in one);
    return problem ?? { ready: started.flatMap((one) => ('problem' in one ? [] : [one])) };
  } finally {
    await network.leave();
  }
}

/** What has become of the first that has ended; `undefined`: all still run. Throws like `Ask`. */
export async function lostCompanion(
  client: Client,
  companions: readonly Companion[],
  signal: AbortSignal,
): Promise<CompanionProblem | undefined> {
  const ends = await Promise.all(
    companions.map(async ({ name, id }) => {
      const { State: state } = await inspect(client, id, signal);
      return state.Running ? undefined : await endOf(client, { name, id, exitCode: state.ExitCode }, signal);
    }),
  );
  return ends.find((end) => end !== undefined);
}

type Outcome = Companion | CompanionProblem;

async function startCompanion(
  client: Client,
  wanted: CompanionRequest & CompanionsRequest,
  network: RunNetwork,
  signal: AbortSignal,
): Promise<Outcome> {
  const { name, imageId, command, startTimeoutMs: timeoutMs } = wanted;
  const image = await imageFacts(client, imageId, signal);
  const begun = client.clock.elapsed();
  const specification = {
    ...confinedContainer(client, { ...wanted, image, network: network.name }),
    // A companion may need another by its name, too.
    NetworkingConfig: { EndpointsConfig: { [network.name]: { Aliases: [name] } } },
    ...(command === undefined ? {} : { Cmd: [...command] }),
  };
  const { id, startError } = await startContainer(client, specification, signal);
  if (startError !== undefined) return { problem: `the service ${name} could not be started: ${startError}` };
  // Nobody looks after it later: the watch ends with the container, however that ends.
  watchDisk(client, id, signal);
  const watch = await watchContainer(client, id, signal);
  try {
    const port = wanted.port ?? image.tcpPorts[0];
    const timing = { clock: client.clock, startedAt: begun, timeoutMs };
    const isReady = Promise.all([
      waitForHealth({ ...timing, healthcheck: image.healthcheck, isUp: () => false }, watch),
      port === undefined
        ? sleep(STAYS_UP_MS, true, { signal: watch.over }).catch(() => false)
        : accepts(watch, network.name, port, timeoutMs),
    ]);
    const [health, isUp] = await Promise.race([isReady, watch.failed]);
    signal.throwIfAborted();
    if (watch.died.aborted) {
      return await endOf(client, { name, id, exitCode: watch.now().State.ExitCode }, signal);
    }
    if (!isUp) {
      return { problem: `the service ${name} accepted no connection on port ${port} within ${timeoutMs / 1000} s` };
    }
    if (health.seen === 'unhealthy' || health.seen === 'unseen') {
      return { problem: `the service ${name} did not turn healthy within ${timeoutMs / 1000} s` };
    }
    return { name, id };
  } finally {
    watch.end();
  }
}

async function endOf(
  client: Client,
  { name, id, exitCode }: Companion & { readonly exitCode: number },
  signal: AbortSignal,
): Promise<CompanionProblem> {
  const log = await logTail(client, id, signal);
  return { problem: `the service ${name} ended with exit code ${exitCode}`, log };
}

/** True once somebody accepts a connection on the port; false when the companion ended or its time is over. */
async function accepts(watch: Watch, network: string, port: number, timeoutMs: number): Promise<boolean> {
  const over = AbortSignal.any([watch.over, AbortSignal.timeout(timeoutMs)]);
  while (!over.aborted) {
    const host = watch.now().NetworkSettings.Networks[network]?.IPAddress ?? '';
    if (host !== '' && (await connects(host, port))) return true;
    await sleep(ASK_EVERY_MS, undefined, { signal: over }).catch(() => undefined);
  }
  return false;
}

async function connects(host: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const end = (isConnected: boolean) => (): void => {
      socket.destroy();
      resolve(isConnected);
    };
    socket.once('connect', end(true)).once('timeout', end(false)).once('error', end(false));
  });
}
