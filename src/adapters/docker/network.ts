/**
 * The private network of one run: nothing published and, unless egress was asked for, no route out.
 *
 * The container is reached at its own address. On the engine's machine that works as it is. A Drydock that is itself a
 * container of this engine joins the network for as long as it knocks; the network then gets no gateway address, so that
 * the container under test does not reach the engine's machine.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { nothing } from './call.ts';
import type { Client } from './client.ts';
import { labelsOf } from './labels.ts';
import { ownContainer } from './own-container.ts';

/** A network and the way out of it. */
export interface RunNetwork {
  readonly name: string;
  /** Lets a container in that was started elsewhere; it is found under `alias`. Throws like `Ask`. */
  admit(containerId: string, alias: string): Promise<void>;
  /** Lets go of the network, where Drydock joined it. Safe to repeat; logs instead of throwing, because cleaning up does it again. */
  leave(): Promise<void>;
}

/** Engines know bridges without an address of their own since 28.0, which speaks API 1.48. */
const ISOLATED_SINCE = 48;

/** Makes the network of a run; `hasEgress` gives it a way out. Throws like `Ask`. */
export async function openNetwork(
  client: Client,
  { buildId, hasEgress }: { readonly buildId: string; readonly hasEgress: boolean },
  signal: AbortSignal,
): Promise<RunNetwork> {
  const { docker, ask } = client;
  const name = `drydock-${buildId}-${randomUUID().slice(0, 8)}`;
  const self = await ownContainer(client, signal);
  const { id } = await ask(
    { to: 'make a network', reads: z.object({ id: z.string() }), signal },
    async (abortSignal) =>
      await docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        Internal: !hasEgress,
        Labels: labelsOf(client, buildId),
        // Without an address the gateway leads nowhere, so a way out needs one.
        ...(self !== undefined && self.apiMinor >= ISOLATED_SINCE && !hasEgress
          ? { Options: { 'com.docker.network.bridge.gateway_mode_ipv4': 'isolated' } }
          : {}),
        abortSignal,
      }),
  );
  const admit = async (containerId: string, alias: string): Promise<void> => {
    await ask({ to: 'let a container into a network', reads: nothing, signal }, () =>
      docker.getNetwork(id).connect({ Container: containerId, EndpointConfig: { Aliases: [alias] } }),
    );
  };
  if (self === undefined) return { name, admit, leave: async () => undefined };
  await ask({ to: 'join a network', reads: nothing, signal }, () =>
    docker.getNetwork(id).connect({ Container: self.id }),
  );
  let left: Promise<void> | undefined;
  return {
    name,
    admit,
    leave: () => {
      left ??= ask({ to: 'leave a network', reads: nothing, signal: undefined }, (abortSignal) =>
        docker.getNetwork(id).disconnect({ Container: self.id, Force: true, abortSignal }),
      ).then(
        () => undefined,
        (err: unknown) => client.log.warn({ err }, 'network not left'),
      );
      return left;
    },
  };
}
