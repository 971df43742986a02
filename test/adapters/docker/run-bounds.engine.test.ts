/** What a container takes of its machine, on the real engine: memory at rest, and the watchdog on its disk. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import {
  buildOf,
  direct,
  engineUnderTest,
  leftOver,
  never,
  nodeDockerfile,
  nodeService,
  withRun,
} from './engine-under-test.ts';

const instance = `test-bounds-${randomUUID()}`;
const MiB = 1024 ** 2;
const engine = engineUnderTest({ instance, maxContainerBytes: 32 * MiB });

t.teardown(async () => {
  await engine.sweep([]);
  engine.close();
});

/** Writes so much, and then stays up. */
const writer = (path: string, mebibytes: number, more = ''): string =>
  `FROM busybox:1.37\n${more}\nCMD ["sh", "-c", "dd if=/dev/zero of=${path} bs=1M count=${mebibytes}; sleep 600"]\n`;

await t.test('memory at rest is told with its limit, and a container within its limits is left alone', async (t) => {
  const files = nodeService(`require('node:fs').writeFileSync('/tmp/some', Buffer.alloc(${8 * MiB}))`);
  const dockerfile = nodeDockerfile('EXPOSE 8000\nCMD ["node", "server.js"]');
  await withRun(engine, dockerfile, { files }, async (run) => {
    const { running } = run;
    const memory = await running.memory();
    if (memory.seen !== 'memory') throw new Error(memory.reason);
    t.equal(memory.limitBytes, 512 * MiB);
    t.ok(memory.bytes > 5 * MiB && memory.bytes < 200 * MiB, `${memory.bytes} bytes`);
    t.ok((memory.pids ?? 0) >= 1, 'and its processes');
    t.equal((await running.state()).disk, undefined);
    t.match(await run.stop(), { seen: 'stop', exitCode: 0 });
  });
});

for (const [where, dockerfile] of [
  ['its own layer', writer('/fill', 64)],
  ['a volume that the image declares', writer('/data/fill', 64, 'VOLUME /data')],
] as const) {
  await t.test(`a container that writes too much into ${where} is ended`, async (t) => {
    await withRun(engine, dockerfile, { purpose: 'job', startTimeoutMs: 60_000 }, async (run) => {
      const { running } = run;
      const state = await running.state();
      t.match(state, { running: false, exitCode: 137, disk: { limitBytes: 32 * MiB } });
      t.ok((state.disk?.bytes ?? 0) > 32 * MiB, `${state.disk?.bytes} bytes`);
      const end = { seen: 'gone', reason: /wrote more than it may/, state: { disk: { limitBytes: 32 * MiB } } };
      t.match(await run.stop(), end, 'how it would have stopped, nobody knows');
    });
  });
}

await t.test('one that has written too much is told as such, however quickly it was done', async (t) => {
  const dockerfile = writer('/fill', 48).replace('sleep 600', 'true');
  await withRun(engine, dockerfile, { purpose: 'job' }, async ({ running }) => {
    t.match(await running.state(), { running: false, exitCode: 0, disk: { limitBytes: 32 * MiB } });
  });
});

await t.test('a run that is handed over early is stopped before it is up', async (t) => {
  const files = nodeService(
    `process.on('SIGTERM', () => process.exit(7)); const end = Date.now() + 3000; while (Date.now() < end);`,
  );
  const dockerfile = nodeDockerfile('EXPOSE 8000\nCMD ["node", "server.js"]');
  const early = { stopTimeoutMs: 1000, variant: { handOverAfterMs: 300 } };
  await withRun(engine, dockerfile, { files, ...early }, async (run) => {
    t.match(await run.running.answer(), { seen: 'unseen' }, 'nobody asks it anything');
    t.match(await run.stop(), { seen: 'stop', killed: true, graceSeconds: 1 });
    await run.discard();
  });
});

await t.test('what a service needs beside it may not fill the disk either', async (t) => {
  const companion = async (mebibytes: number): Promise<string> => {
    const request = buildOf(`FROM busybox:1.37\nRUN echo ${mebibytes}\n`);
    const { image } = await engine.build(request, never);
    const command = ['sh', '-c', `sleep 2; dd if=/dev/zero of=/fill bs=1M count=${mebibytes}; sleep 4`];
    const { buildId } = request;
    const companions = [{ name: 'db', imageId: image?.id ?? '', env: {}, command, port: undefined }];
    const started = await engine.accompany({ buildId, companions, startTimeoutMs: 10_000 }, never);
    if ('problem' in started) throw new Error(started.problem);
    const container = direct.getContainer(started.ready[0]?.id ?? '');
    await container.wait();
    const { State } = await container.inspect();
    await engine.cleanUp(buildId);
    return String(State.ExitCode);
  };
  t.same(
    await Promise.all([companion(64), companion(8)]),
    ['137', '0'],
    'and its neighbour that writes a little goes on',
  );
});

await t.test('nothing of all this is left', async (t) => t.same(await leftOver(instance, []), []));
