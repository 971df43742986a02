/**
 * The queue in figures: from submission to start, claims beside ten thousand that wait, a thousand who poll, and a start after a
 * kill. Builds cost nothing here (scripts/soak has the engine), so what is left is the queue's own. Each is a ratio to something that
 * was measured in the same run.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeSealer } from '../../src/adapters/seal/sealer.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { Build } from '../../src/schemas/build.ts';
import type { Store } from '../../src/use-cases/store-port.ts';
import { startService } from '../../test/helpers/service.ts';
import type { Service } from '../../test/helpers/service.ts';
import { at, newBuild } from '../../test/adapters/store/rows.ts';

const MUCH = { builds: 1e6, bytes: 1e15 };
const QUEUED = 10_000;

/** `npm run bench queue` */
export async function run(): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  try {
    const claims = await claimsBesideMany(folder);
    const start = await startLatency(folder);
    const polls = await pollers(folder);
    const recovery = await recoveryTime(folder);
    return { claims, start, polls, recovery };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A claim and the end of that build, beside ten thousand that wait and beside none, in turn. */
async function claimsBesideMany(folder: string): Promise<Readonly<Record<string, number>>> {
  const sealer = makeSealer(Buffer.alloc(32, 1));
  const [many, none] = await Promise.all(
    ['many', 'none'].map((name) => openSqliteStore({ path: join(folder, `${name}.sqlite`), sealer })),
  );
  if (many === undefined || none === undefined) throw new Error('two were opened');
  for (let n = 0; n < QUEUED; n += 1) {
    await many.insertBuild({ ...newBuild(`b${n}`, n), project: `p${n % 100}` }, MUCH);
  }
  const times: { readonly many: number[]; readonly none: number[] } = { many: [], none: [] };
  for (let n = 0; n < 300; n += 1) {
    await none.insertBuild(newBuild(`b${n}`, n), MUCH);
    times.many.push(await timedClaim(many));
    times.none.push(await timedClaim(none));
  }
  await Promise.all([many.close(), none.close()]);
  const [long, short] = [median(times.many), median(times.none)];
  console.log(`a claim beside ${QUEUED} that wait: ${ratio(long, short)} times one beside none (aim: at most 1.5)`);
  return { claimBesideManyMs: long, claimBesideNoneMs: short, ratio: long / short };
}

async function timedClaim(store: Store): Promise<number> {
  const begun = performance.now();
  const claim = await store.claim(at(1));
  const took = performance.now() - begun;
  if (claim === undefined) throw new Error('one waits');
  await store.finish(claim, { state: 'errored', error: '', finishedAt: at(2) });
  return took;
}

/** From the answer to a submission to the start of its build, with nothing else to do, in round trips to an empty route. */
async function startLatency(folder: string): Promise<Readonly<Record<string, number>>> {
  const service = await start(join(folder, 'start'), 0);
  const waits: number[] = [];
  const trips: number[] = [];
  for (let n = 0; n < 200; n += 1) {
    const begun = performance.now();
    await (await fetch(`${service.url}/health/live`)).text();
    trips.push(performance.now() - begun);
    const { id } = await submit(service.url, n);
    let build: Build;
    do {
      await sleep(5);
      build = Build.parse(await (await fetch(`${service.url}/build-verify/${id}`)).json());
    } while (build.finishedAt === null);
    waits.push(Date.parse(build.startedAt ?? '') - Date.parse(build.createdAt));
  }
  await service.stop('SIGKILL');
  const [wait, trip] = [percentile(waits, 0.99), median(trips)];
  console.log(`submission to start, 99th of a hundred: ${ratio(wait, trip)} round trips to an empty route`);
  return { startP99Ms: wait, startMedianMs: median(waits), roundTripMs: trip, ratio: wait / trip };
}

/** A thousand who ask once a second how far a build is, for five seconds; and as many requests to an empty route. */
async function pollers(folder: string): Promise<Readonly<Record<string, number>>> {
  // One that waits: the only worker is busy for a minute.
  const service = await start(join(folder, 'poll'), 60_000);
  for (let n = 0; n < 3; n += 1) await submit(service.url, n);
  const { id } = await submit(service.url, 3);
  const { etag = '' } = (await ask(`${service.url}/build-verify/${id}`, {})).headers;
  const polled = await load(service, `/build-verify/${id}`, { 'if-none-match': etag });
  const empty = await load(service, '/health/live', {});
  await service.stop('SIGKILL');
  console.log(
    `1,000 pollers, once a second: ${Math.round(polled.share304 * 100)} % were answered 304; a poll costs ${ratio(polled.cpuMs, empty.cpuMs)} times the processor time of an empty route`,
  );
  return {
    share304: polled.share304,
    cpuMsPerPoll: polled.cpuMs,
    cpuMsPerEmpty: empty.cpuMs,
    ratio: polled.cpuMs / empty.cpuMs,
  };
}

/** Until it listens, after a kill with builds under way and a thousand that wait; and on an empty folder. */
async function recoveryTime(folder: string): Promise<Readonly<Record<string, number>>> {
  const empty: number[] = [];
  const after: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    const fresh = await start(join(folder, `fresh-${n}`), 0);
    empty.push(fresh.startedMs);
    await fresh.stop('SIGKILL');
    const data = join(folder, `killed-${n}`);
    const first = await start(data, 60_000);
    for (let i = 0; i < 200; i += 1) await submit(first.url, i);
    await first.stop('SIGKILL');
    const second = await start(data, 60_000);
    after.push(second.startedMs);
    await second.stop('SIGKILL');
  }
  const [killed, plain] = [median(after), median(empty)];
  console.log(`a start after a kill, 200 builds in the queue: ${ratio(killed, plain)} times a first start`);
  return { startAfterKillMs: killed, firstStartMs: plain, ratio: killed / plain };
}

interface Started extends Service {
  readonly startedMs: number;
}

async function start(data: string, callMs: number): Promise<Started> {
  mkdirSync(data, { recursive: true });
  const begun = performance.now();
  const env = {
    DRYDOCK_DATA_DIR: data,
    DRYDOCK_QUEUE_LIMIT: '100000',
    SOAK_WORLD: join(data, 'world'),
    SOAK_CALL_MS: String(callMs),
  };
  const service = await startService(env, 'scripts/soak/service.ts');
  return { ...service, startedMs: performance.now() - begun };
}

async function submit(url: string, n: number): Promise<Build> {
  const answer = await fetch(`${url}/build-verify?profile=job`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: `FROM busybox:1.37\nRUN echo ${n}\n`,
  });
  return Build.parse(await answer.json());
}

const agent = new Agent({ keepAlive: true, maxSockets: 100 });

async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders }> {
  return await new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      response.resume().once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    }).once('error', reject);
  });
}

/** Five thousand requests in five seconds; what one costs the service. */
async function load(
  { url, process: { pid } }: Service,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly cpuMs: number; readonly share304: number }> {
  const before = cpuOf(pid ?? 0);
  let unchanged = 0;
  const asked: Promise<void>[] = [];
  for (let tick = 0; tick < 50; tick += 1) {
    for (let n = 0; n < 100; n += 1) {
      asked.push(
        ask(url + path, headers).then(({ status }) => {
          if (status === 304) unchanged += 1;
        }),
      );
    }
    await sleep(100);
  }
  await Promise.all(asked);
  return { cpuMs: (cpuOf(pid ?? 0) - before) / asked.length, share304: unchanged / asked.length };
}

/** Milliseconds of processor time so far. Source: proc(5). */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function ratio(one: number, other: number): string {
  return (one / other).toFixed(2);
}
