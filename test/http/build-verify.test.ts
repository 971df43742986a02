/** /build-verify, /health, /problems: what is handed on, and what is answered. */
import t from 'tap';
import { ARCHIVE_TYPES } from '../../src/http/upload.ts';
import { problems } from '../../src/schemas/problem.ts';
import { AppError } from '../../src/use-cases/errors.ts';
import { chunksOf, build, fakeApp, form } from './fakes.ts';

const tgz = Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]);

const fake = await fakeApp();
t.teardown(() => fake.app.close());

await t.test('a raw archive is accepted with its plain options in the query', async (t) => {
  for (const type of ARCHIVE_TYPES) {
    const answer = await fake.app.inject({
      method: 'POST',
      url:
        '/build-verify?project=shop/api&profile=kubernetes&dockerfile=./deploy//Dockerfile&target=run&port=8000' +
        '&health=/healthz&startTimeoutSeconds=30&stopTimeoutSeconds=5',
      headers: { 'content-type': type },
      payload: tgz,
    });
    t.equal(answer.statusCode, 202, type);
    t.equal(answer.headers['location'], '/build-verify/b1');
    t.same(answer.json(), build);
    t.same(fake.asked.at(-1), {
      use: 'submit',
      archive: tgz,
      options: {
        project: 'shop/api',
        profile: 'kubernetes',
        dockerfile: 'deploy/Dockerfile',
        target: 'run',
        port: 8000,
        health: '/healthz',
        startTimeoutSeconds: 30,
        stopTimeoutSeconds: 5,
      },
    });
  }
});

await t.test('a form brings all options, and they win over the query', async (t) => {
  const options = { port: 9000, dockerfile: 'api/Dockerfile', buildArgs: { TOKEN: 'x' }, env: { A: '' } };
  const answer = await fake.app.inject({
    method: 'POST',
    url: '/build-verify?port=1&target=run&dockerfile=Dockerfile',
    ...form(
      ['options', JSON.stringify(options), { type: 'application/json' }],
      ['context', tgz, { filename: 'c.tgz' }],
    ),
  });
  t.equal(answer.statusCode, 202);
  t.same(fake.asked.at(-1), { use: 'submit', archive: tgz, options: { target: 'run', ...options } });
  await fake.app.inject({ method: 'POST', url: '/build-verify', ...form(['context', tgz]) });
  t.same(fake.asked.at(-1), { use: 'submit', archive: tgz, options: {} }, 'none are needed');
});

await t.test('a Dockerfile alone is enough, as text or as a part', async (t) => {
  const dockerfile = Buffer.from('FROM busybox\n');
  const text = await fake.app.inject({
    method: 'POST',
    url: '/build-verify?port=80',
    headers: { 'content-type': 'text/plain' },
    payload: dockerfile,
  });
  t.equal(text.statusCode, 202);
  t.same(fake.asked.at(-1), { use: 'submit', archive: dockerfile, options: { port: 80 } });
  const part = await fake.app.inject({
    method: 'POST',
    url: '/build-verify',
    ...form(['options', '{"noCache":true}'], ['dockerfile', dockerfile]),
  });
  t.equal(part.statusCode, 202);
  t.same(fake.asked.at(-1), { use: 'submit', archive: dockerfile, options: { noCache: true } });
});

await t.test('what cannot be taken now is refused before the upload is read, and says when to come back', async (t) => {
  const cases = [
    [new AppError('engine-unavailable', 'No engine.'), 503, '30'],
    [new AppError('build-queue-full', 'Full.', { retryAfterSeconds: 7 }), 429, '7'],
  ] as const;
  for (const [error, status, retryAfter] of cases) {
    const refuse = async (): Promise<never> => {
      throw error;
    };
    const { app } = await fakeApp({
      useCases: { submitBuild: { check: refuse, submit: refuse } },
    });
    const answer = await app.inject({ method: 'POST', url: '/build-verify', ...form(['context', tgz]) });
    t.equal(answer.statusCode, status);
    t.equal(answer.headers['retry-after'], retryAfter);
    t.match(answer.json(), { type: `/problems/${error.code}`, detail: error.message });
    await app.close();
  }
});

await t.test('the reason of a use case is told, unless the stream itself broke', async (t) => {
  const { app } = await fakeApp({
    useCases: {
      submitBuild: {
        check: async () => {},
        submit: async (archive) => {
          try {
            for await (const _ of chunksOf(archive)) break;
          } catch (cause) {
            throw new AppError('archive-broken', 'It ends in the middle.', { cause });
          }
          throw new AppError('archive-unsafe', 'It holds a device.');
        },
      },
    },
  });
  const own = await app.inject({ method: 'POST', url: '/build-verify', ...form(['context', tgz]) });
  t.equal(own.statusCode, 422);
  t.match(own.json(), { type: '/problems/archive-unsafe' });
  const whole = form(['context', Buffer.alloc(100)]);
  const cut = await app.inject({
    ...whole,
    method: 'POST',
    url: '/build-verify',
    payload: whole.payload.subarray(0, 71),
  });
  t.match(cut.json(), { type: '/problems/body-invalid' }, 'not what its reader made of it');
  await app.close();
});

await t.test('a poller is told when to look again while a build runs, and not after', async (t) => {
  const running = await fake.app.inject({ url: '/build-verify/b1' });
  t.match(running.json(), { id: 'b1', state: 'queued' });
  t.equal(running.headers['retry-after'], '1');
  const ended = await fake.app.inject({ url: '/build-verify/b2' });
  t.match(ended.json(), { id: 'b2', state: 'failed', verdict: 'not-ready' });
  t.equal(ended.headers['retry-after'], undefined);
});

await t.test('the report of an ended build comes in every format', async (t) => {
  for (const [format, pattern] of [
    ['json', /"kind":"verification"/],
    ['text', /^NOT READY/],
    ['markdown', /^## /],
  ] as const) {
    const answer = await fake.app.inject({ url: `/build-verify/b2/report?format=${format}` });
    t.equal(answer.statusCode, 200);
    t.match(answer.body, pattern);
    t.equal(answer.headers['drydock-verdict'], 'not-ready');
  }
  const early = await fake.app.inject({ url: '/build-verify/b1/report' });
  t.equal(early.statusCode, 409);
  t.equal(early.headers['retry-after'], '2');
});

await t.test('a build is cancelled, or removed when it has ended', async (t) => {
  const cancelled = await fake.app.inject({ method: 'DELETE', url: '/build-verify/b1' });
  t.equal(cancelled.statusCode, 202);
  t.match(cancelled.json(), { id: 'b1', state: 'cancelled' });
  const removed = await fake.app.inject({ method: 'DELETE', url: '/build-verify/b2' });
  t.equal(removed.statusCode, 204);
  t.equal(removed.body, '');
  const unknown = await fake.app.inject({ method: 'DELETE', url: '/build-verify/b9' });
  t.match(unknown.json(), { status: 404, type: '/problems/not-found' });
});

await t.test('health is 200 while analyses work and 503 without a database; liveness looks at nothing', async (t) => {
  t.equal((await fake.app.inject({ url: '/health' })).statusCode, 200);
  const down = await fakeApp({
    useCases: {
      checkHealth: async () => ({
        status: 'down',
        version: '0.1.0',
        database: { status: 'down', detail: 'The database does not answer.' },
        disk: { status: 'ok', detail: '' },
        sweep: null,
        engine: { status: 'degraded', version: null, detail: 'Not known.' },
        queue: { queued: 0, running: 0, limit: 1, bytes: 0, bytesLimit: 1 },
      }),
    },
  });
  const answer = await down.app.inject({ url: '/health' });
  t.equal(answer.statusCode, 503);
  t.match(answer.json(), { status: 'down' });
  t.same((await down.app.inject({ url: '/health/live' })).json(), { status: 'ok' });
  await down.app.close();
});

await t.test('every code has its help', async (t) => {
  for (const [code, { title, help }] of Object.entries(problems)) {
    const answer = await fake.app.inject({ url: `/problems/${code}` });
    t.equal(answer.statusCode, 200);
    t.match(answer.json(), { code, title, help, status: Number });
  }
});

await t.test(
  'an idempotency key goes to the use case, with or without its quotes, and a repetition is told',
  async (t) => {
    const { app, asked } = await fakeApp();
    const send = async (key: string) =>
      await app.inject({
        method: 'POST',
        url: '/build-verify',
        headers: { 'content-type': 'text/plain', 'idempotency-key': key },
        payload: 'FROM scratch',
      });
    const first = await send('run-1');
    t.equal(first.statusCode, 202);
    t.equal(first.headers['idempotency-replayed'], undefined);
    const again = await send('"again"');
    t.equal(again.statusCode, 202);
    t.equal(again.headers['idempotency-replayed'], 'true');
    t.strictSame(
      asked.map((one) => (one.use === 'submit' ? one.key : undefined)),
      ['run-1', 'again'],
    );
    for (const key of ['', 'a b', '"', 'x'.repeat(256), '"a"b"']) {
      const refused = await send(key);
      t.equal(refused.statusCode, 400, key);
      t.match(refused.json(), { errors: [{ pointer: '#/headers/idempotency-key' }] });
    }
    t.equal(asked.length, 2);
    await app.close();
  },
);
