/** Submissions, with the real store and spool: repeated under a key, refused when the queue is full. */
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import t from 'tap';
import type { Test } from 'tap';
import { makeSealer } from '../../src/adapters/seal/sealer.ts';
import { makeDiskSpool } from '../../src/adapters/spool/disk-spool.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { everybody } from '../../src/use-cases/access.ts';
import type { Access } from '../../src/use-cases/access.ts';
import type { Store } from '../../src/use-cases/store-port.ts';
import { makeQueue } from '../../src/use-cases/queue-room.ts';
import { makeSubmitBuild } from '../../src/use-cases/submit-build.ts';
import type { SubmitBuild, Submitted } from '../../src/use-cases/submit-build.ts';
import { at, report } from '../adapters/store/rows.ts';
import { someOrigin } from '../helpers/origin.ts';

interface Subject {
  readonly check: (...about: Parameters<SubmitBuild['check']>) => Promise<void>;
  readonly submit: (
    upload: Parameters<SubmitBuild['submit']>[0],
    options: Parameters<SubmitBuild['submit']>[1],
    key: string | undefined,
    access?: Access,
  ) => Promise<Submitted>;
  readonly told: readonly object[];
  readonly store: Store;
  readonly later: (seconds: number) => Promise<void>;
  readonly spooled: () => Promise<number>;
}

async function subject(t: Test, room = { builds: 9, bytes: 1e6 }): Promise<Subject> {
  const folder = t.testdir({});
  const sealer = makeSealer(Buffer.alloc(32, 7));
  const store = await openSqliteStore({ path: join(folder, 'drydock.sqlite'), sealer });
  t.teardown(() => store.close());
  const told: object[] = [];
  let seconds = 0;
  let ids = 0;
  const newId = (): string => `id-${String((ids += 1)).padStart(4, '0')}`;
  const spool = await makeDiskSpool({
    folder: join(folder, 'spool'),
    limits: { maxUploadBytes: 1e6, maxExpandedBytes: 1e6, maxEntries: 100, maxPathBytes: 4096 },
    newId,
  });
  await store.saveWorker({ id: 'one', seenAt: at(0), engine: '28', problem: '' });
  const submission = makeSubmitBuild({
    store,
    spool,
    doorbell: { ring: () => {} },
    analyzeDockerfile: async ({ project }) => report('a', { project: project ?? null }),
    clock: { now: () => at(seconds), elapsed: () => 0, newId },
    log: { info: (line) => told.push(line) },
    sealer,
    queue: makeQueue({ store, room, concurrency: 2 }),
    maxDockerfileBytes: 1e4,
  });
  return {
    check: (about) => submission.check(about),
    submit: (upload, options, key, access = everybody) =>
      submission.submit(upload, options, { key, access, origin: someOrigin }),
    told,
    store,
    later: async (more) => {
      seconds += more;
      await store.saveWorker({ id: 'one', seenAt: at(seconds), engine: '28', problem: '' });
    },
    spooled: async () => await spool.sweep(await store.contextsInUse()),
  };
}

const dockerfile = { dockerfile: Buffer.from('FROM scratch\n') };

/** A context as a client packs it: `level` changes the bytes that are sent, and nothing of the content. */
function packed(text: string, level: number, mtime = new Date(0)): Readable {
  const archive = pack();
  archive.entry({ name: 'Dockerfile', mtime }, 'FROM scratch\n');
  archive.entry({ name: 'app.txt', mtime }, text);
  archive.finalize();
  return Readable.from(
    (async function* () {
      const chunks: Buffer[] = [];
      for await (const chunk of archive) chunks.push(chunk as Buffer); // a tar stream yields Buffers
      yield gzipSync(Buffer.concat(chunks), { level });
    })(),
  );
}

await t.test('the same key and content bring the first build, whatever has become of it', async (t) => {
  const { submit, store, spooled, told } = await subject(t);
  const options = { project: 'shop/api', env: { A: '1', B: '2' }, port: 80 };
  const first = await submit(packed('x', 1), options, 'run-1');
  t.equal(first.isRepeated, false);
  const again = await submit(
    packed('x', 9, new Date(1e12)),
    { port: 80, env: { B: '2', A: '1' }, project: 'shop/api' },
    'run-1',
  );
  t.match(again, { isRepeated: true, build: { id: first.build.id } }, 'packed and written in another way');
  const { requestId: reqId, trace } = someOrigin;
  t.match(told, [{ reqId, traceId: trace.traceId, audit: true, who: null, did: 'submit', buildId: first.build.id }]);
  t.equal((await store.counts()).queued, 1);
  t.equal(await spooled(), 0, 'the second upload was let go of at once');
  const claim = await store.claim(at(1));
  if (claim === undefined) throw new Error('one was queued');
  t.same(claim.origin, someOrigin, 'whoever works on it knows which request it was');
  t.notOk('origin' in claim.options);
  await store.finish(claim, { state: 'failed', report: report('v'), finishedAt: at(2) });
  t.match(await submit(packed('x', 1), options, 'run-1'), { isRepeated: true, build: { state: 'failed' } });
});

await t.test('other content under the same key is refused, and none of it stays', async (t) => {
  const { submit, spooled, store } = await subject(t);
  await submit(packed('x', 1), { env: { TOKEN: 'one' } }, 'run-1');
  const refused = { code: 'idempotency-key-reused' };
  await t.rejects(submit(packed('y', 1), { env: { TOKEN: 'one' } }, 'run-1'), refused, 'another file');
  await t.rejects(submit(packed('x', 1), { env: { TOKEN: 'two' } }, 'run-1'), refused, 'another secret');
  await t.rejects(submit(packed('x', 1), { env: { TOKEN: 'one' }, port: 1 }, 'run-1'), refused, 'another option');
  t.equal(await spooled(), 0);
  t.equal((await store.counts()).queued, 1);
  t.equal((await submit(packed('y', 1), {}, 'run-2')).isRepeated, false, 'another key');
  t.equal((await submit(packed('y', 1), { project: 'p' }, 'run-1')).isRepeated, false, 'another project');
  t.equal((await submit(packed('y', 1), {}, undefined)).isRepeated, false, 'no key');
});

await t.test('two at once end in one build', async (t) => {
  const { submit, store } = await subject(t);
  const both = await Promise.all([submit(packed('x', 1), {}, 'k'), submit(packed('x', 1), {}, 'k')]);
  t.equal(both[0].build.id, both[1].build.id);
  t.equal(both.filter(({ isRepeated }) => isRepeated).length, 1);
  t.equal((await store.counts()).queued, 1);
});

await t.test('a key lives for a day', async (t) => {
  const { submit, later } = await subject(t);
  const first = await submit(dockerfile, {}, 'k');
  await later(24 * 3600 - 1);
  t.equal((await submit(dockerfile, {}, 'k')).build.id, first.build.id);
  await later(2);
  t.equal((await submit(dockerfile, {}, 'k')).isRepeated, false);
});

await t.test('a full queue is told before the upload, with a time that follows from real builds', async (t) => {
  const { submit, check, store, spooled } = await subject(t, { builds: 1, bytes: 1e6 });
  const about = { key: undefined, announcedBytes: 100 };
  await submit(dockerfile, {}, 'known');
  await t.rejects(check(about), { code: 'build-queue-full', retryAfterSeconds: 60 }, 'nothing has ended yet');
  const claim = await store.claim(at(0));
  if (claim === undefined) throw new Error('one was queued');
  await store.finish(claim, { state: 'passed', report: report('v'), finishedAt: at(500) });
  t.equal(await spooled(), 1, 'that of the ended one');
  await submit(dockerfile, {}, undefined);
  await t.rejects(check(about), { code: 'build-queue-full', retryAfterSeconds: 250, message: /in 4 minutes/ });
  await t.rejects(submit(dockerfile, {}, undefined), { code: 'build-queue-full' });
  t.equal(await spooled(), 0);
  await check({ ...about, key: 'known' });
  t.equal((await submit(dockerfile, {}, 'known')).isRepeated, true, 'what is in it already can be asked for');
});

await t.test('the room for bytes counts what waits, and an announced length that cannot fit', async (t) => {
  const { submit, check } = await subject(t, { builds: 9, bytes: 5000 });
  await t.rejects(check({ key: undefined, announcedBytes: 5001 }), {
    code: 'upload-too-large',
    message: /5001 bytes or more; all that wait together may have 5000/,
    retryAfterSeconds: undefined,
  });
  await submit(dockerfile, {}, undefined);
  await t.rejects(check({ key: undefined, announcedBytes: 4000 }), { code: 'build-queue-full' });
  await submit(dockerfile, {}, undefined);
  await t.rejects(submit(dockerfile, {}, undefined), { code: 'build-queue-full', message: /do not fit below .* 5000/ });
});

await t.test('an upload of unknown length is refused at the first byte that does not fit', async (t) => {
  const { submit, store, spooled } = await subject(t, { builds: 9, bytes: 300_000 });
  let sent = 0;
  const endless = Readable.from(
    (async function* () {
      const archive = pack();
      for (let n = 0; n < 90; n += 1) archive.entry({ name: `big-${n}` }, Buffer.alloc(10_000));
      archive.finalize();
      for await (const chunk of archive) {
        sent += (chunk as Buffer).length; // a tar stream yields Buffers
        yield chunk as Buffer;
      }
    })(),
  );
  await t.rejects(submit(endless, {}, undefined), { code: 'upload-too-large' });
  t.ok(sent < 700_000, `${sent} of 900,000 bytes were read`);
  t.equal(await spooled(), 0);
  t.equal((await submit(packed('x', 1), {}, undefined)).isRepeated, false, 'the room that it held is free again');
  t.equal((await store.counts()).queued, 1);
});

await t.test('uploads that come at the same time share the room', async (t) => {
  const { submit, spooled } = await subject(t, { builds: 9, bytes: 300_000 });
  const big = (): Readable => packed('x'.repeat(200_000), 1);
  const ends = await Promise.allSettled([submit(big(), {}, undefined), submit(big(), {}, undefined)]);
  t.ok(ends.filter(({ status }) => status === 'fulfilled').length <= 1);
  t.equal(await spooled(), 0);
  const later = await Promise.allSettled([submit(packed('y', 1), {}, undefined)]);
  t.equal(later[0].status, 'fulfilled', 'what was not taken holds no room');
});

await t.test('a build belongs to a project of its sender, also where the repository names another', async (t) => {
  const { submit, store, spooled } = await subject(t);
  const shop = { holder: 'ci', scopes: ['build'], projects: ['shop/*'] } as const;
  const file = (project: string): Readable => {
    const archive = pack();
    archive.entry({ name: 'Dockerfile' }, 'FROM scratch\n');
    archive.entry({ name: 'drydock.yaml' }, `project: ${project}\n`);
    archive.finalize();
    return Readable.from(archive);
  };
  const refused = { code: 'project-forbidden' };
  await t.rejects(submit(dockerfile, {}, undefined, shop), refused);
  await t.rejects(submit(dockerfile, { project: 'infra' }, undefined, shop), refused);
  await t.rejects(submit(file('infra'), {}, undefined, shop), refused);
  t.equal(await spooled(), 0);
  t.equal((await submit(file('shop/web'), {}, undefined, shop)).build.project, 'shop/web');
  t.equal((await submit(dockerfile, { project: 'shop/api' }, undefined, shop)).build.project, 'shop/api');
  const only = { ...shop, projects: ['shop/api'] };
  t.equal((await submit(dockerfile, {}, undefined, only)).build.project, 'shop/api');
  t.equal((await store.counts()).queued, 3);
});
