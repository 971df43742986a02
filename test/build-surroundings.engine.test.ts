/** What stands around a build, through the whole service: proxies, certificates, cache mounts of others, registries that are not well. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import Docker from 'dockerode';
import t from 'tap';
import type { Test } from 'tap';
import { z } from 'zod';
import { dockerConnection } from '../src/adapters/docker/connection.ts';
import { withProxies } from '../src/use-cases/build-surroundings.ts';
import type { Report } from '../src/schemas/report.ts';
import { buildOf, engineUnderTest, never } from './adapters/docker/engine-under-test.ts';
import { startService } from './helpers/service.ts';
import type { Service } from './helpers/service.ts';
import { startRegistry } from './helpers/small-registry.ts';
import { follow, submit, verify } from './helpers/verify.ts';

const docker = new Docker(dockerConnection(process.env));
const password = `pw-${randomUUID()}`;

/** A proxy of ten lines, where builds can reach it: answers every address by itself. */
async function startProxy(t: Test): Promise<{ readonly host: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = createServer((request, reply) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
    reply.end('through the proxy\n');
  });
  const Bridge = z.object({ IPAM: z.object({ Config: z.array(z.object({ Gateway: z.string() })).min(1) }) });
  const gateway = Bridge.parse(await docker.getNetwork('bridge').inspect()).IPAM.Config[0]?.Gateway;
  await new Promise<void>((resolve) => server.listen(0, gateway, resolve));
  t.teardown(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return { host: `${gateway}:${address.port}`, asked };
}

async function start(t: Test, env: Readonly<Record<string, string>>): Promise<Service> {
  const service = await startService({
    DRYDOCK_DATA_DIR: env['DRYDOCK_DATA_DIR'] ?? t.testdir({}),
    DRYDOCK_LOG_LEVEL: 'debug',
    ...env,
  });
  t.teardown(() => service.stop('SIGKILL'));
  return service;
}

const logOf = (report: Report, line: number): string | undefined =>
  report.build?.steps.find((step) => step.line === line)?.log;

await t.test(
  'RUN reaches its addresses through the proxy of the operator, whose password is told nowhere',
  async (t) => {
    const proxy = await startProxy(t);
    const service = await start(t, {
      DRYDOCK_BUILD_HTTP_PROXY: `http://ship:${password}@${proxy.host}`,
      DRYDOCK_BUILD_NO_PROXY: 'localhost,.internal',
    });
    const seen: string[] = [];
    const { report } = await verify(
      service.url,
      [
        'FROM busybox',
        `RUN wget -q -O - http://nohost.invalid/${randomUUID()}`,
        'RUN echo "$HTTP_PROXY $http_proxy $no_proxy" | base64; echo "$http_proxy" "$no_proxy"',
        'RUN exit 3',
      ].join('\n'),
      {},
      seen,
    );
    t.equal(logOf(report, 2), 'through the proxy\n');
    t.match(proxy.asked[0], /^http:\/\/nohost\.invalid\//);
    t.match(logOf(report, 3), /\*\*\* localhost,\.internal\n$/);
    t.equal(report.build?.failure?.line, 4);
    await service.stop();
    const pair = Buffer.from(`ship:${password}`).toString('base64');
    for (const secret of [password, pair]) {
      t.notOk(seen.join('\n').includes(secret), 'in no answer');
      t.notOk(service.log().includes(secret), 'in no line of the log');
    }
  },
);

await t.test('the proxy of a request wins over the operator’s', async (t) => {
  const [theirs, mine] = [await startProxy(t), await startProxy(t)];
  const service = await start(t, { DRYDOCK_BUILD_HTTP_PROXY: `http://${theirs.host}` });
  const buildArgs = { http_proxy: `http://u:${password}@${mine.host}` };
  const dockerfile = `FROM busybox\nRUN wget -q -O - http://nohost.invalid/${randomUUID()}\nRUN echo ${password}; exit 3\n`;
  const { report } = await verify(service.url, dockerfile, { buildArgs });
  t.equal(logOf(report, 2), 'through the proxy\n');
  t.equal(logOf(report, 3), '***\n', 'a password in the address is hidden on its own, too');
  t.same([theirs.asked.length, mine.asked.length], [0, 1]);
});

await t.test('a proxy is neither in the image nor in the key of the cache', async (t) => {
  const engine = engineUnderTest();
  t.teardown(async () => {
    await engine.sweep([]);
    engine.close();
  });
  const build = async (host: string): Promise<{ readonly told: string; readonly isCached: boolean }> => {
    const proxies = { HTTP_PROXY: `http://ship:${password}@${host}:3128` };
    const buildArgs = withProxies({}, { proxies, authorities: undefined });
    const { image, steps } = await engine.build(buildOf(`FROM busybox\nRUN echo ${password}\n`, { buildArgs }), never);
    const made = docker.getImage(image?.id ?? '');
    const told = JSON.stringify([await made.inspect(), await made.history()]);
    return { told, isCached: steps.find(({ line }) => line === 2)?.cached === true };
  };
  const first = await build('one.example');
  t.notMatch(first.told, /one\.example|ship:/);
  t.notOk(first.isCached);
  t.ok((await build('two.example')).isCached);
});

await t.test('a RUN may mount the certificates of the operator; they stay out of the image', async (t) => {
  const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  const folder = t.testdir({ 'ca.pem': pem, data: {} });
  const service = await start(t, {
    DRYDOCK_BUILD_CA_FILE: join(folder, 'ca.pem'),
    DRYDOCK_DATA_DIR: join(folder, 'data'),
  });
  const dockerfile = [
    'FROM busybox',
    `RUN --mount=type=secret,id=extra_ca,target=/ca.pem cat /ca.pem # ${randomUUID()}`,
    'RUN ls -A /ca.pem /run/secrets; exit 3',
  ].join('\n');
  const { report } = await verify(service.url, dockerfile, {});
  t.equal(logOf(report, 2), pem);
  const { report: own } = await verify(service.url, dockerfile, {
    secrets: { extra_ca: 'one of the request' },
    // A secret is no part of the cache's key.
    noCache: true,
  });
  t.equal(logOf(own, 2), '***', 'a secret of that name wins');
});

await t.test('cache mounts of one project are invisible to the build of another', async (t) => {
  const service = await start(t, {});
  const id = randomUUID();
  const look = async (mount: string, options: object): Promise<string | undefined> => {
    const run = `RUN --mount=type=cache,id=${mount},target=/c ls /c; touch /c/mine # ${randomUUID()}`;
    const { report } = await verify(
      service.url,
      `FROM busybox\nARG BUILDKIT_CACHE_MOUNT_NS\n${run}\nRUN exit 3\n`,
      options,
    );
    return logOf(report, 3);
  };
  const shop = `shop-${id}`;
  t.equal(await look('deps', { project: shop }), '');
  t.equal(await look('deps', { project: `other-${id}` }), '', 'another project sees nothing');
  t.equal(await look('deps', {}), '', 'nor does a build without a project');
  t.equal(await look('deps', { project: shop }), 'mine\n', 'the same project finds what it left');
  t.equal(await look('api/x', { project: shop }), '');
  t.equal(await look('x', { project: `${shop}/api` }), '', 'a slash in its name leads nowhere');
  for (const space of [shop, `project ${shop}`]) {
    const buildArgs = {
      BUILDKIT_CACHE_MOUNT_NS: space,
      buildkit_cache_mount_ns: space,
      BUILDKIT_SYNTAX: 'x.invalid/y',
    };
    t.equal(
      await look('deps', { project: `evil-${id}`, buildArgs }),
      space === shop ? '' : 'mine\n',
      'nor does an argument',
    );
  }
});

await t.test('a registry that is out of order ends the build as errored, after it was tried again', async (t) => {
  const registry = await startRegistry({ username: 'ship', password });
  t.teardown(() => registry.close());
  const service = await start(t, {});
  const seen: string[] = [];
  const [broken, flaky, gone] = await Promise.all([
    submit(service.url, `FROM ${registry.host}/broken/app\n`).then((address) => follow(address, seen)),
    submit(service.url, `FROM ${registry.host}/flaky/app\nRUN true\n`).then((address) => follow(address)),
    submit(service.url, `FROM ${registry.host}/gone/app\n`).then((address) => follow(address)),
  ]);
  t.match(broken, { state: 'errored', error: /broken\/app:latest .*out of order \(500\)\. It was tried 3 times/ });
  t.match(flaky, { state: 'failed' }, 'it was pulled, and has no shell');
  t.match(gone, { state: 'failed' });
  t.match(seen.join('\n'), /"The registry localhost:\d+ is out of order \(500\); it is tried again in 3 s\."/);
  t.match(service.log(), /"failedTries":2.*"registry not reached"/);
  t.notMatch(service.log(), /broken\/app:latest(?!.*build errored)/, 'the log names the host only');
});
