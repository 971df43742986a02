/** Builds and runs that are given up, and cleaning up: the engine is left as it was, whatever happened. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import t from 'tap';
import { AppError } from '../../../src/use-cases/errors.ts';
import type { BuildStep } from '../../../src/schemas/report.ts';
import { buildOf, direct, engineUnderTest, leftOver, never, runOf } from './engine-under-test.ts';

const instance = `test-give-up-${randomUUID()}`;
const engine = engineUnderTest({ instance });
/** Makes a RUN that no cache knows, and marks what comes of it. */
const fresh = randomUUID();

t.teardown(async () => {
  await engine.sweep([]);
  engine.close();
});

/** What the RUN of a build has printed so far. */
const printed = (steps: readonly BuildStep[]): string => steps.find(({ name }) => name.includes('RUN'))?.log ?? '';

await t.test('a build that is given up ends with the reason and leaves no image', async (t) => {
  const stop = new AbortController();
  const reason = new Error('the client went away');
  const begun = Promise.withResolvers<void>();
  const request = buildOf(`FROM busybox\nRUN echo ${fresh} ${randomUUID()}; sleep 300\n`, {
    onStep: (steps) => {
      if (printed(steps) !== '') begun.resolve();
    },
  });
  const building = engine.build(request, stop.signal);
  await begun.promise;
  stop.abort(reason);
  await t.rejects(building, reason);
  t.ok(request.context.destroyed, 'the context is let go');
  const left = await direct.listImages({ all: true, filters: { label: [`drydock.build=${request.buildId}`] } });
  t.same(left, []);
});

await t.test('an abort at any moment leaves nothing, also when the image was all but done', async (t) => {
  for (const delay of [0, 30, 60, 90, 120, 150]) {
    const stop = new AbortController();
    const request = buildOf(`FROM scratch\nCOPY Dockerfile /${fresh}-${randomUUID()}\n`);
    setTimeout(() => stop.abort(new Error('given up')), delay);
    const end = await engine.build(request, stop.signal).then(
      () => 'built',
      (error: unknown) => String(error),
    );
    if (end === 'built') await engine.cleanUp(request.buildId);
    else t.equal(end, 'Error: given up');
    const left = await direct.listImages({ all: true, filters: { label: [`drydock.build=${request.buildId}`] } });
    t.same(left, [], `after ${delay} ms`);
  }
});

await t.test('a signal that had fired before is heeded at once', async (t) => {
  await t.rejects(engine.build(buildOf('FROM busybox\n'), AbortSignal.abort(new Error('too late'))), {
    message: 'too late',
  });
});

await t.test('a context that breaks off is told as what it is', async (t) => {
  const broken = new Readable({ read() {} });
  broken.push(Buffer.alloc(512));
  setTimeout(() => broken.destroy(new AppError('storage-unavailable', 'The disk is gone.')), 50);
  await t.rejects(engine.build(buildOf('FROM busybox\n', { context: broken }), never), { code: 'storage-unavailable' });
});

await t.test('a context that breaks before it is read is told as what it is', async (t) => {
  const broken = new Readable({ read() {} });
  broken.destroy(new AppError('storage-unavailable', 'The disk is gone.'));
  await t.rejects(engine.build(buildOf('FROM busybox\n', { context: broken }), never), { code: 'storage-unavailable' });
});

await t.test('an engine that is closed in the middle of a build gives it up', async (t) => {
  const other = engineUnderTest({ instance });
  const begun = Promise.withResolvers<void>();
  const request = buildOf(`FROM busybox\nRUN echo ${fresh} ${randomUUID()}; sleep 300\n`, {
    onStep: (steps) => {
      if (printed(steps) !== '') begun.resolve();
    },
  });
  const building = other.build(request, never);
  await begun.promise;
  other.close();
  await t.rejects(building, AppError);
});

await t.test('cleaning up twice is as good as once, and spares what others built on it', async (t) => {
  const request = buildOf('FROM busybox\nLABEL a=b\n');
  const built = await engine.build(request, never);
  const child = `drydock-test-child-${randomUUID()}:1`;
  await direct.getImage(built.image?.id ?? '').tag({ repo: child.slice(0, -2), tag: '1' });
  await engine.cleanUp(request.buildId);
  await engine.cleanUp(request.buildId);
  const left = await direct.getImage(child).inspect();
  t.same(left.RepoTags, [child], 'a tag that is not ours is kept');
  await direct.getImage(child).remove({ force: true });
});

await t.test('a run that is given up ends with the reason, and cleaning up removes it', async (t) => {
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
  t.same(await leftOver(instance, [fresh]), []);
});
