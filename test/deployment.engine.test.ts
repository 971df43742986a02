/** Dockerfile.prod builds, and what it builds keeps its word: no tokens, no service. Then as compose.yaml brings it up. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import { pack } from 'tar-stream';
import { dockerConnection } from '../src/adapters/docker/connection.ts';
import { openKeyFile } from '../src/adapters/seal/key-file.ts';
import { openSqliteStore } from '../src/adapters/store/sqlite.ts';
import { Build } from '../src/schemas/build.ts';
import { Report } from '../src/schemas/report.ts';
import { parseIgnoreFile } from '../src/core/context/ignore.ts';
import { buildOf, engineUnderTest, never, runOf } from './adapters/docker/engine-under-test.ts';
import { composeEnv, linesInHead } from './helpers/compose.ts';
import { commandsOf } from './helpers/pages.ts';
import { cloneInto, filesOfRepository } from './helpers/repository.ts';

t.test(
  'our own image builds from what git tracks, runs without root, rights and a writable root, and refuses to be open to everybody',
  async (t) => {
    const engine = engineUnderTest();
    t.teardown(() => engine.close());
    const ignore = parseIgnoreFile(readFileSync('.dockerignore', 'utf8'), '.dockerignore');
    const context = pack();
    for (const path of filesOfRepository().filter((one) => !ignore.excludes(one))) {
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
  },
);

/** Whoever starts it in the middle of a test has port and image of their own. */
const OVERRIDE = `services:
  drydock:
    image: drydock-under-test
    ports: !override ["127.0.0.1::8080"]
`;
const TOKEN = /^me (\S+)/;

t.test('as compose.yaml brings it up, it builds and proves on the engine that it is a container of', async (t) => {
  const host = dockerConnection(process.env);
  if (host.kind !== 'socket') throw new Error('This test needs an engine behind a socket of this machine.');
  // Not a folder of tap's: that is gone before compose has cleaned up.
  const folder = mkdtempSync(join(tmpdir(), 'drydock-compose-'));
  cloneInto(folder);
  writeFileSync(join(folder, 'override.yaml'), OVERRIDE);
  const env = {
    ...composeEnv(),
    COMPOSE_FILE: 'compose.yaml:override.yaml',
    COMPOSE_PROJECT_NAME: `drydock-test-${process.pid}`,
    DRYDOCK_DOCKER_SOCKET: host.socketPath,
    DRYDOCK_DOCKER_GROUP: String(statSync(host.socketPath).gid),
  };
  const shell = (script: string): string =>
    execFileSync('bash', ['-ec', script], { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => {
    shell('docker compose down --volumes --rmi local --timeout 5');
    rmSync(folder, { recursive: true });
  });

  const commands = linesInHead(readFileSync('compose.yaml', 'utf8'));
  t.match(commands.at(-1), /^curl -s http:\/\/127\.0\.0\.1:8080\/health$/);
  // Whoever runs this is root already, and the socket may be elsewhere.
  const asRoot = commands.slice(0, -1).filter((line) => !line.startsWith('export '));
  shell(['sudo() { "$@"; }', ...asRoot].join('\n'));
  const url = `http://${shell('docker compose port drydock 8080').trim()}`;
  t.match(await (await fetch(`${url}/health`)).json(), { status: 'ok', engine: { status: 'ok' } });

  const [, token = ''] = TOKEN.exec(readFileSync(join(folder, 'data/tokens'), 'utf8')) ?? [];
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

  // As a reader pastes the block: what a command reads of the terminal, the next line of it must not be.
  const [block, ...others] = commandsOf('docs/operations.md').filter(({ text }) => text.includes('docker compose'));
  t.same(others, [], 'one block is for compose');
  const backups = join(folder, 'backups');
  mkdirSync(backups);
  execFileSync('bash', ['-e'], {
    cwd: folder,
    env: { ...env, BACKUPS: backups },
    input: block?.text,
    encoding: 'utf8',
  });
  t.same(readdirSync(backups).toSorted(), ['copy.sqlite', 'instance', 'key']);
  for (const name of readdirSync(backups)) t.equal(statSync(join(backups, name)).mode & 0o777, 0o600, name);
  t.notMatch(shell('docker compose exec -T drydock ls /data'), 'copy.sqlite', 'and nothing of it stays behind');
  const restored = await openSqliteStore({
    path: join(backups, 'copy.sqlite'),
    sealer: await openKeyFile(join(backups, 'key')),
  });
  t.match(await restored.build(build.id), { state: 'failed', finishedAt: build.finishedAt });
  t.strictSame(await restored.buildReport(build.id), report);
  await restored.close();

  const id = shell('docker compose ps -q drydock').trim();
  shell('docker compose stop');
  t.equal(shell(`docker inspect -f '{{.State.ExitCode}}' ${id}`).trim(), '0', 'SIGTERM drains it');
  // Up again it has what it had: the data stay in their volume.
  shell('docker compose up --detach --wait');
  const again = `http://${shell('docker compose port drydock 8080').trim()}`;
  t.equal((await fetch(again + links.report, { headers })).status, 200);
  shell('docker compose down');
  t.equal(shell('docker compose ps -aq').trim(), '', 'nothing of it is left running');
});

t.test('compose takes the arrangement with an engine of its own as it stands', async (t) => {
  const told = execFileSync('docker', ['compose', '-f', 'compose.isolated.yaml', 'config', '--format', 'json'], {
    env: composeEnv(),
    encoding: 'utf8',
  });
  t.match(JSON.parse(told), {
    services: { engine: { privileged: true }, drydock: { network_mode: 'service:engine' } },
  });
});
