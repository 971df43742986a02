/**
 * `npm run soak -- [--points 100] [--seed N]`: kills the service (SIGKILL) at random moments, starts it again on the same data folder,
 * and looks in the end whether every build that was accepted has come to exactly one end, and nothing is left of any. Every tenth
 * point is on the real engine (DOCKER_HOST); the others on one whose world is a folder, which is quick. The seed decides what is
 * submitted and when it is killed; how far the service is by then, the machine.
 */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { leftOnEngine } from '../../test/helpers/left-on-engine.ts';
import { leftIn } from './folder-engine.ts';
import { makeHarbour } from './harbour.ts';
import type { Harbour } from './harbour.ts';
import { makeRandom } from './random.ts';
import type { Random } from './random.ts';

const { values } = parseArgs({
  options: { points: { type: 'string', default: '100' }, seed: { type: 'string' } },
});
const points = Number(values.points);
const seed = Number(values.seed ?? randomInt(2 ** 31));
const random = makeRandom(seed);
console.log(`${points} kill points, seed ${seed} (again: npm run soak -- --points ${points} --seed ${seed})`);

const folder = mkdtempSync(join(tmpdir(), 'drydock-soak-'));
const quick = makeHarbour({
  data: join(folder, 'quick'),
  program: 'scripts/soak/service.ts',
  env: { SOAK_WORLD: join(folder, 'world'), SOAK_CALL_MS: '150' },
  left: async () => leftIn(join(folder, 'world')),
});
const real = makeHarbour({
  data: join(folder, 'real'),
  program: 'src/main.ts',
  env: {},
  left: async () => await leftOnEngine(join(folder, 'real')),
});

/** Starts, submits, waits a little, kills. */
async function killPoint(harbour: Harbour, pace: Random, longestMs: number): Promise<void> {
  await harbour.start();
  for (let n = pace.below(4); n >= 0; n -= 1) await harbour.submit(pace);
  // Now and then in the middle of an upload.
  const upload = pace.below(3) === 0 ? harbour.submit(pace) : undefined;
  await pace.pause(longestMs);
  await harbour.kill();
  await upload;
}

const begun = performance.now();
try {
  for (let point = 1; point <= points; point += 1) {
    if (point % 10 === 0) await killPoint(real, random, 5000);
    else await killPoint(quick, random, 600);
    if (point % 10 === 0) console.log(`${point} points after ${Math.round((performance.now() - begun) / 1000)} s`);
  }
  const faults: string[] = [];
  for (const [name, harbour] of [
    ['quick', quick],
    ['real', real],
  ] as const) {
    if (!harbour.wasUsed()) continue;
    const { told, wrong } = await harbour.settle();
    console.log(`${name}: ${told}`);
    faults.push(...wrong.map((one) => `${name}: ${one}`));
  }
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
  else console.log('every accepted build came to one end, and nothing is left');
} finally {
  await Promise.all([quick.kill(), real.kill()]);
  if (process.exitCode === 1) console.error(`what is left to look at: ${folder}`);
  else rmSync(folder, { recursive: true });
}
