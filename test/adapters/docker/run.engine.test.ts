/** Running on the real engine: services good and bad, how they start, answer, stop, and that nothing of them is left. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { Test } from 'tap';
import type { StoppedBox } from '../../../src/core/probes/box.ts';
import { dockerConnection } from '../../../src/adapters/docker/connection.ts';
import { clock, direct, engineUnderTest, leftOver, nodeDockerfile, nodeService, withRun } from './engine-under-test.ts';

const instance = `test-run-${randomUUID()}`;
const engine = engineUnderTest({ instance });

t.teardown(async () => {
  await engine.sweep([]);
  engine.close();
});

const stopped = (box: StoppedBox): Extract<StoppedBox, { seen: 'stop' }> => {
  if (box.seen !== 'stop') throw new Error(`not stopped: ${JSON.stringify(box)}`);
  return box;
};

t.jobs = 4;
const cases: Promise<unknown>[] = [];
const parallel = (title: string, body: (t: Test) => Promise<void>): void => {
  cases.push(t.test(title, { buffered: true }, body));
};

parallel('a good service: up, answering, healthy, not root, and stopping cleanly', async (t) => {
  const dockerfile = nodeDockerfile(
    `USER 10001:10001\nEXPOSE 8000\nHEALTHCHECK --interval=10m CMD ["node", "-e", "fetch('http://localhost:8000/health').then((r) => process.exit(r.ok ? 0 : 1))"]\nCMD ["node", "server.js"]`,
  );
  const files = nodeService(`console.log(process.env.GREETING)`);
  await withRun(engine, dockerfile, { files, env: { GREETING: 'ahoy = ahoy' } }, async (run, buildId) => {
    const { running } = run;
    t.match(await running.state(), { running: true, exitCode: undefined, outOfMemory: false, startError: undefined });
    const state = await running.state();
    t.match(state.logTail, /^ahoy = ahoy\nlistening\n/, 'its output, and the environment that it was given');
    t.ok(state.secondsObserved >= 2, 'is watched for a while, also when it answers at once');
    const answer = await running.answer();
    t.match(answer, { seen: 'answer', status: 200, url: /^http:\/\/[\d.]+:8000\/health$/, guessed: false });
    t.match(
      await running.health(),
      { seen: 'healthy', test: /^node -e fetch/ },
      'at intervals of a second, not of minutes',
    );
    const processes = await running.processes();
    t.match(processes, { seen: 'processes', processes: [{ uid: 10001, gid: 10001, command: 'node server.js' }] });

    const [container] = await direct.listContainers({ filters: { label: [`drydock.build=${buildId}`] } });
    const { HostConfig, NetworkSettings, Mounts } = await direct.getContainer(container?.Id ?? '').inspect();
    t.match(HostConfig, {
      Memory: 512 * 1024 * 1024,
      MemorySwap: 512 * 1024 * 1024,
      NanoCpus: 1e9,
      PidsLimit: 256,
      Privileged: false,
      SecurityOpt: ['no-new-privileges'],
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
    });
    t.same(Mounts, []);
    const networks = Object.keys(NetworkSettings.Networks);
    t.equal(networks.length, 1);
    const network = await direct.getNetwork(networks[0] ?? '').inspect();
    t.match(network, { Internal: true, Labels: { 'drydock.build': buildId, 'drydock.instance': instance } });

    const stop = stopped(await run.stop());
    t.match(stop, { signal: 'SIGTERM', exitCode: 0, killed: false, graceSeconds: 10, pid1: 'node server.js' });
    t.ok(stop.seconds < stop.graceSeconds);
    t.equal(await run.stop(), stop, 'asked again, the facts are the same');
  });
});

parallel('a bad service: root, behind a shell, deaf; killed after the grace', async (t) => {
  const dockerfile = `FROM python:3.12-slim\nEXPOSE 8000\nCMD python -m http.server 8000; true\n`;
  await withRun(
    engine,
    dockerfile,
    { healthPaths: ['/health'], startTimeoutMs: 4000, stopTimeoutMs: 1000 },
    async (run) => {
      t.match(await run.running.answer(), { seen: 'answer', status: 404 });
      t.same(await run.running.health(), { seen: 'none' });
      const processes = await run.running.processes();
      if (processes.seen !== 'processes') throw new Error(JSON.stringify(processes));
      t.same(
        processes.processes.map(({ uid, command }) => `${uid} ${command}`),
        ['0 /bin/sh -c python -m http.server 8000; true', '0 python -m http.server 8000'],
      );
      const stop = stopped(await run.stop());
      t.match(stop, { killed: true, exitCode: 137, graceSeconds: 1, pid1: /^\/bin\/sh -c / });
      t.ok(stop.seconds >= 1);
    },
  );
});

parallel('a service that gives up root itself is seen as what it is, whatever its health check runs as', async (t) => {
  const files = nodeService('process.setgid(1000); process.setuid(1000)');
  const dockerfile = nodeDockerfile('EXPOSE 8000\nHEALTHCHECK --timeout=20s CMD sleep 0.5\nCMD ["node", "server.js"]');
  await withRun(engine, dockerfile, { files }, async (run) => {
    t.match(await run.running.health(), { seen: 'healthy', test: 'sleep 0.5' });
    const processes = await run.running.processes();
    if (processes.seen !== 'processes') throw new Error(JSON.stringify(processes));
    t.same(
      processes.processes.map(({ uid, gid, command }) => [uid, gid, command]),
      [[1000, 1000, 'node server.js']],
    );
  });
});

const checks: readonly (readonly [title: string, healthcheck: string, seen: object])[] = [
  ['says no', 'CMD echo ill; exit 1', { seen: 'unhealthy', exitCode: 1, brokenOffAfterMs: undefined, output: 'ill\n' }],
  [
    'does not end within the image’s own timeout',
    '--timeout=1s CMD sleep 60',
    { seen: 'unhealthy', exitCode: undefined, brokenOffAfterMs: 1000 },
  ],
  [
    'is a program that is not there',
    'CMD ["nope"]',
    { seen: 'unhealthy', exitCode: undefined, brokenOffAfterMs: undefined, output: /nope/ },
  ],
  [
    'has not ended when the start timeout is over',
    '--timeout=45s CMD sleep 60',
    { seen: 'unseen', reason: /start timeout of 6 s was over, and the image gives each one 45 s/ },
  ],
  ['has not ended, with the engine’s timeout', 'CMD sleep 60', { seen: 'unseen', reason: /gives each one 30 s/ }],
];
for (const [title, healthcheck, seen] of checks) {
  parallel(`a health check that ${title}`, async (t) => {
    const dockerfile = `FROM busybox\nHEALTHCHECK ${healthcheck}\nCMD ["sleep", "100"]\n`;
    await withRun(engine, dockerfile, { startTimeoutMs: 6000, stopTimeoutMs: 100 }, async (run) => {
      t.match(await run.running.health(), seen);
    });
  });
}

parallel('a crash at the start: exit code and last words, and everything else says why it is not known', async (t) => {
  const dockerfile = `FROM busybox\nEXPOSE 8000\nHEALTHCHECK CMD true\nCMD ["sh", "-c", "echo no DATABASE_URL >&2; exit 3"]\n`;
  const began = clock.elapsed();
  await withRun(engine, dockerfile, {}, async (run) => {
    t.match(await run.running.state(), { running: false, exitCode: 3, logTail: 'no DATABASE_URL\n' });
    t.match(await run.running.answer(), { seen: 'unseen', reason: /ended/ });
    t.match(await run.running.processes(), { seen: 'user' });
    t.match(await run.running.health(), { seen: 'unseen', reason: /ended/ });
    t.match(await run.stop(), { seen: 'gone', reason: /exit code 3/, state: { running: false, exitCode: 3 } });
  });
  t.ok(clock.elapsed() - began < 30_000, 'nobody waits for the start timeout');
});

for (const [title, then, end] of [
  [
    'a service that ends by itself after it was looked at is told as that',
    `console.log('the pool is broken'); process.exit(3)`,
    { seen: 'gone', reason: /ended by itself, with exit code 3/, state: { running: false, exitCode: 3 } },
  ],
  ['one that goes on is told by what our signal did', `console.log('mended')`, { seen: 'stop', exitCode: 0 }],
] as const) {
  parallel(title, async (t) => {
    const files = nodeService(`process.on('SIGUSR2', () => { ${then} })`);
    const dockerfile = nodeDockerfile('EXPOSE 8000\nCMD ["node", "server.js"]');
    await withRun(engine, dockerfile, { files }, async (run, buildId) => {
      const began = clock.elapsed();
      t.match(await run.running.state(), { running: true, exitCode: undefined });
      t.match(await run.running.answer(), { seen: 'answer', status: 200 });
      await sleep(500);
      const [container] = await direct.listContainers({ filters: { label: [`drydock.build=${buildId}`] } });
      await direct.getContainer(container?.Id ?? '').kill({ signal: 'SIGUSR2' });
      const seconds = (clock.elapsed() - began) / 1000;
      await sleep(1000);
      const seen = await run.stop();
      t.match(seen, end);
      if (seen.seen === 'stop') t.ok(seen.secondsUp > seconds, 'it was up from its start to the signal');
      if (seen.seen !== 'gone') return;
      const { secondsLived = 0, secondsObserved, logTail } = seen.state;
      t.ok(secondsLived >= 0.5 && secondsLived < secondsObserved, `${secondsLived} s of ${secondsObserved} s`);
      t.match(logTail, /the pool is broken\n$/);
    });
  });
}

const unstartable: readonly (readonly [string, string, RegExp])[] = [
  ['a program that is not there', 'ENTRYPOINT ["/nope"]', /nope/],
  ['a program that may not be run', 'ENTRYPOINT ["/etc/passwd"]', /permission denied/],
  ['a user that does not exist', 'USER nobody-knows\nCMD ["true"]', /nobody-knows/],
  ['a working folder that is a file', 'RUN echo x > /file\nCMD ["true"]', /file/],
];
for (const [title, lines, expected] of unstartable) {
  parallel(`what cannot be started is a fact and not an error: ${title}`, async (t) => {
    // BuildKit itself refuses a WORKDIR that is a file, unless the file comes later.
    const dockerfile = title.includes('folder')
      ? `FROM busybox\nWORKDIR /file\n${lines.replace('RUN', 'RUN cd / && rmdir /file &&')}\n`
      : `FROM busybox\n${lines}\n`;
    await withRun(engine, dockerfile, {}, async (run) => {
      const state = await run.running.state();
      t.match(state, { running: false, startError: expected });
      for (const seen of [await run.running.answer(), await run.running.processes(), await run.running.health()]) {
        t.match(seen, { seen: 'unseen', reason: /could not be started/ });
      }
      t.match(await run.stop(), { seen: 'unseen' });
    });
  });
}

parallel('an image without a shell is seen through all the same', async (t) => {
  const dockerfile = `FROM busybox AS from\nRUN mkdir /www && echo ok > /www/health\nFROM scratch\nCOPY --from=from /bin/busybox /busybox\nCOPY --from=from /www /www\nVOLUME /data\nUSER 65532:65532\nEXPOSE 8080\nENTRYPOINT ["/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]\n`;
  let volume = '';
  await withRun(engine, dockerfile, { stopTimeoutMs: 500 }, async (run, buildId) => {
    t.match(await run.running.answer(), { seen: 'answer', status: 200 });
    t.match(await run.running.processes(), { processes: [{ uid: 65532, gid: 65532, command: /^\/busybox httpd/ }] });
    const [container] = await direct.listContainers({ filters: { label: [`drydock.build=${buildId}`] } });
    volume = container?.Mounts[0]?.Name ?? '';
    t.match(await run.stop(), { killed: true, pid1: /^\/busybox httpd/ }, 'PID 1 without a handler is deaf');
  });
  t.match(volume, /^[0-9a-f]{64}$/);
  const { Volumes: volumes } = await direct.listVolumes();
  t.notOk(
    volumes.some(({ Name }) => Name === volume),
    'the volume, which has no label of ours, is gone too',
  );
});

parallel('the stop signal of the image is sent, and its exit code told', async (t) => {
  const trap = `trap 'echo bye; exit 5' QUIT; echo up; while true; do sleep 0.1; done`;
  await withRun(engine, `FROM busybox\nSTOPSIGNAL SIGQUIT\nCMD ["sh", "-c", "${trap}"]\n`, {}, async (run) => {
    t.match(await run.stop(), { signal: 'SIGQUIT', exitCode: 5, killed: false });
  });
});

parallel('the network has no way out, rights cannot grow, and a hog is stopped', async (t) => {
  const look = 'ip route; grep NoNewPrivs /proc/self/status; echo listening';
  await withRun(
    engine,
    `FROM busybox\nCMD ["sh", "-c", "${look}; sleep 300"]\n`,
    { stopTimeoutMs: 200 },
    async (run) => {
      const { logTail } = await run.running.state();
      t.match(logTail, /NoNewPrivs:\s*1/);
      t.notMatch(logTail, /default/, 'no default route');
      t.match(logTail, /listening/);
    },
  );
  // Asked for a port, it is waited for until it dies.
  await withRun(engine, 'FROM busybox\nCMD ["tail", "/dev/zero"]\n', { port: 8000 }, async (run) => {
    t.match(await run.running.state(), { running: false, outOfMemory: true });
  });
});

parallel('a flood of output is bounded and cleaned', async (t) => {
  const flood = `seq 1 4000 | sed 's/^/line /'; printf 'odd \\\\033[1mend\\\\007\\\\n'; sleep 300`;
  await withRun(engine, `FROM busybox\nCMD ["sh", "-c", "${flood}"]\n`, { stopTimeoutMs: 200 }, async (run) => {
    const { logTail } = await run.running.state();
    t.ok(logTail.length <= 20_000 && logTail.length > 10_000);
    t.match(logTail, /line 3999\nline 4000\nodd end\n$/);
  });
});

parallel('a Drydock that is itself a container joins the network for the time of the run', async (t) => {
  // The engine must be on this machine, because the container gets its socket and the folder of the project.
  const host = dockerConnection(process.env);
  if (host.kind !== 'socket') throw new Error('This test needs an engine behind a socket of this machine.');
  const socket = '/var/run/docker.sock';
  const here = process.cwd();
  const container = await direct.createContainer({
    Image: 'node:24-bookworm-slim',
    Cmd: ['node', fileURLToPath(new URL('inside-container.ts', import.meta.url))],
    Env: [`DOCKER_HOST=unix://${socket}`],
    Labels: { 'drydock.instance': instance, 'drydock.build': `outer-${instance}` },
    HostConfig: { Binds: [`${here}:${here}:ro`, `${host.socketPath}:${socket}`] },
  });
  await container.start();
  await container.wait();
  const { State } = await container.inspect();
  const output = (await container.logs({ stdout: true, stderr: true })).subarray(8).toString();
  t.equal(State.ExitCode, 0, output);
  const seen: unknown = JSON.parse(output);
  t.match(seen, {
    answer: { seen: 'answer', status: 200 },
    // The service and its visitor, who leaves when it has been stopped.
    during: 2,
    after: 0,
  });
  // Engines before 28 do not know bridges without an address of their own.
  const { ApiVersion } = await direct.version();
  if (Number(ApiVersion) >= 1.48) {
    t.match(seen, { options: { 'com.docker.network.bridge.gateway_mode_ipv4': 'isolated' } });
  }
  await container.remove({ force: true });
});

await Promise.all(cases);

await t.test('afterwards the engine is as it was', async (t) => {
  t.same(await leftOver(instance, []), []);
});
