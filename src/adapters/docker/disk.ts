/**
 * The watchdog on what a container writes: its own layer, and its volumes where the engine can tell. The limits of a container know
 * nothing of the disk (a quota needs a file system of a certain kind), and a full disk takes the whole engine down with it.
 *
 * The engine adds a layer up file by file: milliseconds for a few thousand files, and so asked seldom where it takes longer.
 */
import { EngineRefusal } from '../../use-cases/errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { DiskExcess } from '../../core/probes/box.ts';
import { nothing } from './call.ts';
import type { Client } from './client.ts';
import { dialStream } from './dial.ts';

/** How often it is looked at; what is written in between is on the disk before anybody knows. */
const EVERY_MS = 1000;
const SELDOM_MS = 10_000;
/** A look may take this share of the time, so that a layer of a million files does not keep the engine busy. */
const SHARE = 0.05;
/** The engine adds up the volumes of everybody. Where that takes longer, those of this container are not counted. */
const VOLUMES_MS = 2000;
const MOST_ANSWERED = 8 * 1024 * 1024;

const Sized = z.object({
  /** Absent where nothing was written. */
  SizeRw: z.number().nullish(),
  State: z.object({ Running: z.boolean() }),
  Mounts: z.array(z.object({ Type: z.string(), Name: z.string().optional() })).nullish(),
});
const Volumes = z.object({
  Volumes: z.array(z.object({ Name: z.string(), UsageData: z.object({ Size: z.number() }).nullish() })).nullish(),
});

/** A container whose disk is watched. */
export interface DiskWatch {
  /** Looks once more, and tells what was too much; `undefined`: it has kept within the limit. Throws like `Ask`. */
  look(): Promise<DiskExcess | undefined>;
  /** What was too much so far. */
  excess(): DiskExcess | undefined;
  end(): void;
}

/** Begins to watch; what writes more than it may is killed. Ends with the container, with `signal`, or when told. */
export function watchDisk(client: Client, containerId: string, signal: AbortSignal): DiskWatch {
  const { clock, log } = client;
  const ended = new AbortController();
  const over = AbortSignal.any([signal, ended.signal]);
  let excess: DiskExcess | undefined;
  let countsVolumes = true;

  const volumeBytes = async (names: ReadonlySet<string>): Promise<number> => {
    if (names.size === 0 || !countsVolumes) return 0;
    try {
      return await sizeOf(client, names, over);
    } catch (err) {
      if (over.aborted) throw err;
      countsVolumes = false;
      log.warn({ err }, 'size of volumes not told; they are not counted');
      return 0;
    }
  };
  /** `false`: it has ended, or has been ended. */
  const look = async (): Promise<boolean> => {
    const { SizeRw, State, Mounts } = await sized(client, containerId, over);
    const volumes = (Mounts ?? []).flatMap(({ Type, Name }) => (Type === 'volume' && Name !== undefined ? [Name] : []));
    const bytes = (SizeRw ?? 0) + (await volumeBytes(new Set(volumes)));
    if (bytes <= client.maxContainerBytes) return State.Running;
    excess ??= { bytes, limitBytes: client.maxContainerBytes };
    if (State.Running) await kill(client, containerId);
    return false;
  };
  const loop = async (): Promise<void> => {
    let pauseMs = EVERY_MS;
    for (;;) {
      await sleep(pauseMs, undefined, { signal: over });
      const begun = clock.elapsed();
      if (!(await look())) return;
      pauseMs = Math.min(SELDOM_MS, Math.max(EVERY_MS, (clock.elapsed() - begun) / SHARE));
    }
  };
  // An engine that is gone is told by whoever waits for the container; one that was removed needs no watching.
  loop().catch((err: unknown) => {
    if (!over.aborted) log.debug({ err }, 'disk of a container no longer watched');
  });
  return {
    look: async () => {
      await look();
      return excess;
    },
    excess: () => excess,
    end: () => ended.abort(),
  };
}

async function sized(client: Client, containerId: string, signal: AbortSignal): Promise<z.infer<typeof Sized>> {
  return await client.ask({ to: 'tell how much a container wrote', reads: Sized, signal }, (abortSignal) => {
    // In a variable of its own: the types of the library do not know that it takes a signal.
    const options = { size: true, abortSignal };
    return client.docker.getContainer(containerId).inspect(options);
  });
}

async function sizeOf(client: Client, names: ReadonlySet<string>, signal: AbortSignal): Promise<number> {
  const to = 'tell how large volumes are';
  const { Volumes: volumes } = await client.ask({ to, reads: Volumes, signal, timeoutMs: VOLUMES_MS }, async (end) => {
    const query = { type: 'volume' };
    const stream = await dialStream(client.docker, { to, method: 'GET', path: '/system/df?', query, signal: end });
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of stream) {
      if (!Buffer.isBuffer(part)) continue;
      parts.push(part);
      if ((length += part.length) > MOST_ANSWERED) throw new RangeError('The list of volumes is too long.');
    }
    return JSON.parse(Buffer.concat(parts).toString()) as unknown;
  });
  return (volumes ?? []).reduce(
    (sum, { Name, UsageData }) => (names.has(Name) ? sum + Math.max(0, UsageData?.Size ?? 0) : sum),
    0,
  );
}

async function kill(client: Client, containerId: string): Promise<void> {
  await client
    .ask({ to: 'kill a container', reads: nothing, signal: undefined }, (abortSignal) =>
      client.docker.getContainer(containerId).kill({ signal: 'SIGKILL', abortSignal }),
    )
    .catch((error: unknown) => {
      // It has ended in this very moment.
      if (!(error instanceof EngineRefusal)) throw error;
    });
}
