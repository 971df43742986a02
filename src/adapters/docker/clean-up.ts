/**
 * Removes what builds leave on the engine. Everything is found by label, never by memory, so that it also works after a
 * crash; and it may be repeated, because what is gone already counts as removed.
 */
import { EngineRefusal } from '../../use-cases/errors.ts';
import { z } from 'zod';
import { nothing } from './call.ts';
import type { Client } from './client.ts';
import { BUILD_LABEL, INSTANCE_LABEL, repositoryOf } from './labels.ts';

/** Removing a large image takes an engine with a slow disk longer than an ordinary call. */
const REMOVE_MS = 120_000;

const Labels = z.record(z.string(), z.string()).nullish();
const Containers = z.array(z.object({ Id: z.string(), Labels }));
const Networks = z.array(z.object({ Id: z.string(), Labels }));
const Volumes = z.object({ Volumes: z.array(z.object({ Name: z.string(), Labels })).nullable() });
const Images = z.array(z.object({ Id: z.string(), Labels, RepoTags: z.array(z.string()).nullish() }));
const Attached = z.object({ Containers: z.record(z.string(), z.unknown()).nullish() });

/** Removes everything of one build: containers first, because they hold the rest. Returns how many things. */
export async function removeBuild(client: Client, buildId: string): Promise<number> {
  const label = `${BUILD_LABEL}=${buildId}`;
  // What cannot be removed keeps nothing else from being tried.
  const containers = await Promise.allSettled([removeContainers(client, label)]);
  const rest = await Promise.allSettled([
    removeNetworks(client, label),
    removeVolumes(client, label),
    removeImages(client, buildId),
  ]);
  return sumOf([...containers, ...rest]);
}

/** The same for every build of this installation that is not in `keep`. */
export async function removeOthers(client: Client, keep: readonly string[]): Promise<number> {
  const filters = { label: [`${INSTANCE_LABEL}=${client.instance}`, BUILD_LABEL] };
  const { docker } = client;
  const found = await Promise.all([
    list(client, 'containers', Containers, (abortSignal) => docker.listContainers({ all: true, filters, abortSignal })),
    list(client, 'networks', Networks, (abortSignal) => docker.listNetworks({ filters, abortSignal })),
    list(client, 'volumes', Volumes, (abortSignal) => docker.listVolumes({ filters, abortSignal })).then(
      (answer) => answer.Volumes ?? [],
    ),
    list(client, 'images', Images, (abortSignal) => docker.listImages({ all: true, filters, abortSignal })),
  ]);
  const owners = new Set(found.flat().flatMap(({ Labels: labels }) => labels?.[BUILD_LABEL] ?? []));
  const tries: PromiseSettledResult<number>[] = [];
  for (const owner of owners) {
    if (!keep.includes(owner)) tries.push(...(await Promise.allSettled([removeBuild(client, owner)])));
  }
  return sumOf(tries);
}

/** How many in all. Throws the first failure, when everything has been tried. */
function sumOf(tries: readonly PromiseSettledResult<number>[]): number {
  return tries.reduce((sum, one) => {
    if (one.status === 'rejected') throw one.reason;
    return sum + one.value;
  }, 0);
}

/**
 * Removes the images of a build. An image that somebody else built on top of one of ours has inherited its label, and
 * keeps everything but a tag of ours.
 */
export async function removeImages(client: Client, buildId: string): Promise<number> {
  const { docker } = client;
  const filters = { label: [`${BUILD_LABEL}=${buildId}`] };
  const images = await list(client, 'images', Images, (abortSignal) =>
    docker.listImages({ all: true, filters, abortSignal }),
  );
  const ours = `${repositoryOf(buildId)}:`;
  const names = images.flatMap(({ Id, RepoTags }) => {
    const tags = (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>');
    return tags.every((tag) => tag.startsWith(ours)) ? [Id] : tags.filter((tag) => tag.startsWith(ours));
  });
  return await removeEach(client, 'an image', names, (name, abortSignal) =>
    docker.getImage(name).remove({ force: true, abortSignal }),
  );
}

async function removeContainers(client: Client, label: string): Promise<number> {
  const { docker } = client;
  const filters = { label: [label] };
  const containers = await list(client, 'containers', Containers, (abortSignal) =>
    docker.listContainers({ all: true, filters, abortSignal }),
  );
  const ids = containers.map(({ Id }) => Id);
  // With `v` the anonymous volumes of a VOLUME instruction go too; they carry no label and would never be found again.
  return await removeEach(client, 'a container', ids, (id, abortSignal) =>
    docker.getContainer(id).remove({ force: true, v: true, abortSignal }),
  );
}

async function removeNetworks(client: Client, label: string): Promise<number> {
  const { docker } = client;
  const filters = { label: [label] };
  const networks = await list(client, 'networks', Networks, (abortSignal) =>
    docker.listNetworks({ filters, abortSignal }),
  );
  const ids = networks.map(({ Id }) => Id);
  return await removeEach(client, 'a network', ids, async (id, abortSignal) => {
    // A Drydock that died inside a container is still attached, and the engine removes no network that is in use.
    const { Containers: attached } = Attached.parse(await docker.getNetwork(id).inspect());
    for (const Container of Object.keys(attached ?? {})) {
      await docker.getNetwork(id).disconnect({ Container, Force: true, abortSignal });
    }
    await docker.getNetwork(id).remove({ abortSignal });
  });
}

async function removeVolumes(client: Client, label: string): Promise<number> {
  const { docker } = client;
  const filters = { label: [label] };
  const answer = await list(client, 'volumes', Volumes, (abortSignal) => docker.listVolumes({ filters, abortSignal }));
  const names = (answer.Volumes ?? []).map(({ Name }) => Name);
  return await removeEach(client, 'a volume', names, (name, abortSignal) =>
    docker.getVolume(name).remove({ force: true, abortSignal }),
  );
}

async function list<T>(
  client: Client,
  what: string,
  reads: z.ZodType<T>,
  send: (signal: AbortSignal) => Promise<unknown>,
): Promise<T> {
  return await client.ask({ to: `list ${what}`, reads, signal: undefined }, send);
}

/** It is gone already, or somebody is removing it at this moment: the engine says 404 or, for containers, 409. */
function isGone(error: unknown): boolean {
  return error instanceof EngineRefusal && (error.status === 404 || /already in progress/.test(error.said));
}

/** Tries every one, also after a failure; then throws the first failure. */
async function removeEach(
  client: Client,
  what: string,
  names: readonly string[],
  remove: (name: string, signal: AbortSignal) => Promise<unknown>,
): Promise<number> {
  const tries = await Promise.allSettled(
    names.map((name) =>
      client
        .ask({ to: `remove ${what}`, reads: nothing, signal: undefined, timeoutMs: REMOVE_MS }, (abortSignal) =>
          remove(name, abortSignal),
        )
        .catch((error: unknown) => {
          if (!isGone(error)) throw error;
        }),
    ),
  );
  const failed = tries.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return names.length;
}
