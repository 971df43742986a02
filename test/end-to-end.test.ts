/** The service as a process, without an engine: what it answers, what it refuses, what it leaves on the disk, how it ends. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import t from 'tap';
import type { Test } from 'tap';
import { Problem } from '../src/schemas/problem.ts';
import { Report } from '../src/schemas/report.ts';
import { contextOf, startService } from './helpers/service.ts';
import type { Service } from './helpers/service.ts';

const FIXTURES = 'test/fixtures/contexts';
const NO_ENGINE = 'unix:///nonexistent/docker.sock';

async function start(t: Test, folder: string, env: Record<string, string> = {}): Promise<Service> {
  const service = await startService({ DRYDOCK_DATA_DIR: folder, DOCKER_HOST: NO_ENGINE, ...env });
  t.teardown(() => service.stop('SIGKILL'));
  return service;
}

async function post(url: string, type: string | undefined, body: string | Buffer | FormData): Promise<Response> {
  const headers = type === undefined ? {} : { 'content-type': type };
  return await fetch(url, {
    method: 'POST',
    headers,
    body: typeof body === 'string' || body instanceof FormData ? body : new Uint8Array(body),
  });
}

/** Files in the spool: what an upload left behind. */
function spooled(folder: string): readonly string[] {
  const spool = join(folder, 'spool');
  return existsSync(spool) ? readdirSync(spool) : [];
}

function failing(report: Report): readonly string[] {
  return report.items.filter((item) => item.status === 'fail').map((item) => item.id);
}

t.test('one Dockerfile, sent in each way, gets the same report', async (t) => {
  const folder = t.testdir({});
  const { url } = await start(t, folder);
  const dockerfile = readFileSync(`${FIXTURES}/basic/Dockerfile`, 'utf8');
  const ignore = readFileSync(`${FIXTURES}/basic/.dockerignore`, 'utf8');
  const archive = await contextOf(`${FIXTURES}/basic`);

  const form = new FormData();
  form.set('dockerfile', dockerfile);
  form.set('dockerignore', ignore);
  const withContext = new FormData();
  withContext.set('options', JSON.stringify({ project: 'shop/api' }));
  withContext.set('context', new Blob([new Uint8Array(archive)]), 'context.tgz');

  const answers = {
    text: await post(`${url}/analyze`, 'text/plain', dockerfile),
    json: await post(`${url}/analyze`, 'application/json', JSON.stringify({ dockerfile })),
    form: await post(`${url}/analyze`, undefined, form),
    archive: await post(`${url}/analyze`, 'application/gzip', archive),
    formWithContext: await post(`${url}/analyze`, undefined, withContext),
  };
  const reports: Record<string, Report> = {};
  for (const [way, answer] of Object.entries(answers)) {
    t.equal(answer.status, 200, way);
    const report = Report.parse(await answer.json());
    reports[way] = report;
    t.equal(report.items.length, 20, `${way}: all twenty items`);
    t.same(failing(report), ['non-root-user', 'healthcheck'], way);
    t.equal(report.verdict, 'not-ready');
  }
  const context = (report: Report | undefined): string | undefined =>
    report?.items.find((item) => item.id === 'context-excludes')?.status;
  t.equal(context(reports['text']), 'unknown', 'nothing is known of a context that was not sent');
  t.equal(context(reports['archive']), 'pass');
  t.equal(reports['formWithContext']?.project, 'shop/api');
  t.same(spooled(folder), [], 'nothing of an upload is kept');
});

t.test('an empty Dockerfile is a valid question, and does not build', async (t) => {
  const { url } = await start(t, t.testdir({}));
  const answer = await post(`${url}/analyze`, 'application/json', JSON.stringify({ dockerfile: '' }));
  t.equal(answer.status, 200);
  t.ok(failing(Report.parse(await answer.json())).includes('builds-and-starts'));
});

t.test('bad input gets a problem that says what to do, and leaves nothing', async (t) => {
  const folder = t.testdir({});
  const { url } = await start(t, folder, { DRYDOCK_MAX_DOCKERFILE_BYTES: '4096' });
  const good = await contextOf(`${FIXTURES}/basic`);
  const climbing = pack();
  climbing.entry({ name: '../../etc/passwd' }, 'x');
  climbing.finalize();
  const climber: Buffer[] = [];
  for await (const chunk of climbing) climber.push(chunk as Buffer); // a tar stream yields Buffers

  const cases: Record<string, [Promise<Response>, string, number]> = {
    'unknown JSON field': [
      post(`${url}/analyze`, 'application/json', '{"dockerfile":"FROM a","x":1}'),
      'body-invalid',
      400,
    ],
    'broken JSON': [post(`${url}/analyze`, 'application/json', '{"dockerfile"'), 'body-invalid', 400],
    'empty body': [post(`${url}/analyze`, 'text/plain', ''), 'body-empty', 400],
    'NUL bytes': [post(`${url}/analyze`, 'text/plain', 'FROM a\0b'), 'dockerfile-not-text', 400],
    'NUL in JSON': [
      post(`${url}/analyze`, 'application/json', '{"dockerfile":"FROM a\\u0000b"}'),
      'dockerfile-not-text',
      400,
    ],
    'a large Dockerfile': [post(`${url}/analyze`, 'text/plain', 'a'.repeat(5000)), 'dockerfile-too-large', 413],
    'a large Dockerfile in JSON': [
      post(`${url}/analyze`, 'application/json', JSON.stringify({ dockerfile: 'a'.repeat(5000) })),
      'dockerfile-too-large',
      413,
    ],
    'a truncated archive': [
      post(`${url}/analyze`, 'application/gzip', good.subarray(0, good.length >> 1)),
      'archive-broken',
      400,
    ],
    'no archive at all': [post(`${url}/analyze`, 'application/x-tar', 'hello'), 'archive-broken', 400],
    'a path that climbs out': [
      post(`${url}/analyze`, 'application/x-tar', Buffer.concat(climber)),
      'archive-unsafe',
      422,
    ],
    'an unknown analysis': [fetch(`${url}/analyze/01990000-0000-7000-8000-000000000000`), 'not-found', 404],
    'an unknown build': [fetch(`${url}/build-verify/01990000-0000-7000-8000-000000000000`), 'not-found', 404],
    'an unknown address': [fetch(`${url}/nowhere`), 'not-found', 404],
    'a content type that nobody reads': [post(`${url}/analyze`, 'image/png', 'x'), 'media-type-unsupported', 415],
    'curl without a content type': [
      post(`${url}/analyze`, 'application/x-www-form-urlencoded', 'FROM a'),
      'media-type-unsupported',
      415,
    ],
  };
  for (const [name, [sent, code, status]] of Object.entries(cases)) {
    const answer = await sent;
    t.equal(answer.status, status, name);
    t.match(answer.headers.get('content-type'), /^application\/problem\+json/, name);
    const problem = Problem.parse(await answer.json());
    t.equal(problem.type, `/problems/${code}`, name);
    t.ok(problem.detail.length > 20, `${name}: ${problem.detail}`);
  }
  t.same(spooled(folder), [], 'nothing is left of what was refused');
});

t.test('without an engine it says so, and how to get one', async (t) => {
  const { url } = await start(t, t.testdir({}));
  const health = await fetch(`${url}/health`);
  t.equal(health.status, 200);
  t.match(await health.json(), { status: 'degraded', engine: { status: 'down', version: null } });
  const answer = await post(`${url}/build-verify`, 'application/gzip', await contextOf(`${FIXTURES}/basic`));
  t.equal(answer.status, 503);
  const problem = Problem.parse(await answer.json());
  t.equal(problem.type, '/problems/engine-unavailable');
  t.match(problem.detail, /Start a Docker engine .* or point DOCKER_HOST at one/);
});

t.test('an analysis survives a restart', async (t) => {
  const folder = t.testdir({});
  const first = await start(t, folder);
  const made = await post(`${first.url}/analyze`, 'text/plain', 'FROM busybox\n');
  const report = await made.json();
  t.equal(await first.stop(), 0);
  const second = await start(t, folder);
  const again = await fetch(`${second.url}${made.headers.get('location')}`);
  t.equal(again.status, 200);
  t.same(await again.json(), report);
});

t.test('SIGTERM lets a running request finish, takes no new one, and ends with 0', async (t) => {
  const service = await start(t, t.testdir({}));
  const { hostname, port } = new URL(service.url);
  const slow = request({ hostname, port, path: '/analyze', method: 'POST', headers: { 'content-type': 'text/plain' } });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    slow.once('response', (answer) => resolve(answer.resume().statusCode));
    slow.once('error', reject);
  });
  slow.write('FROM busybox:1.37\n');
  await fetch(`${service.url}/health/live`);
  const ended = service.stop();
  while (!service.log().includes('"stopping"')) await new Promise((resolve) => setTimeout(resolve, 20));
  await t.rejects(fetch(`${service.url}/health/live`), 'nothing new is taken');
  slow.end('CMD ["true"]\n');
  t.equal(await answered, 200, 'what had begun is answered');
  t.equal(await ended, 0);
});

t.test('beyond loopback it refuses to start without tokens, and with them asks for one', async (t) => {
  const folder = t.testdir({ tokens: `ci ${'t'.repeat(40)}\n` });
  await t.rejects(
    startService({ DRYDOCK_DATA_DIR: join(folder, 'a'), DOCKER_HOST: NO_ENGINE, DRYDOCK_HOST: '0.0.0.0' }),
    /ended with code 1: drydock: DRYDOCK_HOST=0\.0\.0\.0 .* DRYDOCK_TOKENS_FILE/,
  );
  const { url } = await start(t, join(folder, 'b'), {
    DRYDOCK_HOST: '0.0.0.0',
    DRYDOCK_TOKENS_FILE: join(folder, 'tokens'),
  });
  const local = url.replace('0.0.0.0', '127.0.0.1');
  const refused = await post(`${local}/analyze`, 'text/plain', 'FROM a\n');
  t.equal(refused.status, 401);
  t.equal(Problem.parse(await refused.json()).type, '/problems/unauthorized');
  const headers = { authorization: `Bearer ${'t'.repeat(40)}`, 'content-type': 'text/plain' };
  t.equal((await fetch(`${local}/analyze`, { method: 'POST', headers, body: 'FROM a:1\n' })).status, 200);
  t.equal((await fetch(`${local}/health`)).status, 200, 'health needs none');
});

t.test('a second Drydock on the same data folder says so and leaves the first alone', async (t) => {
  const folder = t.testdir({});
  const first = await start(t, folder);
  await t.rejects(
    startService({ DRYDOCK_DATA_DIR: folder, DOCKER_HOST: NO_ENGINE }),
    /ended with code 1: drydock: Another Drydock uses the data folder .* DRYDOCK_DATA_DIR/,
  );
  t.equal((await fetch(`${first.url}/health`)).status, 200);
  await first.stop('SIGKILL');
  await start(t, folder);
});

t.test('what the operator has to mend is one sentence that names the variable', async (t) => {
  const folder = t.testdir({ file: '' });
  const { url } = await start(t, join(folder, 'a'));
  const mistakes: readonly [Record<string, string>, RegExp][] = [
    [{ DRYDOCK_PORT: new URL(url).port }, /drydock: 127\.0\.0\.1, port \d+, is taken .* DRYDOCK_PORT/],
    [
      { DRYDOCK_TOKENS_FILE: '/nonexistent/tokens' },
      /drydock: DRYDOCK_TOKENS_FILE=\/nonexistent\/tokens cannot be used/,
    ],
    [{ DRYDOCK_DATA_DIR: join(folder, 'file') }, /drydock: DRYDOCK_DATA_DIR=.* cannot be used/],
    [{ DOCKER_HOST: 'ssh://elsewhere' }, /drydock: DOCKER_HOST=ssh:\/\/elsewhere/],
    [
      { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nonexistent' },
      /drydock: DOCKER_CERT_PATH=\/nonexistent/,
    ],
  ];
  for (const [index, [env, sentence]] of mistakes.entries()) {
    const started = startService({ DRYDOCK_DATA_DIR: join(folder, `b${index}`), DOCKER_HOST: NO_ENGINE, ...env });
    const error: unknown = await started.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const said = error instanceof Error ? error.message : '';
    t.match(said, sentence);
    t.notMatch(said, /\n\s+at /, 'no stack');
  }
});

t.test('a client that stalls does not keep the service from ending with 0', async (t) => {
  const folder = t.testdir({});
  const service = await start(t, folder);
  const { hostname, port } = new URL(service.url);
  const stalled = request({
    hostname,
    port,
    path: '/analyze',
    method: 'POST',
    headers: { 'content-type': 'application/gzip', 'content-length': '100000' },
  });
  const cut = new Promise((resolve) => stalled.once('error', resolve));
  // Enough to tell a gzip from a zip, and no more.
  stalled.write(Buffer.from([0x1f, 0x8b, 8, 0]));
  while (spooled(folder).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal(await service.stop(), 0);
  await cut;
  await start(t, folder);
  t.same(spooled(folder), [], 'the next start removes what was left of its upload');
});

t.test('an ignore file that cannot be read is never taken for none', async (t) => {
  const folder = t.testdir({});
  const { url } = await start(t, folder, { DRYDOCK_MAX_DOCKERFILE_BYTES: '4096' });
  const send = async (ignore: (archive: ReturnType<typeof pack>) => void): Promise<Response> => {
    const archive = pack();
    archive.entry({ name: 'Dockerfile' }, 'FROM busybox:1.37\nCOPY . /app\n');
    archive.entry({ name: '.env' }, 'SECRET=1\n');
    ignore(archive);
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(chunk as Buffer); // a tar stream yields Buffers
    return await post(`${url}/analyze`, 'application/x-tar', Buffer.concat(chunks));
  };
  const linked = await send((archive) => {
    archive.entry({ name: 'docker.ignore' }, '.env\n');
    archive.entry({ name: '.dockerignore', type: 'symlink', linkname: 'docker.ignore' });
  });
  t.equal(linked.status, 200);
  t.notOk(failing(Report.parse(await linked.json())).includes('context-excludes'), 'a link is followed');

  const refusals = {
    'a link out of the archive': await send((archive) =>
      archive.entry({ name: '.dockerignore', type: 'symlink', linkname: '/etc/hostname' }),
    ),
    'a large one': await send((archive) => archive.entry({ name: '.dockerignore' }, '# x\n'.repeat(2000))),
  };
  for (const [name, answer] of Object.entries(refusals)) {
    t.equal(answer.status, 422, name);
    t.equal(Problem.parse(await answer.json()).type, '/problems/dockerignore-unreadable', name);
  }
});
