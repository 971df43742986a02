/** Builds that are not wanted any more, on the real engine: cancelled while they wait, build and are proven; nothing is left. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Build } from '../src/schemas/build.ts';
import { leftOnEngine } from './helpers/left-on-engine.ts';
import { startService } from './helpers/service.ts';

const folder = t.testdir({});
const service = await startService({ DRYDOCK_DATA_DIR: folder, DRYDOCK_CONCURRENCY: '1' });
t.teardown(() => service.stop('SIGKILL'));

async function submit(dockerfile: string): Promise<string> {
  const answer = await fetch(`${service.url}/build-verify?port=8000`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: dockerfile,
  });
  return service.url + Build.parse(await answer.json()).links.self;
}

async function look(address: string): Promise<Build> {
  return Build.parse(await (await fetch(address)).json());
}

async function until(address: string, holds: (build: Build) => boolean): Promise<Build> {
  for (;;) {
    const build = await look(address);
    if (holds(build)) return build;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Cancels and waits for the end, which comes long before that of any of these builds. */
async function cancel(address: string): Promise<Build> {
  const begun = performance.now();
  const answer = await fetch(address, { method: 'DELETE' });
  t.equal(answer.status, 202);
  const build = await until(address, ({ finishedAt }) => finishedAt !== null);
  t.comment(`ended ${Math.round(performance.now() - begun)} ms after it was cancelled`);
  return build;
}

const mark = `cancel-${process.pid}`;
const building = `FROM busybox:1.37\nRUN echo ${mark} && sleep 300\n`;
const probing = `FROM busybox:1.37\nLABEL of=${mark}\nUSER 1001\nCMD ["sleep", "300"]\n`;

await t.test('while it builds, with another one waiting behind it', async (t) => {
  const first = await submit(building);
  const second = await submit(building);
  await until(first, ({ progress }) => progress?.step?.includes('sleep 300') === true);
  t.match((await look(second)).state, 'queued');
  const events = fetch(`${first}/events`).then((answer) => answer.text());

  t.match(await cancel(second), { state: 'cancelled', attempt: 1, startedAt: null });
  t.match(await cancel(first), { state: 'cancelled', attempt: 1 });
  t.match(
    [...(await events).matchAll(/^id: (\d+)\nevent: state\ndata: .*"state":"(\w+)"/gm)].map(
      ([, seq, state]) => `${seq} ${state}`,
    ),
    ['1 queued', '2 building', '3 cancelled'],
    'whoever follows it is told, and let go',
  );
  const report = await fetch(`${first}/report`);
  t.equal(report.status, 409);
  t.match(await report.text(), /ended cancelled and has no report/);
  t.same(await leftOnEngine(folder), []);
});

await t.test('while it is proven', async (t) => {
  const address = await submit(probing);
  await until(address, ({ progress }) => progress?.phase === 'run');
  const build = await cancel(address);
  t.equal(build.state, 'cancelled');
  t.equal(build.cancelRequested, undefined);
  t.same(await leftOnEngine(folder), []);
});

await t.test('the next one is built, and an ended one can be removed', async (t) => {
  const address = await submit('FROM nothing:at all\n');
  await until(address, ({ state }) => state === 'failed');
  t.equal((await fetch(address, { method: 'DELETE' })).status, 204);
  t.equal((await fetch(address)).status, 404);
  t.equal((await fetch(address, { method: 'DELETE' })).status, 404);
  // The row says how it ended, and then its upload goes.
  while (readdirSync(join(folder, 'spool')).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  t.pass('no upload is kept');
});
