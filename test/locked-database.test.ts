/** A database that nobody can write for a while: told at once, and nothing that runs is lost. On the engine of a folder, which is quick. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import t from 'tap';
import { Build } from '../src/schemas/build.ts';
import { startService } from './helpers/service.ts';
import { follow } from './helpers/verify.ts';

const folder = t.testdir({});
const service = await startService(
  { DRYDOCK_DATA_DIR: join(folder, 'data'), SOAK_WORLD: join(folder, 'world'), SOAK_CALL_MS: '700' },
  'scripts/soak/service.ts',
);
t.teardown(() => service.stop('SIGKILL'));
const { url } = service;

async function submit(): Promise<Response> {
  return await fetch(`${url}/build-verify?profile=job`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: 'FROM busybox:1.37\n',
  });
}

await t.test('builds that run meanwhile go on, and their ends are written afterwards', async (t) => {
  const builds: Build[] = [];
  for (let n = 0; n < 4; n += 1) builds.push(Build.parse(await (await submit()).json()));
  const rows = new Database(join(folder, 'data', 'drydock.sqlite'));
  rows.exec('begin immediate');
  await sleep(500);
  const begun = performance.now();
  const refused = await submit();
  t.equal(refused.status, 503);
  t.match(await refused.json(), { type: '/problems/storage-unavailable' });
  const health = await fetch(`${url}/health`);
  t.equal(health.status, 503);
  t.match(await health.json(), { status: 'down', database: { status: 'down' } });
  t.ok(performance.now() - begun < 10_000, 'nobody waits for the lock to go');
  t.equal((await fetch(`${url}/build-verify/${builds[3]?.id}`)).status, 200, 'what only reads works');
  // Longer than what runs now takes.
  await sleep(4000);
  rows.exec('rollback');
  rows.close();
  for (const { links } of builds) {
    t.match(await follow(url + links.self), { state: 'passed', attempt: 1 });
  }
  t.match(await (await fetch(`${url}/health`)).json(), { status: 'ok', queue: { queued: 0, running: 0, bytes: 0 } });
});

await t.test('one that follows a log sees that the service stops before the end', async (t) => {
  const { links } = Build.parse(await (await submit()).json());
  const answer = await fetch(url + links.log);
  const reader = answer.body?.getReader();
  t.ok((await reader?.read())?.value !== undefined);
  const begun = performance.now();
  const stopped = service.stop();
  await t.rejects(async () => {
    while ((await reader?.read())?.done === false);
  }, 'it is broken off, and not ended');
  t.equal(await stopped, 0);
  t.ok(performance.now() - begun < 5000, 'and nobody waits for whoever listens');
});
