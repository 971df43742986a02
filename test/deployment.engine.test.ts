/** Dockerfile.prod builds, and what it builds keeps its word: no tokens, no service. Then as compose.yaml brings it up. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Test } from 'tap';
import { pack } from 'tar-stream';
import { parse } from 'yaml';
import { z } from 'zod';
import { dockerConnection } from '../src/adapters/docker/connection.ts';
import { Build } from '../src/schemas/build.ts';
import { Report } from '../src/schemas/report.ts';
import { parseIgnoreFile } from '../src/core/context/ignore.ts';
import { buildOf, direct, engineUnderTest, never, runOf } from './adapters/docker/engine-under-test.ts';

t.test(
  'our own image builds from what git tracks, runs without root, rights and a writable root, and refuses to be open to everybody',
  async (t) => {
    const engine = engineUnderTest();
    t.teardown(() => engine.close());
    const ignore = parseIgnoreFile(readFileSync('.dockerignore', 'utf8'), '.dockerignore');
    const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      encoding: 'utf8',
    });
    const context = pack();
    for (const path of tracked.split('\0').filter((one) => one !== '' && !ignore.excludes(one))) {
      context.entry({ name: path }, readFileSync(path));
    }
    context.entry({ name: 'Dockerfile.prod' }, readFileSync('Dockerfile.prod'));
    context.finalize();

    const request = buildOf(readFileSync('Dockerfile.prod', 'utf8'), {
      context: Readable.from(context),
      dockerfile: 'Dockerfile.prod',
    });
    t.teardown(() => engine.cleanUp(request.buildId));
    const built = await engine.build(request, never);
    t.equal(built.failure, undefined, built.failure?.log ?? 'it builds');
    if (built.image === undefined) throw new Error('no image');

    const open = await engine.run(runOf(request.buildId, built.image.id), never);
    const state = await open.running.state();
    t.match(state, { running: false, exitCode: 1, logTail: /DRYDOCK_HOST=0\.0\.0\.0 .* DRYDOCK_TOKENS_FILE/ });
    t.notMatch(state.logTail, /\n\s+at /, 'it says so in a sentence');

    const inside = await engine.run(
      runOf(request.buildId, built.image.id, {
        env: { DRYDOCK_HOST: '127.0.0.1' },
        startTimeoutMs: 20_000,
        healthGuessed: true,
      }),
      never,
    );
    t.match(await inside.running.health(), { seen: 'healthy' }, 'its own health check finds it well');
    const seen = await inside.running.processes();
    t.same(seen.seen === 'processes' ? seen.processes.map((one) => one.uid) : seen, [1001], 'one process, not root');
    t.match(await inside.stop(), { seen: 'stop', signal: 'SIGTERM', exitCode: 0, killed: false });
    await t.test('as compose.yaml brings it up, it builds and proves on the engine that it is a container of', (t) =>
      broughtUp(t, built.image?.id ?? '', request.buildId),
    );
  },
);

/** The part of compose.yaml that an engine is told; a test of its own says that nothing else is in it. */
const Service = z.object({
  environment: z.record(z.string(), z.string()),
  read_only: z.boolean(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  tmpfs: z.array(z.string()),
  pids_limit: z.number(),
});
const Compose = z.object({ services: z.object({ drydock: Service }) });

const HEALTHY_MS = 120_000;

/** A machine of its own is not needed for this: no compose is, either. What it would tell the engine is told here. */
async function broughtUp(t: Test, imageId: string, buildId: string): Promise<void> {
  const host = dockerConnection(process.env);
  if (host.kind !== 'socket') throw new Error('This test needs an engine behind a socket of this machine.');
  const { drydock } = Compose.parse(parse(readFileSync('compose.yaml', 'utf8'))).services;
  const token = 'only-for-this-test-'.repeat(3);
  const tokens = join(t.testdir({}), 'tokens');
  writeFileSync(tokens, `me ${token}\n`);
  chmodSync(tokens, 0o444);
  const [tmp = ''] = drydock.tmpfs;
  const container = await direct.createContainer({
    Image: imageId,
    Env: Object.entries(drydock.environment).map(([name, value]) => `${name}=${value}`),
    Labels: { 'drydock.build': buildId },
    HostConfig: {
      Binds: [`${host.socketPath}:/var/run/docker.sock`, `${tokens}:/run/secrets/tokens:ro`],
      GroupAdd: [String(statSync(host.socketPath).gid)],
      ReadonlyRootfs: drydock.read_only,
      CapDrop: drydock.cap_drop,
      SecurityOpt: drydock.security_opt,
      Tmpfs: { [tmp.split(':')[0] ?? '']: tmp.slice(tmp.indexOf(':') + 1) },
      PidsLimit: drydock.pids_limit,
    },
  });
  t.teardown(async () => await container.remove({ force: true, v: true }));
  await container.start();
  const began = performance.now();
  const status = async (): Promise<string | undefined> => (await container.inspect()).State.Health?.Status;
  while ((await status()) !== 'healthy' && performance.now() - began < HEALTHY_MS) await sleep(500);
  t.equal(await status(), 'healthy', (await container.logs({ stdout: true, stderr: true })).toString());

  const url = `http://${(await container.inspect()).NetworkSettings.Networks['bridge']?.IPAddress}:8080`;
  const headers = { authorization: `Bearer ${token}` };
  const page = 'FROM busybox:1.37\nRUN mkdir /www && echo fine > /www/health\nEXPOSE 8000\nUSER 10001:10001\n';
  const accepted = await fetch(`${url}/build-verify?health=/health&stopTimeoutSeconds=1`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/plain' },
    body: `${page}CMD ["httpd", "-f", "-p", "8000", "-h", "/www"]\n`,
  });
  const { links } = Build.parse(await accepted.json());
  let build: Build;
  do build = Build.parse(await (await fetch(`${url}${links.self}?wait=30`, { headers })).json());
  while (build.finishedAt === null);
  t.match(build, { state: 'failed' }, 'it has no HEALTHCHECK and does not heed SIGTERM');
  const report = Report.parse(await (await fetch(url + links.report, { headers })).json());
  const proven = (id: string) => report.items.find((one) => one.id === id)?.proven;
  t.match(proven('healthcheck')?.summary, /\/health answered 200/, 'it reached the container on its network');
  t.match(proven('non-root-user')?.status, 'pass');
  await container.stop();
  t.equal((await container.inspect()).State.ExitCode, 0, 'SIGTERM drains it');
}
