/**
 * How long the service takes from the start of its process to the first 200 of GET /health/live, beside a bare Fastify with one route
 * (bare-fastify.ts). Both take turns, each on a folder and a port of its own.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from './served.ts';

/** `npm run bench start -- [--rounds N]` */
export async function run(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: 'string', default: '9' } } });
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  const times = { drydock: [] as number[], fastify: [] as number[] };
  try {
    // Round 0 only warms the disk.
    for (let round = 0; round <= Number(values.rounds); round += 1) {
      const ours = await startOf('../../src/main.ts', join(folder, String(round)));
      const bare = await startOf('bare-fastify.ts', folder);
      if (round === 0) continue;
      times.drydock.push(ours);
      times.fastify.push(bare);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const ratio = median(times.drydock.map((one, round) => one / (times.fastify[round] ?? Number.NaN)));
  const [drydockMs, fastifyMs] = [median(times.drydock), median(times.fastify)];
  console.log(
    `start to first answer: ${drydockMs.toFixed(0)} ms, a bare Fastify ${fastifyMs.toFixed(0)} ms: ${ratio.toFixed(2)} times`,
  );
  return { drydockMs, fastifyMs, ratio };
}

async function startOf(program: string, data: string): Promise<number> {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url))], {
    env: {
      ...process.env,
      DRYDOCK_PORT: String(port),
      DRYDOCK_DATA_DIR: data,
      DOCKER_HOST: 'unix:///nonexistent/docker.sock',
    },
    stdio: 'ignore',
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    while (!(await isAlive(port))) {
      if (child.exitCode !== null) throw new Error(`${program} ended with code ${child.exitCode}`);
      await sleep(2);
    }
    return performance.now() - begun;
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

async function isAlive(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    get({ port, host: '127.0.0.1', path: '/health/live', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).once('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
