/**
 * The data folder goes away beneath the service. What is open then goes on to be written, and is gone with the process: so nothing
 * is taken any more, and health says why. On the engine of a folder, which is quick.
 */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { Build } from '../src/schemas/build.ts';
import { startService } from './helpers/service.ts';
import { follow } from './helpers/verify.ts';

const GONE = /database was removed or replaced in the data folder/;

async function subject(t: Test) {
  const folder = t.testdir({});
  const data = join(folder, 'data');
  const start = async () => {
    const env = { DRYDOCK_DATA_DIR: data, SOAK_WORLD: join(folder, 'world'), SOAK_CALL_MS: '20' };
    const service = await startService(env, 'scripts/soak/service.ts');
    t.teardown(() => service.stop('SIGKILL'));
    return service;
  };
  const service = await start();
  const post = async (path: string, body: string, type = 'text/plain'): Promise<Response> =>
    await fetch(service.url + path, { method: 'POST', headers: { 'content-type': type }, body });
  const submit = () => post('/build-verify?profile=job', 'FROM busybox:1.37\n');
  const health = async (): Promise<{ readonly code: number; readonly told: unknown }> => {
    const answer = await fetch(`${service.url}/health`);
    return { code: answer.status, told: await answer.json() };
  };
  const first = Build.parse(await (await submit()).json());
  await follow(service.url + first.links.self);
  t.match(await health(), { code: 200, told: { status: 'ok' } });
  return { data, aside: join(folder, 'aside'), start, service, post, submit, health, first };
}

await t.test('moved away, nothing is taken and what was stored is told; moved back, all goes on', async (t) => {
  const { data, aside, start, service, post, submit, health, first } = await subject(t);
  renameSync(data, aside);
  t.match(await health(), { code: 503, told: { status: 'down', database: { status: 'down', detail: GONE } } });
  const refusal = { type: '/problems/storage-unavailable', detail: GONE };
  const refused = async (answer: Response): Promise<void> => {
    t.equal(answer.status, 503);
    t.match(await answer.json(), refusal);
    t.equal(answer.headers.get('retry-after'), '60');
  };
  await refused(await submit());
  await refused(await post('/analyze', 'FROM busybox:1.37\n'));
  await refused(await post('/webhooks', '{"url":"http://1.1.1.1/"}', 'application/json'));
  await refused(await fetch(service.url + first.links.self, { method: 'DELETE' }));
  const unstored = JSON.stringify({ dockerfile: 'FROM busybox:1.37\n', options: { store: false } });
  t.equal((await post('/analyze', unstored, 'application/json')).status, 200, 'what nobody asked to keep is answered');
  t.equal((await fetch(service.url + first.links.report)).status, 200, 'and so is what only reads');
  t.notOk(existsSync(data), 'nothing is put in its place');

  renameSync(aside, data);
  t.match(await health(), { code: 200, told: { status: 'ok' } });
  const second = Build.parse(await (await submit()).json());
  t.match(await follow(service.url + second.links.self), { state: 'passed' });
  t.equal(await service.stop(), 0);
  const next = await start();
  for (const { links } of [first, second]) t.equal((await fetch(next.url + links.report)).status, 200, 'none is lost');
});

await t.test('a folder in its place is not taken for it, not even a copy', async (t) => {
  const { data, aside, submit, health } = await subject(t);
  renameSync(data, aside);
  mkdirSync(data);
  t.match(await health(), { code: 503, told: { database: { detail: GONE } } });
  cpSync(aside, data, { recursive: true });
  t.match(await health(), { code: 503, told: { database: { detail: GONE } } });
  t.match(await (await submit()).json(), { detail: GONE });
});

await t.test('the log of the database is a part of it; what else comes and goes is not', async (t) => {
  const { data, submit, health } = await subject(t);
  rmSync(join(data, 'spool'), { recursive: true });
  rmSync(join(data, 'drydock.sqlite-shm'));
  writeFileSync(join(data, 'copy.sqlite'), '');
  t.match(await health(), { code: 200, told: { status: 'ok' } });
  t.equal((await submit()).status, 202);
  renameSync(join(data, 'drydock.sqlite-wal'), join(data, 'aside'));
  t.match(await health(), { code: 503, told: { database: { detail: GONE } } });
  t.match(await (await submit()).json(), { detail: GONE });
});
