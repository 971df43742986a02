/**
 * How fast an image is looked into: the pass over all layers, against the same image saved and read to nowhere. Both take turns
 * on the same engine, and of each the fastest round counts: what is slower was somebody else's doing.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import Docker from 'dockerode';
import { dockerConnection } from '../../src/adapters/docker/connection.ts';
import { makeDockerEngine } from '../../src/adapters/docker/engine.ts';
import type { OwnStep } from '../../src/core/image/own-steps.ts';
import { besideOthers } from './others.ts';

const silent = (): void => undefined;

/** `npm run bench layers -- [--image NAME] [--rounds N]` */
export async function run(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      image: { type: 'string', default: 'node:24-bookworm-slim' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const host = dockerConnection(process.env);
  const docker = new Docker(
    host.kind === 'socket' ? { socketPath: host.socketPath } : { host: host.host, port: host.port },
  );
  const engine = makeDockerEngine({
    host,
    instance: 'bench',
    log: { debug: silent, info: silent, warn: silent, error: silent },
    clock: { now: () => new Date().toISOString(), elapsed: () => performance.now(), newId: () => 'bench' },
  });
  const { signal } = new AbortController();
  // Every layer counts as the Dockerfile's own, so that every file is read: the dearest case.
  const steps: readonly OwnStep[] = (await docker.getImage(values.image).history()).map(() => ({
    keyword: '',
    line: 1,
    takesContext: false,
    names: [],
  }));
  const canaries = [{ name: 'TOKEN', value: 'h7Gt2xQz-not-there' }];
  const ways: Readonly<Record<string, () => Promise<number>>> = {
    'save to nowhere': async () => {
      let bytes = 0;
      // The library hands out a stream of bytes.
      for await (const chunk of await docker.getImage(values.image).get()) bytes += (chunk as Buffer).length;
      return bytes;
    },
    'list the base': async () => told(await engine.scan({ imageId: values.image, steps: [], canaries: [] }, signal)),
    'read every file': async () =>
      told(await engine.scan({ imageId: values.image, steps: steps.map(asCopy), canaries }, signal)),
  };
  const best = new Map<string, number>();
  let saved = 0;
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, way] of Object.entries(ways)) {
      const begun = performance.now();
      const bytes = await way();
      if (name === 'save to nowhere') saved = bytes;
      best.set(name, Math.min(best.get(name) ?? Infinity, performance.now() - begun));
    }
  }
  engine.close();
  const least = best.get('save to nowhere') ?? 1;
  console.log(`${values.image}, ${Math.round(saved / 1e6)} MB as saved, fastest of ${values.rounds} rounds\n`);
  console.log('                         ms      MB/s   of save');
  for (const [name, ms] of best) {
    const cells = [ms.toFixed(0), (saved / 1000 / ms).toFixed(0), `${Math.round((100 * least) / ms)} %`];
    console.log(name.padEnd(18) + cells.map((cell) => cell.padStart(9)).join(' '));
  }
  const ofSave = Object.fromEntries([...best].map(([name, ms]) => [name, least / ms]));
  console.log('\nof save, aim: at least 50 %');
  const ours = best.get('read every file') ?? 0;
  const others = besideOthers(othersOn(values.image), 'read every file', (name, words) => {
    const begun = performance.now();
    spawnSync(name, words, { stdio: 'ignore' });
    return (performance.now() - begun) / ours;
  });
  return { image: values.image, savedBytes: saved, ofSave, ...others };
}

/** Others that look into an image, and how each is asked. */
function othersOn(image: string): Readonly<Record<string, readonly string[]>> {
  return {
    dockle: ['--exit-code', '0', image],
    trivy: ['image', '--quiet', '--scanners', 'secret,misconfig', image],
  };
}

/** So that the layer may be the Dockerfile's. */
function asCopy(step: OwnStep): OwnStep {
  return { ...step, keyword: 'COPY' };
}

function told(image: { readonly seen: string }): number {
  return image.seen.length;
}
