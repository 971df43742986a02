/**
 * What an analysis over HTTP costs beside the least that a validated route of the same Fastify costs: processor time of the whole
 * server process, all threads, for a Dockerfile of 2 KB that is another one each time.
 *
 * All servers are asked by the same client over connections that are kept, with the same bodies, and answer as many bytes (yardstick.ts);
 * they take turns, so that a busy machine slows them alike, and of all rounds the middle one counts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dockerfileOf } from './dockerfiles.ts';
import { inTurns, median, post, startDrydock, startServed } from './served.ts';
import type { Served } from './served.ts';
import { timeOfSteps } from './steps.ts';

/** Requests under way at a time. */
const AT_A_TIME = 4;

interface Way {
  readonly server: Served;
  readonly path: string;
  readonly store: boolean;
}

/** `npm run bench http -- [--rounds N] [--requests N] [--warm N]` */
export async function run(args: readonly string[]): Promise<object> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '15' },
      requests: { type: 'string', default: '500' },
      warm: { type: 'string', default: '4000' },
    },
  });
  const [rounds, requests] = [Number(values.rounds), Number(values.requests)];
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  const drydock = await startDrydock({
    DRYDOCK_DATA_DIR: folder,
    DOCKER_HOST: 'unix:///nonexistent/docker.sock',
  });
  const yardstick = await startServed('yardstick.ts');
  try {
    const ways = {
      yardstick: { server: yardstick, path: '/plain', store: false },
      'yardstick, answers validated': { server: yardstick, path: '/validated', store: false },
      'store: false': { server: drydock, path: '/analyze', store: false },
      stored: { server: drydock, path: '/analyze', store: true },
    } as const satisfies Record<string, Way>;
    // Its answer is as long as those of the service are in the middle.
    const answers: string[] = [];
    await inTurns(30, 1, async (n) => {
      answers.push((await post(`${drydock.url}/analyze`, JSON_TYPE, bodyOf(n, false))).text());
    });
    const usual = answers.toSorted((one, other) => one.length - other.length)[15] ?? '';
    await post(`${yardstick.url}/answer`, JSON_TYPE, usual);

    const cpu = new Map<string, number[]>();
    const bytes = new Map<string, number>();
    // A service that has run for a while: code that is new to the engine costs several times as much.
    for (const way of Object.values(ways)) await measure(way, rounds * requests, Number(values.warm));
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, way] of Object.entries(ways)) {
        const told = await measure(way, round * requests, requests);
        cpu.set(name, [...(cpu.get(name) ?? []), told.cpuMs]);
        bytes.set(name, told.bytes);
      }
    }
    const ms = (name: keyof typeof ways): number => median(cpu.get(name) ?? []);
    const share = (name: keyof typeof ways, of: keyof typeof ways): number =>
      median((cpu.get(of) ?? []).map((one, round) => one / (cpu.get(name)?.[round] ?? Number.NaN)));
    console.log(`${rounds} rounds of ${requests} requests, ${AT_A_TIME} at a time, node ${process.version}\n`);
    console.log('                              µs of processor   bytes of answer');
    for (const name of Object.keys(ways) as (keyof typeof ways)[]) {
      const cells = [(ms(name) * 1000).toFixed(0).padStart(15), String(Math.round(bytes.get(name) ?? 0)).padStart(17)];
      console.log(`${name.padEnd(30)}${cells.join(' ')}`);
    }
    const result: Record<string, unknown> = {};
    for (const [name, planned] of [
      ['store: false', 33],
      ['stored', 25],
    ] as const) {
      const [plain, validated] = [share(name, 'yardstick'), share(name, 'yardstick, answers validated')];
      console.log(
        `\n${name}: ${percent(plain)} of what the same Fastify does (first plan: ${planned} %); ${percent(validated)} where its answers are validated too`,
      );
      result[name] = { ofYardstick: plain, ofValidated: validated, cpuMs: ms(name) };
    }
    const steps = await timeOfSteps(folder, Math.min(requests, 300), rounds);
    const whole = Object.values(steps).reduce((sum, time) => sum + time, 0);
    console.log('\nof an analysis without HTTP');
    for (const [name, time] of Object.entries(steps))
      console.log(`${name.padEnd(14)}${(time * 1000).toFixed(0).padStart(5)} µs ${percent(time / whole).padStart(6)}`);
    result['steps'] = steps;
    return result;
  } finally {
    await Promise.all([drydock.stop(), yardstick.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };

function bodyOf(n: number, store: boolean): string {
  return JSON.stringify({ dockerfile: dockerfileOf(n), options: { store } });
}

async function measure(
  { server, path, store }: Way,
  first: number,
  requests: number,
): Promise<{ readonly cpuMs: number; readonly bytes: number }> {
  const bodies = Array.from({ length: requests }, (_, n) => bodyOf(first + n, store));
  let bytes = 0;
  const before = await server.usage();
  await inTurns(requests, AT_A_TIME, async (n) => {
    const answer = await post(server.url + path, JSON_TYPE, bodies[n] ?? '');
    bytes += answer.bytes;
  });
  const { cpuMs } = await server.usage();
  return { cpuMs: (cpuMs - before.cpuMs) / requests, bytes: bytes / requests };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
