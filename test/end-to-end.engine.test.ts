/** The service as a process, on the real engine: what is built, run, stopped and proven, and what is left afterwards. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { pack } from 'tar-stream';
import { Build } from '../src/schemas/build.ts';
import { Report } from '../src/schemas/report.ts';
import { dockerConnection } from '../src/adapters/docker/connection.ts';
import { openDoor } from './helpers/engine-door.ts';
import { leftOnEngine } from './helpers/left-on-engine.ts';
import { contextOf, startService } from './helpers/service.ts';
import type { Service } from './helpers/service.ts';

async function start(t: Test, folder: string): Promise<Service> {
  const service = await startService({ DRYDOCK_DATA_DIR: folder });
  t.teardown(() => service.stop('SIGKILL'));
  return service;
}

async function submit(url: string, archive: Buffer, query = ''): Promise<string> {
  const answer = await fetch(`${url}/build-verify${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/gzip' },
    body: new Uint8Array(archive),
  });
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
  const { links } = Build.parse(await answer.json());
  if (answer.headers.get('location') !== links.self) throw new Error('Location and links disagree');
  return `${url}${links.self}`;
}

/** Polls a build to its end; answers every state that was seen, in order. */
async function follow(address: string): Promise<{ states: readonly string[]; build: Build }> {
  const states: string[] = [];
  for (;;) {
    const build = Build.parse(await (await fetch(address)).json());
    if (states.at(-1) !== build.state) states.push(build.state);
    if (build.finishedAt !== null) return { states, build };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function reportOf(address: string): Promise<Report> {
  return Report.parse(await (await fetch(`${address}/report`)).json());
}

function status(report: Report, id: string): string | undefined {
  return report.items.find((item) => item.id === id)?.status;
}

async function archiveOf(dockerfile: string): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: 'Dockerfile' }, dockerfile);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer); // a tar stream yields Buffers
  return Buffer.concat(chunks);
}

t.test('a service is built, run, stopped and judged, in Python and in Node, good and bad', async (t) => {
  const folder = t.testdir({});
  const { url } = await start(t, folder);
  const verify = async (folder: string): Promise<{ states: readonly string[]; build: Build; report: Report }> => {
    const address = await submit(url, await contextOf(folder));
    return { ...(await follow(address)), report: await reportOf(address) };
  };
  // Two at a time is what the service runs; the bad ones take ten seconds each to be killed.
  const [goodPython, badPython, goodNode, badNode] = await Promise.all(
    [
      'examples/python-service',
      'test/fixtures/contexts/python-bad',
      'examples/node-service',
      'test/fixtures/contexts/node-bad',
    ].map(verify),
  );

  for (const [name, good] of Object.entries({ python: goodPython, node: goodNode })) {
    if (good === undefined) throw new Error(name);
    t.equal(
      good.build.state,
      'passed',
      `${name}: ${JSON.stringify(good.report.items.filter((one) => one.status === 'fail'))}`,
    );
    t.equal(good.report.verdict, 'ready');
    for (const id of ['builds-and-starts', 'non-root-user', 'healthcheck', 'signal-handling']) {
      const item = good.report.items.find((one) => one.id === id);
      t.equal(item?.status, 'pass', `${name}: ${id}`);
      t.equal(item?.predicted?.status, 'pass', `${name}: ${id} was predicted`);
      t.equal(item?.proven?.status, 'pass', `${name}: ${id} was proven`);
      t.ok((item?.proven?.evidence.length ?? 0) > 0, `${name}: ${id} has evidence`);
    }
    t.equal(good.report.run?.exitCode, 0, `${name}: it ended with 0`);
    t.ok((good.report.run?.stopSeconds ?? 99) < 10, `${name}: within the grace`);
    t.ok(
      good.report.build?.steps.some((step) => step.line === 1),
      `${name}: steps know their lines`,
    );
  }
  for (const [name, bad] of Object.entries({ python: badPython, node: badNode })) {
    if (bad === undefined) throw new Error(name);
    t.equal(bad.build.state, 'failed', name);
    t.equal(bad.report.verdict, 'not-ready');
    const failing = bad.report.items.filter((item) => item.level === 'required' && item.status === 'fail');
    t.same(
      failing.map((item) => item.id),
      ['non-root-user', 'healthcheck', 'signal-handling'],
      name,
    );
    t.equal(status(bad.report, 'builds-and-starts'), 'pass', `${name}: it runs all the same`);
    t.equal(bad.report.run?.exitCode, 137, `${name}: it had to be killed`);
  }
  t.ok(goodPython?.states.includes('probing'), `states: ${goodPython?.states.join(' → ')}`);
  t.same(await leftOnEngine(folder), [], 'nothing is left on the engine');
});

t.test('a build that fails is a result: the step, its line, its code, its last words', async (t) => {
  const folder = t.testdir({});
  const { url } = await start(t, folder);
  const address = await submit(url, await archiveOf('FROM busybox:1.37\n\nRUN echo "no such thing" >&2; exit 7\n'));
  const { build } = await follow(address);
  t.equal(build.state, 'failed');
  const report = await reportOf(address);
  t.equal(status(report, 'builds-and-starts'), 'fail');
  t.match(report.build?.failure, { line: 3, exitCode: 7, log: /no such thing/ });
  t.equal(
    report.items.find((item) => item.id === 'signal-handling')?.proven?.status,
    'unknown',
    'what was not reached is unknown',
  );
  t.same(await leftOnEngine(folder), [], 'nothing is left on the engine');
});

t.test('a text that no builder reads is a result too', async (t) => {
  const { url } = await start(t, t.testdir({}));
  const address = await submit(url, await archiveOf('FROM busybox:1.37\nINSTALL curl\n'));
  t.equal((await follow(address)).build.state, 'failed');
  t.match((await reportOf(address)).build?.failure, { line: 2 });
});

t.test('a build and its report survive kill -9; a running build runs again, and nothing of it is left', async (t) => {
  const folder = t.testdir({});
  const first = await start(t, folder);
  const done = await submit(first.url, await archiveOf('FROM busybox:1.37\nRUN exit 3\n'));
  await follow(done);
  const report = await reportOf(done);
  const running = await submit(
    first.url,
    await archiveOf('FROM busybox:1.37\nUSER 1001\nCMD ["sleep", "60"]\n'),
    '?port=80&startTimeoutSeconds=3&stopTimeoutSeconds=1',
  );
  while (Build.parse(await (await fetch(running)).json()).state !== 'probing') {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await first.stop('SIGKILL');
  t.not((await leftOnEngine(folder)).length, 0, 'a killed process leaves its container behind');

  const second = await start(t, folder);
  t.same(await reportOf(done.replace(first.url, second.url)), report, 'what had ended is as it was');
  const { build } = await follow(running.replace(first.url, second.url));
  t.equal(build.attempt, 2, 'what was running is tried again');
  t.equal(build.state, 'failed');
  t.same(await leftOnEngine(folder), [], 'nothing is left on the engine');
  t.equal(await second.stop(), 0);
});

t.test(
  'SIGTERM in the middle of a build gives it back, cleans up and ends with 0; the next start finishes it',
  async (t) => {
    const folder = t.testdir({});
    const first = await start(t, folder);
    const address = await submit(
      first.url,
      await archiveOf('FROM busybox:1.37\nRUN sleep 4\nUSER 1001\nCMD ["true"]\n'),
      '?port=80&startTimeoutSeconds=2',
    );
    while (Build.parse(await (await fetch(address)).json()).state !== 'building') {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    t.equal(await first.stop(), 0);
    t.same(await leftOnEngine(folder), [], 'nothing is left on the engine');
    const second = await start(t, folder);
    const { build } = await follow(address.replace(first.url, second.url));
    t.equal(build.attempt, 2);
    t.equal(build.state, 'failed', 'its command ends at once, so it does not stay up');
  },
);

t.test('what is given in confidence is in no answer, no log and no file that is left', async (t) => {
  const folder = t.testdir({});
  const service = await start(t, folder);
  const form = new FormData();
  form.set(
    'options',
    JSON.stringify({
      buildArgs: { TOKEN: 'Kq7vB2xTz9' },
      env: { DB_PASSWORD: 'pW4-gg81-zz' },
      port: 80,
      startTimeoutSeconds: 2,
    }),
  );
  const dockerfile =
    'FROM busybox:1.37\nARG TOKEN\nRUN echo "login with $TOKEN" && sleep 1\nCMD echo "password $DB_PASSWORD"; sleep 1\n';
  form.set('context', new Blob([new Uint8Array(await archiveOf(dockerfile))]), 'context.tar');
  const submitted = await fetch(`${service.url}/build-verify`, { method: 'POST', body: form });
  t.equal(submitted.status, 202);
  const address = `${service.url}${submitted.headers.get('location')}`;

  const told: string[] = [];
  for (let build: Build | undefined; build === undefined || build.finishedAt === null;) {
    const text = await (await fetch(address)).text();
    told.push(text);
    build = Build.parse(JSON.parse(text));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const report = await (await fetch(`${address}/report`)).text();
  t.match(report, /login with \*\*\*/, 'the step was told, masked');
  t.match(report, /password \*\*\*/, 'the log of the container too');
  await service.stop();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  const kept = files.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, 'latin1'));
  for (const [place, texts] of Object.entries({ told, report: [report], log: [service.log()], files: kept })) {
    t.notOk(
      texts.some((text) => /Kq7vB2xTz9|pW4-gg81-zz/.test(text)),
      place,
    );
  }
});

t.test('what could not be removed because the engine was away is removed when it is back', async (t) => {
  const folder = t.testdir({});
  const away = await openDoor(dockerConnection(process.env));
  t.teardown(away.close);
  const data = join(folder, 'data');
  const service = await startService({ DRYDOCK_DATA_DIR: data, DOCKER_HOST: `unix://${away.path}` });
  t.teardown(() => service.stop('SIGKILL'));
  const archive = await archiveOf('FROM busybox:1.37\nUSER 1001\nCMD ["sleep", "60"]\n');
  const address = await submit(service.url, archive, '?port=80&startTimeoutSeconds=30');
  while ((await leftOnEngine(data)).length < 3) await new Promise((resolve) => setTimeout(resolve, 50));

  away.go();
  // It is taken back, and would be run again; whoever does not want that cancels it.
  for (let state = ''; state !== 'queued';) {
    state = Build.parse(await (await fetch(`${address}?wait=5`)).json()).state;
  }
  t.equal((await fetch(address, { method: 'DELETE' })).status, 202);
  t.equal((await follow(address)).build.state, 'cancelled', 'no verdict without an engine');
  t.not((await leftOnEngine(data)).length, 0, 'something was left behind');
  away.comeBack();
  while ((await leftOnEngine(data)).length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
  t.pass('and is gone, without a restart');
  t.equal(await service.stop(), 0);
});
