/** POST /analyze in every form in which a Dockerfile may come. What is refused: refusals.test.ts. */
import t from 'tap';
import { ARCHIVE_TYPES } from '../../src/http/upload.ts';
import { fakeApp, form } from './fakes.ts';
import type { Part } from './fakes.ts';

const FROM = 'FROM busybox:1.37\n';
const tgz = Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]);

const fake = await fakeApp();
t.teardown(() => fake.app.close());

type Answer = Awaited<ReturnType<typeof fake.app.inject>>;

const post = (url: string, type: string, payload: string | Buffer): Promise<Answer> =>
  fake.app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload });
const postText = (url: string, payload: string | Buffer = FROM): Promise<Answer> =>
  post(url, 'text/plain; charset=utf-8', payload);
const postJson = (url: string, body: object): Promise<Answer> => post(url, 'application/json', JSON.stringify(body));
const postForm = (url: string, ...parts: readonly Part[]): Promise<Answer> =>
  fake.app.inject({ method: 'POST', url, ...form(...parts) });

await t.test('a Dockerfile as text/plain is analysed, with the options of the query', async (t) => {
  const answer = await postText('/analyze');
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers['location'], `/analyze/${answer.json<{ id: string }>().id}`);
  t.equal(answer.headers['drydock-verdict'], 'not-ready');
  t.equal(answer.headers['cache-control'], 'no-store');
  t.match(fake.asked.at(-1), {
    use: 'analyzeDockerfile',
    input: { dockerfile: FROM, path: 'Dockerfile', files: undefined, ignore: undefined, store: true },
  });

  const kept = await postText('/analyze?project=shop/api&profile=kubernetes&path=./docker//api.Dockerfile&store=false');
  t.equal(kept.statusCode, 200);
  t.equal(kept.headers['location'], undefined, 'what is not stored has no address');
  t.match(fake.asked.at(-1), {
    input: { path: 'docker/api.Dockerfile', project: 'shop/api', profile: 'kubernetes', store: false },
  });
});

await t.test('a byte order mark stays, and bytes that are not UTF-8 do not stop anything', async (t) => {
  await postText('/analyze', Buffer.concat([Buffer.from('\uFEFF'), Buffer.from([0x23, 0xff, 0x0a])]));
  t.match(fake.asked.at(-1), { input: { dockerfile: '\uFEFF#\uFFFD\n' } });
});

await t.test('JSON brings the files and the ignore file in force', async (t) => {
  const heard = async (body: object): Promise<unknown> => {
    t.equal((await postJson('/analyze', body)).statusCode, 200);
    return fake.asked.at(-1);
  };
  const dockerfile = FROM;
  t.match(await heard({ dockerfile: '' }), { input: { dockerfile: '', files: undefined, ignore: undefined } });
  t.match(await heard({ dockerfile, dockerignore: '*' }), { input: { ignore: { path: '.dockerignore', text: '*' } } });
  const files = [
    { path: './app/../app//main.py', content: 'ä' },
    { path: '.dockerignore', content: 'root' },
    { path: 'deploy/Dockerfile.dockerignore', content: 'own' },
    { path: 'big.bin', size: 7_000_000 },
  ];
  const options = { project: 'x', store: false };
  t.match(await heard({ dockerfile, path: './deploy/Dockerfile', files, options }), {
    input: {
      path: 'deploy/Dockerfile',
      files: [
        { path: 'app/main.py', sizeBytes: 2, content: 'ä' },
        { path: '.dockerignore' },
        { path: 'deploy/Dockerfile.dockerignore' },
        { path: 'big.bin', sizeBytes: 7_000_000 },
      ],
      ignore: { path: 'deploy/Dockerfile.dockerignore', text: 'own' },
      project: 'x',
      store: false,
    },
  });
  t.match(await heard({ dockerfile, files }), { input: { ignore: { path: '.dockerignore', text: 'root' } } });
  t.match(await heard({ dockerfile, files, dockerignore: 'given' }), { input: { ignore: { text: 'given' } } });
  t.match(
    await heard({ dockerfile, files: [] }),
    { input: { files: [], ignore: undefined } },
    'no file is a list, too',
  );
});

await t.test('options of the body win over the query', async (t) => {
  await postJson('/analyze?project=query&profile=job', { dockerfile: FROM, options: { project: 'body' } });
  t.match(fake.asked.at(-1), { input: { project: 'body', profile: 'job' } });
});

await t.test('a form brings Dockerfile, ignore file, options and archive, as files or as fields', async (t) => {
  const both = await postForm(
    '/analyze?path=api/Dockerfile',
    ['options', '{"project":"p","store":false}', { type: 'application/json' }],
    ['dockerfile', FROM, { filename: 'Dockerfile' }],
    ['dockerignore', '.git'],
    ['context', tgz, { filename: 'context.tgz', type: 'application/gzip' }],
  );
  t.equal(both.statusCode, 200);
  t.same(fake.asked.at(-1), {
    use: 'analyzeContext',
    input: { path: 'api/Dockerfile', dockerfile: FROM, dockerignore: '.git', options: { project: 'p', store: false } },
    archive: tgz,
  });
  t.equal(both.headers['location'], undefined);

  await postForm(
    '/analyze',
    ['dockerignore', '*.md'],
    ['dockerfile', FROM],
    ['options', '{"profile":"cli"}', { filename: 'o.json' }],
  );
  t.match(fake.asked.at(-1), {
    use: 'analyzeDockerfile',
    input: { dockerfile: FROM, files: undefined, ignore: { text: '*.md' }, profile: 'cli', store: true },
  });
  t.equal((await postForm('/analyze', ['dockerfile', '', { filename: 'Dockerfile' }])).statusCode, 200);
  t.match(fake.asked.at(-1), { input: { dockerfile: '' } }, 'an empty part is an empty Dockerfile');
  t.equal((await postForm('/analyze', ['context', tgz])).statusCode, 200);
  t.match(fake.asked.at(-1), { use: 'analyzeContext', input: { dockerfile: undefined }, archive: tgz });
});

await t.test('what stands behind the end of a form does not matter', async (t) => {
  const { headers, payload } = form(['dockerfile', FROM], ['context', tgz]);
  t.equal(
    (await fake.app.inject({ method: 'POST', url: '/analyze', headers, payload: Buffer.concat([payload, tgz]) }))
      .statusCode,
    200,
  );
});

await t.test('an archive goes on as it is, whatever it is called', async (t) => {
  for (const type of ARCHIVE_TYPES) {
    const answer = await post('/analyze?project=p&path=./Dockerfile.prod', type, tgz);
    t.equal(answer.statusCode, 200, type);
    t.ok(answer.headers['location'], 'stored unless asked otherwise');
    t.same(fake.asked.at(-1), {
      use: 'analyzeContext',
      input: { path: 'Dockerfile.prod', options: { project: 'p' } },
      archive: tgz,
    });
  }
});

await t.test('format picks how the report is told, strict makes a gate of it', async (t) => {
  for (const [format, type] of [
    ['json', /^application\/json/],
    ['text', /^text\/plain/],
    ['markdown', /^text\/markdown/],
  ] as const) {
    const answer = await postText(`/analyze?format=${format}`);
    t.equal(answer.statusCode, 200);
    t.match(answer.headers['content-type'], type);
  }
  const gate = await postText('/analyze?strict=true&format=text');
  t.equal(gate.statusCode, 422);
  t.match(gate.body, /^NOT READY/, 'the one 4xx that is no problem document');
  t.equal((await postText('/analyze?strict=false')).statusCode, 200);
});

await t.test('a stored analysis is told in every format, an unknown one is not there', async (t) => {
  const kept = await fake.app.inject({ url: '/analyze/a1?format=text' });
  t.equal(kept.statusCode, 200);
  t.match(kept.body, /^NOT READY/);
  t.equal((await fake.app.inject({ url: '/analyze/a1' })).json<{ kind: string }>().kind, 'analysis');
  t.equal((await fake.app.inject({ url: '/analyze/a2' })).statusCode, 404);
  t.equal((await fake.app.inject({ url: '/analyze/a1?strict=true' })).statusCode, 400);
});

await t.test('JSON may begin with a byte order mark', async (t) => {
  const { app } = await fakeApp();
  const marked = (value: object): string => `\uFEFF${JSON.stringify(value)}`;
  for (const [url, sent] of [
    ['/analyze', { payload: marked({ dockerfile: 'FROM x\n' }), headers: { 'content-type': 'application/json' } }],
    ['/analyze', form(['options', marked({})], ['dockerfile', 'FROM x\n'])],
    [
      '/webhooks',
      { payload: marked({ url: 'https://ci.example/hooks' }), headers: { 'content-type': 'application/json' } },
    ],
  ] as const) {
    const answer = await app.inject({ method: 'POST', url, ...sent });
    t.ok(answer.statusCode < 300, `${url}: ${answer.body}`);
  }
  await app.close();
});
