/** Engines that are not there, die, go mute or talk nonsense: every call ends, and says why. Needs no Docker. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { dockerConnection } from '../../../src/adapters/docker/connection.ts';
import type { DockerHost } from '../../../src/adapters/docker/connection.ts';
import { AppError } from '../../../src/use-cases/errors.ts';
import type { Engine } from '../../../src/use-cases/engine-port.ts';
import { startService } from '../../helpers/service.ts';
import { buildOf, engineUnderTest, never, runOf } from './engine-under-test.ts';

/** Something on a socket that answers as told. */
async function fakeEngine(t: Test, answer: RequestListener, takesSessions = false): Promise<DockerHost> {
  const server = createServer(answer);
  if (takesSessions) {
    server.on('upgrade', (_request, socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    });
  }
  // Not in t.testdir(): the path of a socket may have 107 bytes at most.
  const folder = mkdtempSync(join(tmpdir(), 'drydock-'));
  const socketPath = join(folder, 'e.sock');
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { kind: 'socket', socketPath };
}

/** Goes silent after the head. */
const mute: RequestListener = (_request, reply) =>
  reply.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();

/** Is killed after the head. */
const dying: RequestListener = (request, reply) => {
  reply.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  setTimeout(() => request.socket.destroy(), 20);
};

/** Is well. */
const answer: RequestListener = (_request, reply) => reply.end('{"Version":"28.0.0"}');

/** An engine with little patience. */
function impatient(t: Test, host: DockerHost): Engine & { close(): void } {
  const engine = engineUnderTest({ host, callTimeoutMs: 200, pulseMs: 100 });
  t.teardown(() => engine.close());
  return engine;
}

const calls: readonly (readonly [string, (engine: Engine) => Promise<unknown>])[] = [
  ['describe', (engine) => engine.describe(never)],
  ['build', (engine) => engine.build(buildOf('FROM busybox\n'), never)],
  ['run', (engine) => engine.run(runOf('b', 'i'), never)],
  ['identify', (engine) => engine.identify(['i'], never)],
  ['cleanUp', (engine) => engine.cleanUp('b')],
  ['sweep', (engine) => engine.sweep([])],
];

async function allUnavailable(t: Test, host: DockerHost): Promise<void> {
  const engine = impatient(t, host);
  for (const [name, call] of calls) {
    const error: unknown = await call(engine).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    t.ok(error instanceof AppError && error.code === 'engine-unavailable', `${name} says so`);
    t.match(error, { message: /^The Docker engine .*\.$/ });
    // Its message goes to clients.
    t.notMatch(error, { message: /e\.sock|none\.sock/ }, 'without a path of the machine');
  }
}

await t.test('a socket that does not exist', async (t) => {
  await allUnavailable(t, { kind: 'socket', socketPath: join(t.testdir(), 'none.sock') });
});

await t.test('a port on which nothing listens', async (t) => {
  await allUnavailable(t, { kind: 'tcp', host: '127.0.0.1', port: 1, tls: undefined });
});

await t.test('an engine that takes every question and never answers', async (t) => {
  await allUnavailable(t, await fakeEngine(t, () => undefined));
});

await t.test('an engine that goes mute after the head of its answer', async (t) => {
  await allUnavailable(t, await fakeEngine(t, mute));
});

await t.test('an engine that dies between head and body, where the library never settles', async (t) => {
  await allUnavailable(t, await fakeEngine(t, dying));
});

await t.test('an engine that answers nonsense', async (t) => {
  await allUnavailable(t, await fakeEngine(t, (_request, reply) => reply.end('{"hello": "world"}\n')));
});

await t.test('an engine that refuses everything', async (t) => {
  const host = await fakeEngine(t, (_request, reply) => {
    reply.writeHead(500).end('{"message":"out of /secret/disk"}');
  });
  await allUnavailable(t, host);
  await t.rejects(impatient(t, host).describe(never), { message: /refused \(HTTP 500\)/, status: 500 });
});

await t.test('a build that is silent goes on while its engine lives, and ends when it is given up', async (t) => {
  const paths: string[] = [];
  const host = await fakeEngine(
    t,
    (request, reply) => {
      const path = request.url?.replace(/\?.*$/, '') ?? '';
      paths.push(path);
      request.resume();
      if (path === '/_ping') reply.end('OK');
      else if (path === '/build') reply.writeHead(200).flushHeaders();
      else if (path === '/images/json') reply.end('[]');
      else reply.writeHead(path === '/build/cancel' ? 404 : 500).end('{"message":"no"}');
    },
    true,
  );
  const engine = impatient(t, host);
  const stop = new AbortController();
  const building = engine.build(buildOf('FROM busybox\n'), stop.signal);
  building.catch(() => undefined);
  while (paths.filter((path) => path === '/_ping').length < 3) await new Promise((go) => setTimeout(go, 20));
  stop.abort(new Error('enough'));
  await t.rejects(building, { message: 'enough' });
  t.ok(paths.includes('/build/cancel'), 'the builder was told');
});

await t.test('an engine that is too old is named with its version', async (t) => {
  const host = await fakeEngine(t, (_request, reply) => reply.end('{"Version":"20.10.24+dfsg1"}'));
  await t.rejects(impatient(t, host).describe(never), { code: 'engine-unavailable', message: /20\.10\.24.*23/ });
});

await t.test('an engine without BuildKit is named', async (t) => {
  const podman = await fakeEngine(t, (_request, reply) =>
    reply.end('{"Version":"25.1.0","Os":"linux","Components":[{"Name":"Podman Engine","Version":"25.1.0"}]}'),
  );
  await t.rejects(impatient(t, podman).describe(never), {
    code: 'engine-unavailable',
    message: /Podman Engine 25\.1\.0.*BuildKit/,
  });
  const windows = await fakeEngine(t, (_request, reply) => reply.end('{"Version":"28.0.0","Os":"windows"}'));
  await t.rejects(impatient(t, windows).describe(never), { message: /Windows.*BuildKit/ });
});

await t.test('/health names such an engine, and builds are not taken', async (t) => {
  for (const [version, detail] of [
    ['{"Version":"20.10.24+dfsg1"}', /version 20\.10\.24\+dfsg1; Drydock needs 23 or newer/],
    ['{"Version":"5.4.2","Components":[{"Name":"Podman Engine"}]}', /Podman Engine 5\.4\.2, which has no BuildKit/],
    ['{"Version":"23.0.0","Os":"windows"}', /Windows containers 23\.0\.0, which has no BuildKit/],
    ['{"Version":"23.0.0"}', ''],
  ] as const) {
    const host = await fakeEngine(t, (request, reply) => reply.end(request.url?.endsWith('/version') ? version : '[]'));
    if (host.kind !== 'socket') throw new Error('the engine has no socket');
    const env = { DRYDOCK_DATA_DIR: t.testdir({}), DOCKER_HOST: `unix://${host.socketPath}` };
    const service = await startService(env);
    t.teardown(() => service.stop('SIGKILL'));
    // The sweep of an engine that is new enough is not answered as a real one would, so its version is not asserted.
    const health: unknown = await (await fetch(`${service.url}/health`)).json();
    if (detail === '') t.notMatch(health, { engine: { detail: /BuildKit|newer/ } }, 'neighbour');
    else t.match(health, { status: 'degraded', engine: { status: 'down', version: null, detail } });
    const headers = { 'content-type': 'text/plain' };
    const answer = await fetch(`${service.url}/build-verify`, { method: 'POST', headers, body: 'FROM busybox\n' });
    if (detail !== '') t.match(await answer.json(), { type: '/problems/engine-unavailable', status: 503, detail });
    await service.stop('SIGKILL');
  }
});

await t.test('closing ends what is under way, and what comes later', async (t) => {
  const engine = engineUnderTest({ host: await fakeEngine(t, () => undefined) });
  const describing = engine.describe(never);
  engine.close();
  await t.rejects(describing, { code: 'shutting-down' });
  await t.rejects(engine.describe(never), { code: 'shutting-down' });
});

await t.test('an abort ends a call with the reason of the signal', async (t) => {
  const engine = engineUnderTest({ host: await fakeEngine(t, () => undefined) });
  t.teardown(() => engine.close());
  const stop = new AbortController();
  const describing = engine.describe(stop.signal);
  stop.abort(new Error('deadline'));
  await t.rejects(describing, { message: 'deadline' });
});

await t.test('the address given counts, whatever the environment says; also over TCP', async (t) => {
  const socket = await fakeEngine(t, answer);
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const was = process.env['DOCKER_HOST'];
  process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1';
  try {
    for (const host of [socket, dockerConnection({ DOCKER_HOST: `tcp://127.0.0.1:${port}` })]) {
      t.same(await impatient(t, host).describe(never), { version: '28.0.0' });
    }
  } finally {
    if (was === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = was;
  }
});

await t.test(
  'DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH are read as the docker command reads them',
  async (t) => {
    const usual = { kind: 'socket', socketPath: '/var/run/docker.sock' };
    t.same(dockerConnection({}), usual);
    t.same(dockerConnection({ DOCKER_HOST: ' ' }), usual);
    t.same(dockerConnection({ DOCKER_HOST: 'unix://' }), usual);
    t.same(dockerConnection({ DOCKER_HOST: 'unix:///run/user/1000/docker.sock', DOCKER_TLS_VERIFY: '1' }), {
      kind: 'socket',
      socketPath: '/run/user/1000/docker.sock',
    });
    t.same(dockerConnection({ DOCKER_HOST: 'tcp://10.0.0.5' }), {
      kind: 'tcp',
      host: '10.0.0.5',
      port: 2375,
      tls: undefined,
    });
    t.same(dockerConnection({ DOCKER_HOST: 'tcp://[fd00::5]:1234/', DOCKER_TLS_VERIFY: '' }), {
      kind: 'tcp',
      host: 'fd00::5',
      port: 1234,
      tls: undefined,
    });
    t.same(dockerConnection({ DOCKER_HOST: 'tcp://ship', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' }), {
      kind: 'tcp',
      host: 'ship',
      port: 2376,
      tls: { certPath: '/certs' },
    });
    t.same(dockerConnection({ DOCKER_HOST: 'https://ship:443' }), {
      kind: 'tcp',
      host: 'ship',
      port: 443,
      tls: { certPath: undefined },
    });
    const unusable = [
      'ssh://root@ship',
      'npipe:////./pipe/docker_engine',
      'unix://docker.sock',
      'docker.sock',
      'tcp://',
      'tcp://ship:notaport',
      'tcp://user:word@ship:2375',
      'tcp://ship:2375/prefix',
    ];
    for (const address of unusable)
      t.throws(() => dockerConnection({ DOCKER_HOST: address }), { message: /^DOCKER_HOST/ }, address);
    t.throws(() => dockerConnection({ DOCKER_HOST: 'tcp://ship', DOCKER_TLS_VERIFY: '1' }), {
      message: /DOCKER_CERT_PATH/,
    });
  },
);

await t.test('certificates that cannot be read are told when the engine is made', async (t) => {
  const host = dockerConnection({ DOCKER_HOST: 'tcp://ship', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: t.testdir() });
  t.throws(() => engineUnderTest({ host }), { message: /ca\.pem/ });
});

t.test('an engine that is short of something is asked again, and is never the fault of the image', async (t) => {
  const frame = (why: string): string =>
    `failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${why}`;
  const run = async (why: string): Promise<{ starts: number; told: unknown }> => {
    let starts = 0;
    const host = await fakeEngine(t, (request, reply) => {
      const answer = (status: number, body: object): void => {
        reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
      const url = request.url ?? '';
      if (url.includes('/start')) starts += 1;
      if (url.includes('/start')) answer(500, { message: frame(why) });
      else if (url.includes('/networks/create')) answer(201, { Id: 'n1' });
      else if (url.includes('/containers/create')) answer(201, { Id: 'c1' });
      // Where this runs in a container itself, it is none of this engine.
      else if (url.includes('/containers/')) answer(404, { message: 'no such container' });
      else answer(200, { Config: {} });
    });
    const engine = engineUnderTest({ host });
    t.teardown(() => engine.close());
    const told = await engine.run(runOf('b', 'sha256:1'), never).then(
      async ({ running }) => (await running.state()).startError,
      (error: unknown) => (error instanceof AppError ? error.code : error),
    );
    return { starts, told };
  };
  t.same(await run("can't get final child's PID from pipe: EOF"), { starts: 3, told: 'engine-unavailable' });
  const missing = 'exec: "serve": executable file not found in $PATH';
  t.same(await run(missing), { starts: 1, told: frame(missing) }, 'what the image lacks is told at once');
});
