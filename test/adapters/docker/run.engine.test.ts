/** Running on the real engine: services good and bad, how they start, answer, stop, and that nothing of them is left. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import type { Run, RunRequest } from '../../../src/use-cases/ports.ts';
import type { StoppedBox } from '../../../src/core/probes/box.ts';
import { buildOf, clock, direct, engineUnderTest, inventory, leftOver, never, runOf } from './engine-under-test.ts';

const instance = `test-run-${randomUUID()}`;
const engine = engineUnderTest({ instance });
const before = await inventory(instance);

t.teardown(async () => {
  await engine.sweep([]);
  engine.close();
});

/** A small service in Node: `/health` answers 200, everything else 404; `how` is put in front. */
const service = (how: string, onTerm = 'process.exit(0)'): string => `
const server = require('node:http').createServer((request, reply) => {
  reply.statusCode = request.url === '/health' ? 200 : request.url === '/moved' ? 302 : 404;
  reply.setHeader('location', '/health');
  reply.end();
});
${how};
server.listen(8000, () => console.log('listening'));
process.on('SIGTERM', () => { ${onTerm} });
`;
const node = (rest: string): string => `FROM node:24-bookworm-slim\nWORKDIR /app\nCOPY server.js .\n${rest}\n`;

/** Builds, runs, and hands over the run; cleans up afterwards and looks that it did. */
async function withRun(
  dockerfile: string,
  files: Readonly<Record<string, string>>,
  more: Partial<RunRequest>,
  look: (run: Run, buildId: string) => Promise<void>,
): Promise<void> {
  const request = buildOf(dockerfile, { files });
  const built = await engine.build(request, never);
  if (built.image === undefined) throw new Error(built.failure?.message);
  try {
    await look(await engine.run(runOf(request.buildId, built.image.id, more), never), request.buildId);
  } finally {
    await engine.cleanUp(request.buildId);
  }
}

const stopped = (box: StoppedBox): Extract<StoppedBox, { seen: 'stop' }> => {
  if (box.seen !== 'stop') throw new Error(`not stopped: ${box.reason}`);
  return box;
};

t.jobs = 4;
const cases: Promise<unknown>[] = [];
const parallel = (title: string, body: Parameters<typeof t.test>[1]): void => {
  cases.push(t.test(title, { buffered: true }, body));
};

parallel('a good service: up, answering, healthy, not root, and stopping cleanly', async (t) => {
  const dockerfile = node(
    `USER 10001:10001\nEXPOSE 8000\nHEALTHCHECK --interval=10m CMD ["node", "-e", "fetch('http://localhost:8000/health').then((r) => process.exit(r.ok ? 0 : 1))"]\nCMD ["node", "server.js"]`,
  );
  const files = { 'server.js': service(`console.log(process.env.GREETING)`) };
  await withRun(dockerfile, files, { env: { GREETING: 'ahoy = ahoy' } }, async (run, buildId) => {
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
    dockerfile,
    {},
    { healthPaths: ['/health'], startTimeoutMs: 4000, stopTimeoutMs: 1000 },
    async (run) => {
      t.match(await run.running.answer(), { seen: 'answer', status: 404 });
      t.same(await run.running.health(), { seen: 'none' });
      const processes = await run.running.processes();
      if (processes.seen === 'unseen') throw new Error(processes.reason);
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
  const files = { 'server.js': service('process.setgid(1000); process.setuid(1000)') };
  const dockerfile = node('EXPOSE 8000\nHEALTHCHECK --timeout=20s CMD sleep 0.5\nCMD ["node", "server.js"]');
  await withRun(dockerfile, files, {}, async (run) => {
    t.match(await run.running.health(), { seen: 'healthy', test: 'sleep 0.5' });
    const processes = await run.running.processes();
    if (processes.seen === 'unseen') throw new Error(processes.reason);
    t.same(
      processes.processes.map(({ uid, gid, command }) => [uid, gid, command]),
      [[1000, 1000, 'node server.js']],
    );
  });
});

parallel('a crash at the start: exit code and last words, and everything else says why it is not known', async (t) => {
  const dockerfile = `FROM busybox\nEXPOSE 8000\nHEALTHCHECK CMD true\nCMD ["sh", "-c", "echo no DATABASE_URL >&2; exit 3"]\n`;
  const began = clock.elapsed();
  await withRun(dockerfile, {}, {}, async (run) => {
    t.match(await run.running.state(), { running: false, exitCode: 3, logTail: 'no DATABASE_URL\n' });
    t.match(await run.running.answer(), { seen: 'unseen', reason: /ended/ });
    t.match(await run.running.processes(), { seen: 'unseen', reason: /ended/ });
    t.match(await run.running.health(), { seen: 'unseen', reason: /ended/ });
    t.match(await run.stop(), { seen: 'unseen', reason: /exit code 3/ });
  });
  t.ok(clock.elapsed() - began < 30_000, 'nobody waits for the start timeout');
});

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
    await withRun(dockerfile, {}, {}, async (run) => {
      const state = await run.running.state();
      t.match(state, { running: false, startError: expected });
      for (const seen of [await run.running.answer(), await run.running.processes(), await run.running.health()]) {
        t.match(seen, { seen: 'unseen', reason: /could not be started/ });
      }
      t.match(await run.stop(), { seen: 'unseen' });
    });
  });
}

parallel('nothing listens on the exposed port: silence, after the whole start timeout', async (t) => {
  const dockerfile = 'FROM busybox\nEXPOSE 9999/udp 9000 8000\nCMD ["sleep", "300"]\n';
  await withRun(dockerfile, {}, { startTimeoutMs: 3000, healthGuessed: true, stopTimeoutMs: 200 }, async (run) => {
    const answer = await run.running.answer();
    t.match(
      answer,
      { seen: 'silence', url: /:8000\/health$/, reason: /refused/, guessed: true },
      'the lowest TCP port',
    );
    t.ok(answer.seen === 'silence' && answer.waitedMs >= 3000);
    t.match(await run.running.state(), { running: true });
  });
});

parallel('a health check that cannot pass is not waited for once the service answers', async (t) => {
  const files = { 'server.js': service('') };
  const dockerfile = node(
    'EXPOSE 8000\nHEALTHCHECK --retries=2 CMD curly -f http://localhost:8000\nCMD ["node", "server.js"]',
  );
  await withRun(dockerfile, files, { startTimeoutMs: 120_000 }, async (run) => {
    const health = await run.running.health();
    t.match(health, { seen: 'unhealthy', exitCode: 127, output: /curly.*not found/, test: /^curly -f/ });
    t.ok(health.seen === 'unhealthy' && health.waitedMs < 60_000);
  });
});

parallel('guessed paths are given up soon when the service answers, but not with 200', async (t) => {
  const files = { 'server.js': service('') };
  const more = { healthPaths: ['/healthz', '/moved'], healthGuessed: true, startTimeoutMs: 120_000 };
  const began = clock.elapsed();
  await withRun(node('EXPOSE 8000\nCMD ["node", "server.js"]'), files, more, async (run) => {
    t.match(await run.running.answer(), { seen: 'answer', status: 404, url: /\/healthz$/, guessed: true });
  });
  t.ok(clock.elapsed() - began < 60_000);
});

parallel('of several guessed paths the one that answers 200 counts; redirects are not followed', async (t) => {
  const files = { 'server.js': service('') };
  const more = { healthPaths: ['/moved', '/health'], healthGuessed: true };
  await withRun(node('EXPOSE 8000\nCMD ["node", "server.js"]'), files, more, async (run) => {
    t.match(await run.running.answer(), { seen: 'answer', status: 200, url: /\/health$/, guessed: true });
  });
});

parallel('what does not speak HTTP is not blamed, unless a path was named', async (t) => {
  const listen = `require('node:net').createServer((socket) => socket.end('220 mail ready\\r\\n')).listen(2525)`;
  const dockerfile = node('EXPOSE 2525\nCMD ["node", "server.js"]');
  const more = { startTimeoutMs: 3000, stopTimeoutMs: 200 };
  await withRun(dockerfile, { 'server.js': listen }, { ...more, healthGuessed: true }, async (run) => {
    t.match(await run.running.answer(), { seen: 'unseen', reason: /2525.*does not speak HTTP/ });
  });
  await withRun(dockerfile, { 'server.js': listen }, more, async (run) => {
    t.match(await run.running.answer(), { seen: 'silence', reason: /not HTTP|closed/ });
  });
});

parallel('without a port nobody is asked', async (t) => {
  await withRun('FROM busybox\nCMD ["sleep", "300"]\n', {}, { stopTimeoutMs: 200 }, async (run) => {
    t.match(await run.running.answer(), { seen: 'unseen', reason: /no port/ });
    t.match(await run.running.state(), { running: true });
  });
});

parallel('an image without a shell is seen through all the same', async (t) => {
  const dockerfile = `FROM busybox AS from\nRUN mkdir /www && echo ok > /www/health\nFROM scratch\nCOPY --from=from /bin/busybox /busybox\nCOPY --from=from /www /www\nVOLUME /data\nUSER 65532:65532\nEXPOSE 8080\nENTRYPOINT ["/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]\n`;
  let volume = '';
  await withRun(dockerfile, {}, { stopTimeoutMs: 500 }, async (run, buildId) => {
    t.match(await run.running.answer(), { seen: 'answer', status: 200 });
    t.match(await run.running.processes(), { processes: [{ uid: 65532, gid: 65532, command: /^\/busybox httpd/ }] });
    const [container] = await direct.listContainers({ filters: { label: [`drydock.build=${buildId}`] } });
    volume = container?.Mounts[0]?.Name ?? '';
    t.match(await run.stop(), { killed: true, pid1: /^\/busybox httpd/ }, 'PID 1 without a handler is deaf');
  });
  t.match(volume, /^[0-9a-f]{64}$/);
  await t.rejects(
    direct.getVolume(volume).inspect(),
    { statusCode: 404 },
    'the volume, which has no label, is gone too',
  );
});

parallel('the stop signal of the image is sent, and its exit code told', async (t) => {
  const trap = `trap 'echo bye; exit 5' QUIT; echo up; while true; do sleep 0.1; done`;
  await withRun(`FROM busybox\nSTOPSIGNAL SIGQUIT\nCMD ["sh", "-c", "${trap}"]\n`, {}, {}, async (run) => {
    t.match(await run.stop(), { signal: 'SIGQUIT', exitCode: 5, killed: false });
  });
});

parallel('the network has no way out, rights cannot grow, and a hog is stopped', async (t) => {
  const look = 'ip route; grep NoNewPrivs /proc/self/status; echo listening';
  await withRun(`FROM busybox\nCMD ["sh", "-c", "${look}; sleep 300"]\n`, {}, { stopTimeoutMs: 200 }, async (run) => {
    const { logTail } = await run.running.state();
    t.match(logTail, /NoNewPrivs:\s*1/);
    t.notMatch(logTail, /default/, 'no default route');
    t.match(logTail, /listening/);
  });
  await withRun('FROM busybox\nCMD ["sh", "-c", "tail /dev/zero"]\n', {}, {}, async (run) => {
    // Depending on whom the kernel chooses, the shell may live to tell.
    t.match(await run.running.state(), { running: false, outOfMemory: true });
  });
});

parallel('a flood of output is bounded and cleaned', async (t) => {
  const flood = `i=0; while [ $i -lt 4000 ]; do echo line $i of a lot; i=$((i+1)); done; printf 'odd \\\\033[1mend\\\\007'; sleep 300`;
  await withRun(`FROM busybox\nCMD ["sh", "-c", "${flood}"]\n`, {}, { stopTimeoutMs: 200 }, async (run) => {
    const { logTail } = await run.running.state();
    t.ok(logTail.length <= 20_000 && logTail.length > 10_000);
    t.match(logTail, /line 3999 of a lot\nodd end$/);
  });
});

parallel('a run that is given up ends with the reason, and cleaning up removes it', async (t) => {
  const request = buildOf('FROM busybox\nEXPOSE 8000\nVOLUME /data\nCMD ["sleep", "300"]\n');
  const built = await engine.build(request, never);
  const stop = new AbortController();
  const running = engine.run(runOf(request.buildId, built.image?.id ?? '', { startTimeoutMs: 120_000 }), stop.signal);
  running.catch(() => undefined);
  const filters = { label: [`drydock.build=${request.buildId}`] };
  while ((await direct.listContainers({ filters })).length === 0) await new Promise((go) => setTimeout(go, 50));
  stop.abort(new Error('the client went away'));
  await t.rejects(running, { message: 'the client went away' });
  await engine.cleanUp(request.buildId);
  await engine.cleanUp(request.buildId);
  t.equal((await direct.listContainers({ all: true, filters })).length, 0);
});

await Promise.all(cases);

await t.test('sweeping removes what a crash left, of this installation only', async (t) => {
  const request = buildOf('FROM busybox\nVOLUME /data\nCMD ["sleep", "300"]\n');
  const built = await engine.build(request, never);
  await engine.run(runOf(request.buildId, built.image?.id ?? '', {}), never);
  await direct.createVolume({
    Name: `drydock-${request.buildId}`,
    Labels: { 'drydock.build': request.buildId, 'drydock.instance': instance },
  });
  const other = engineUnderTest();
  t.equal(await other.sweep([]), 0, 'another installation sees nothing of it');
  other.close();
  t.equal(await engine.sweep([request.buildId]), 0, 'what is to be kept is kept');
  t.equal(await engine.sweep([]), 4, 'container, network, volume and image');
  t.equal(await engine.sweep([]), 0);
});

await t.test('afterwards the engine is as it was', async (t) => {
  t.same(await leftOver(instance, before), []);
});
