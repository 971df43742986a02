/**
 * However a build ends, nothing of it is there afterwards (no process, no entry in the cache of the builder, nothing with our
 * label), and what belongs to others is untouched. Builds that mean harm, on an engine with a ceiling (test/engine/engine.sh sets
 * it), one after the other; builds whose engine goes away; builds whose service is killed.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import t from 'tap';
import type { Test } from 'tap';
import { z } from 'zod';
import { dockerConnection } from '../src/adapters/docker/connection.ts';
import { Build } from '../src/schemas/build.ts';
import { leftOver } from './adapters/docker/engine-under-test.ts';
import { startService } from './helpers/service.ts';
import { openDoor } from './helpers/engine-door.ts';
import type { Service } from './helpers/service.ts';
import { follow, submit, verify } from './helpers/verify.ts';
import { hostiles } from './twins/building.ts';

const docker = new Docker(dockerConnection(process.env));
const SECONDS = 8;

async function start(t: Test, folder: string, env: Readonly<Record<string, string>> = {}): Promise<Service> {
  const timeouts = { DRYDOCK_BUILD_TIMEOUT_SECONDS: String(SECONDS) };
  const service = await startService({ DRYDOCK_DATA_DIR: folder, ...timeouts, ...env });
  t.teardown(() => service.stop('SIGKILL'));
  return service;
}

const folder = t.testdir({});
const service = await start(t, folder);
const instanceOf = (folder: string): string => readFileSync(join(folder, 'instance'), 'utf8').trim();

/** Things of somebody else, who uses Drydock as well. */
const other = `test-other-${randomUUID()}`;
const Labels = { 'drydock.instance': other, 'drydock.build': other };
await docker.getImage('busybox:1.37').tag({ repo: `drydock/${other}`, tag: 'build' });
await docker.createVolume({ Name: other, Labels });
await docker.createNetwork({ Name: other, Internal: true, Labels });
await docker.createContainer({ name: other, Image: 'busybox:1.37', Cmd: ['true'], Labels });
t.teardown(async () => {
  await docker.getContainer(other).remove({ force: true });
  await docker.getNetwork(other).remove();
  await docker.getVolume(other).remove();
  await docker.getImage(`drydock/${other}:build`).remove();
});

async function isUntouched(): Promise<boolean> {
  const looks = [docker.getContainer(other), docker.getNetwork(other), docker.getVolume(other)];
  const all = await Promise.allSettled(
    [...looks, docker.getImage(`drydock/${other}:build`)].map((one) => one.inspect()),
  );
  return all.every(({ status }) => status === 'fulfilled');
}

/** Processes of this machine, which is the engine's, with that text in their command line. */
function processesWith(marker: string): readonly string[] {
  return readdirSync('/proc').filter((id) => {
    try {
      return (
        /^\d+$/.test(id) && Number(id) !== process.pid && readFileSync(`/proc/${id}/cmdline`, 'latin1').includes(marker)
      );
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

const Cache = z.object({ BuildCache: z.array(z.object({ Description: z.string(), Size: z.number() })).nullable() });

/** What the builder keeps of steps with that text in their command. */
async function cachedOf(marker: string): Promise<readonly string[]> {
  const { BuildCache } = Cache.parse(await docker.df());
  return (BuildCache ?? []).filter(({ Description }) => Description.includes(marker)).map((one) => one.Description);
}

/** That nothing is left of a build and all of others; a process, and what it was mounted on, may take a moment to be gone. */
async function isAsBefore(t: Test, marker: string, folder: string): Promise<void> {
  const end = performance.now() + 10_000;
  const isLeft = async (): Promise<boolean> => processesWith(marker).length > 0 || (await cachedOf(marker)).length > 0;
  while ((await isLeft()) && performance.now() < end) await sleep(100);
  t.same(processesWith(marker), [], 'no process of it is left');
  t.same(await cachedOf(marker), [], 'nothing of it is kept');
  t.same(await leftOver(instanceOf(folder), [marker]), [], 'nothing of it is on the engine');
  t.ok(await isUntouched(), 'what others have is untouched');
}

for (const { name, marker, dockerfile, causes, line, says } of hostiles) {
  await t.test(name, async (t) => {
    const begun = performance.now();
    let isSeen = false;
    const watch = setInterval(() => {
      isSeen ||= processesWith(marker).length > 0;
    }, 100);
    const { build, report } = await verify(service.url, dockerfile, {});
    const seconds = (performance.now() - begun) / 1000;
    clearInterval(watch);
    const { failure } = report.build ?? {};
    t.ok(isSeen, 'it did run');
    t.equal(build.state, 'failed');
    t.ok(failure && causes.includes(failure.cause), JSON.stringify(failure).slice(0, 1000));
    t.match(failure, { line, advice: says });
    t.ok((failure?.log.length ?? 0) <= 20_000);
    t.ok(seconds < SECONDS + 20, `it took ${Math.round(seconds)} s`);
    await isAsBefore(t, marker, folder);
  });
}

/** An endless RUN, under way. */
async function underWay(url: string): Promise<{ readonly address: string; readonly marker: string }> {
  const marker = randomUUID();
  const address = await submit(url, `FROM busybox:1.37\nRUN sleep 600; echo ${marker}\n`);
  while (processesWith(marker).length === 0) await sleep(50);
  return { address, marker };
}

/** Looks until the build is as wanted. */
async function until(address: string, isThere: (build: Build) => boolean): Promise<Build> {
  for (;;) {
    const build = Build.parse(await (await fetch(`${address}?wait=5`)).json());
    if (isThere(build)) return build;
  }
}

await t.test('an engine that goes away in the middle of a build gets it again when it is back', async (t) => {
  const folder = t.testdir({});
  const door = await openDoor(dockerConnection(process.env));
  t.teardown(door.close);
  const { url } = await start(t, folder, { DOCKER_HOST: `unix://${door.path}`, DRYDOCK_BUILD_TIMEOUT_SECONDS: '100' });
  const { address, marker } = await underWay(url);
  door.go();
  t.match(await until(address, ({ state }) => state !== 'building'), { state: 'queued', attempt: 2 });
  await sleep(6000);
  t.match(await until(address, () => true), { state: 'queued', attempt: 2 }, 'nothing is tried without an engine');
  t.match(await (await fetch(`${url}/health`)).json(), { status: 'degraded', engine: { status: 'down' } });
  door.comeBack();
  await until(address, ({ state }) => state === 'building');
  while (processesWith(marker).length === 0) await sleep(50);
  t.equal((await fetch(address, { method: 'DELETE' })).status, 202);
  t.match(await follow(address), { state: 'cancelled', attempt: 2 });
  await isAsBefore(t, marker, folder);
});

await t.test('an engine that goes away while the container runs', async (t) => {
  const folder = t.testdir({});
  const door = await openDoor(dockerConnection(process.env));
  t.teardown(door.close);
  const { url } = await start(t, folder, { DOCKER_HOST: `unix://${door.path}` });
  const marker = randomUUID();
  const dockerfile = `FROM busybox:1.37\nLABEL of=${marker}\nUSER 1001\nCMD ["sleep", "60"]\n`;
  const address = await submit(url, dockerfile, { port: 80, startTimeoutSeconds: 4, stopTimeoutSeconds: 1 });
  await until(address, ({ state, progress }) => state === 'probing' && progress?.phase === 'run');
  await sleep(1500);
  door.go();
  t.match(await until(address, ({ state }) => state !== 'probing'), { state: 'queued', attempt: 2 });
  door.comeBack();
  t.match(await follow(address), { state: 'failed', attempt: 2, verdict: 'not-ready' });
  await isAsBefore(t, marker, folder);
});

await t.test('a service that is killed in the middle of a build', async (t) => {
  const folder = t.testdir({});
  const first = await start(t, folder);
  const { address, marker } = await underWay(first.url);
  await first.stop('SIGKILL');
  await isAsBefore(t, marker, folder);
  const second = await start(t, folder);
  t.match(await follow(address.replace(first.url, second.url)), { state: 'failed', attempt: 2 });
  await isAsBefore(t, marker, folder);
});

await t.test('a build that is made, run and judged', async (t) => {
  const marker = randomUUID();
  const dockerfile = `FROM busybox:1.37\nLABEL of=${marker}\nUSER 1001\nVOLUME /data\nCMD ["sleep", "60"]\n`;
  const options = { port: 80, startTimeoutSeconds: 2, stopTimeoutSeconds: 1 };
  const { report } = await verify(service.url, dockerfile, options);
  t.ok(report.run, 'it ran');
  await isAsBefore(t, marker, folder);
});

await t.test('neighbour: a build that is right leaves its cache, and that would have been seen', async (t) => {
  const marker = randomUUID();
  const { build } = await verify(service.url, `FROM busybox:1.37\nRUN true ${marker}\nRUN exit 3\n`, {});
  t.equal(build.state, 'failed');
  t.equal((await cachedOf(marker)).length, 1);
});
