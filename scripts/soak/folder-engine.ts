/**
 * An engine whose world is a folder, so that it outlives the process that uses it, as a Docker engine does: what a build has made
 * lies in a folder of its own until it is removed. It is quick, never wrong, and remembers whoever builds the same thing twice at once.
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanImage } from '../../src/core/image/example.ts';
import type { RunningBox } from '../../src/core/probes/box.ts';
import type { ClosableEngine } from '../../src/compose.ts';
import type { Run } from '../../src/use-cases/engine-port.ts';

/** Makes the engine of that folder. `longestMs`: each call takes up to so long. */
export function makeFolderEngine(world: string, longestMs: number): ClosableEngine {
  const own = new Set<string>();
  const placeOf = (buildId: string): string => join(world, 'things', buildId);
  mkdirSync(join(world, 'things'), { recursive: true });
  const make = (buildId: string, name: string): void => {
    mkdirSync(placeOf(buildId), { recursive: true });
    writeFileSync(join(placeOf(buildId), name), '');
  };
  const work = async (signal: AbortSignal): Promise<void> => {
    await sleep(Math.random() * longestMs, undefined, { signal });
  };
  return {
    close: () => undefined,
    describe: async () => ({ version: 'folder' }),
    identify: async () => new Map(),
    build: async ({ buildId, context, onStep }, signal) => {
      // The first of two builds of one image, the second after a change, come one after the other.
      if (own.has(buildId)) appendFileSync(join(world, 'faults'), `${buildId} is built twice at once\n`);
      own.add(buildId);
      try {
        for await (const _ of context) signal.throwIfAborted();
        make(buildId, 'image');
        onStep([]);
        await work(signal);
      } finally {
        own.delete(buildId);
      }
      return {
        steps: [],
        warnings: [],
        durationMs: 1,
        image: { id: 'sha256:1', sizeBytes: 1 },
        failure: undefined,
      };
    },
    accompany: async () => ({ ready: [] }),
    lost: async () => undefined,
    run: async ({ buildId, purpose = 'service' }, signal): Promise<Run> => {
      make(buildId, `container-${Math.random()}`);
      await work(signal);
      return {
        running: boxOf(purpose),
        pausing: async ({ name }) => ({ seen: 'unseen', companion: name, reason: 'this engine runs nothing' }),
        stop: async () => ({ seen: 'done', seconds: 0.1 }),
        discard: async () => undefined,
      };
    },
    scan: async (_, signal) => {
      await work(signal);
      return cleanImage;
    },
    cleanUp: async (buildId) => {
      rmSync(placeOf(buildId), { recursive: true, force: true });
    },
    sweep: async (keep) => {
      const others = readdirSync(join(world, 'things')).filter((id) => !keep.includes(id));
      for (const id of others) rmSync(placeOf(id), { recursive: true, force: true });
      return others.length;
    },
  };
}

/** What still lies in the world of an engine, and what it has found wrong. */
export function leftIn(world: string): readonly string[] {
  const faults = existsSync(join(world, 'faults')) ? ['faults: see the file in the folder'] : [];
  return [...readdirSync(join(world, 'things')), ...faults];
}

function boxOf(purpose: 'service' | 'job' | 'cli'): RunningBox {
  const unseen = { seen: 'unseen', reason: 'this engine runs nothing' } as const;
  return {
    purpose: async () => purpose,
    state: async () => ({
      running: false,
      exitCode: 0,
      outOfMemory: false,
      startError: undefined,
      secondsObserved: 0.1,
      logTail: 'done\n',
    }),
    processes: async () => ({ seen: 'user', uid: 1001, user: '1001' }),
    answer: async () => unseen,
    health: async () => unseen,
    sockets: async () => unseen,
    written: async () => ({ seen: 'written', files: [], isCutOff: false, volumes: [] }),
    memory: async () => unseen,
    patience: async () => undefined,
  };
}
