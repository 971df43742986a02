/** openapi.yaml is true: what the service really answers is held to the committed file, not to the schemas. What it says: openapi.test.ts. */
import type { InjectOptions, LightMyRequestResponse as Answer } from 'fastify';
import t from 'tap';
import { formats } from '../../src/formats/index.ts';
import { problems } from '../../src/schemas/problem.ts';
import type { ProblemCode } from '../../src/schemas/problem.ts';
import { AppError } from '../../src/use-cases/errors.ts';
import { webhooks } from './fake-webhooks.ts';
import { breaches, file, operations, typeOf } from './contract-file.ts';
import { fakeApp, form, tokens } from './fakes.ts';

const text: InjectOptions = {
  method: 'POST',
  url: '/analyze',
  headers: { 'content-type': 'text/plain' },
  payload: 'FROM x\n',
};
const hook: InjectOptions = {
  method: 'POST',
  url: '/webhooks',
  headers: { 'content-type': 'application/json' },
  payload: '{"url":"https://ci.example/hooks"}',
};
const archive: InjectOptions = { method: 'POST', url: '/build-verify', ...form(['context', 'x']) };

await t.test('a body that breaks the contract is seen, so that the next tests mean something', async (t) => {
  const { app } = await fakeApp();
  const fine = await app.inject({ url: '/build-verify/b1' });
  const broken = { ...fine, json: () => ({ ...fine.json<object>(), state: 'lost', more: 1 }) };
  t.same(breaches('/build-verify/{id}', 'GET', fine), []);
  // Only what `breaches` reads was replaced.
  t.equal(breaches('/build-verify/{id}', 'GET', broken as Answer).length, 2);
  await app.close();
});

await t.test('every operation answers what the contract says, in every format', async (t) => {
  const { app } = await fakeApp();
  const requests: readonly (readonly [path: string, request: InjectOptions, status: number])[] = [
    ...formats.flatMap(({ name: format }): [string, InjectOptions, number][] => [
      ['/analyze', { ...text, url: `/analyze?format=${format}` }, 200],
      ['/analyze', { ...text, url: `/analyze?format=${format}&strict=true` }, 422],
      ['/analyze/{id}', { method: 'GET', url: `/analyze/a1?format=${format}` }, 200],
      ['/build-verify/{id}/report', { method: 'GET', url: `/build-verify/b2/report?format=${format}` }, 200],
    ]),
    ['/build-verify', archive, 202],
    ['/build-verify/{id}', { method: 'GET', url: '/build-verify/b1' }, 200],
    ['/build-verify/{id}', { method: 'GET', url: '/build-verify/b2' }, 200],
    ['/build-verify/{id}', { method: 'GET', url: '/build-verify/b2', headers: { 'if-none-match': '*' } }, 304],
    ['/build-verify', { method: 'GET', url: '/build-verify?state=queued&project=shop/api&limit=1' }, 200],
    ['/build-verify/{id}/events', { method: 'GET', url: '/build-verify/b2/events' }, 200],
    ['/build-verify/{id}/log', { method: 'GET', url: '/build-verify/b2/log' }, 200],
    ['/build-verify/{id}/log', { method: 'GET', url: '/build-verify/b1/log', headers: { range: 'bytes=1-' } }, 206],
    ['/build-verify/{id}', { method: 'DELETE', url: '/build-verify/b1' }, 202],
    ['/build-verify/{id}', { method: 'DELETE', url: '/build-verify/b2' }, 204],
    ['/checks', { method: 'GET', url: '/checks' }, 200],
    ['/checks/{id}', { method: 'GET', url: '/checks/apt-lists-kept' }, 200],
    ['/checks/{id}', { method: 'GET', url: '/checks/stops-on-signal' }, 200],
    ['/workers', { method: 'GET', url: '/workers' }, 200],
    ['/health', { method: 'GET', url: '/health' }, 200],
    ['/projects', { method: 'GET', url: '/projects' }, 200],
    ['/projects/{name}', { method: 'GET', url: '/projects/shop%2Fapi?limit=1' }, 200],
    ['/projects/{name}/badge.svg', { method: 'GET', url: '/projects/shop%2Fapi/badge.svg' }, 200],
    ['/webhooks', hook, 201],
    ['/webhooks', { method: 'GET', url: '/webhooks' }, 200],
    ['/webhooks/{id}', { method: 'GET', url: '/webhooks/w1' }, 200],
    ['/webhooks/{id}', { method: 'DELETE', url: '/webhooks/w1' }, 204],
    ['/webhooks/{id}/test', { method: 'POST', url: '/webhooks/w1/test' }, 200],
    ['/compare', { method: 'GET', url: '/compare?base=a1&head=b2' }, 200],
    ['/metrics', { method: 'GET', url: '/metrics' }, 200],
    ['/health/live', { method: 'GET', url: '/health/live' }, 200],
    ['/problems/{code}', { method: 'GET', url: '/problems/internal' }, 200],
    ['/docs', { method: 'GET', url: '/docs' }, 200],
    ['/openapi.yaml', { method: 'GET', url: '/openapi.yaml' }, 200],
  ];
  const seen = new Set<string>();
  for (const [path, request, status] of requests) {
    const method = String(request.method);
    const answer = await app.inject(request);
    t.equal(answer.statusCode, status, path);
    t.same(breaches(path, method, answer), [], `${method} ${path}`);
    seen.add(`${method} ${path} ${status} ${answer.body === '' ? '' : typeOf(answer)}`);
  }
  const documented = operations.flatMap(({ path, method, operation }) =>
    Object.entries(operation.responses)
      .filter(([status]) => status < '400')
      .flatMap(([status, { content = { '': {} } }]) =>
        Object.keys(content).map((type) => `${method} ${path} ${status} ${type}`),
      ),
  );
  const unseen = documented.filter((one) => !seen.has(one));
  t.same(unseen, [], 'an answer that is documented was never seen: add a request for it to the list above');
  t.equal((await app.inject({ url: '/openapi.yaml' })).body, file, 'the service serves the committed contract');
  await app.close();
});

await t.test('every problem is a document of the contract, wherever it may come', async (t) => {
  const seen = new Set<string>();
  const look = (path: string, method: string, answer: Answer): void => {
    seen.add(answer.json<{ type: string }>().type.replace('/problems/', ''));
    t.same(breaches(path, method, answer), [], `${method} ${path} ${answer.statusCode}`);
  };
  // What use cases throw: each code is thrown where the contract says that it may come.
  const thrown: readonly ProblemCode[] = [
    'archive-broken',
    'archive-unsafe',
    'dockerfile-missing',
    'dockerfile-ambiguous',
    'dockerignore-unreadable',
    'project-file-invalid',
    'upload-too-large',
    'dockerfile-too-large',
    'dockerfile-not-text',
    'analysis-too-costly',
    'analysis-queue-full',
    'storage-unavailable',
    'internal',
    'engine-unavailable',
    'build-queue-full',
    'idempotency-key-reused',
    'project-forbidden',
  ];
  for (const code of thrown) {
    const fail = async (): Promise<never> => {
      throw new AppError(code, `This is ${code}.`);
    };
    const { app } = await fakeApp({
      useCases: { analyzeDockerfile: fail, submitBuild: { check: async () => {}, submit: fail } },
    });
    look('/build-verify', 'POST', await app.inject(archive));
    if (!['engine-unavailable', 'build-queue-full', 'idempotency-key-reused'].includes(code))
      look('/analyze', 'POST', await app.inject(text));
    await app.close();
  }
  for (const code of ['webhook-target-refused', 'webhooks-full', 'project-forbidden', 'storage-unavailable'] as const) {
    const { app } = await fakeApp({
      useCases: { webhooks: { ...webhooks, register: () => Promise.reject(new AppError(code, `This is ${code}.`)) } },
    });
    look('/webhooks', 'POST', await app.inject(hook));
    await app.close();
  }
  // What HTTP itself refuses.
  const { app } = await fakeApp({ isStopping: () => false });
  const payload = '';
  look('/analyze', 'POST', await app.inject({ ...text, payload }));
  look('/analyze', 'POST', await app.inject({ ...text, url: '/analyze?x=1' }));
  look('/analyze', 'POST', await app.inject({ ...text, headers: {} }));
  look('/analyze/{id}', 'GET', await app.inject({ url: '/analyze/none' }));
  look('/analyze/{id}', 'GET', await app.inject({ url: '/analyze/a1', headers: { origin: 'null' } }));
  look('/build-verify/{id}', 'GET', await app.inject({ url: '/build-verify/none' }));
  look('/build-verify/{id}/report', 'GET', await app.inject({ url: '/build-verify/b1/report' }));
  look('/build-verify/{id}/report', 'GET', await app.inject({ url: '/build-verify/b2/report?format=x' }));
  look(
    '/build-verify/{id}/log',
    'GET',
    await app.inject({ url: '/build-verify/b2/log', headers: { range: 'bytes=999-' } }),
  );
  look('/webhooks', 'POST', await app.inject({ ...hook, payload: '' }));
  look('/webhooks', 'POST', await app.inject({ ...hook, payload: '{"url":"a","x":1}' }));
  look('/webhooks', 'POST', await app.inject({ ...hook, headers: { 'content-type': 'text/plain' } }));
  look('/webhooks', 'POST', await app.inject({ ...hook, payload: `{"url":"${'a'.repeat(70_000)}"}` }));
  look('/webhooks/{id}', 'GET', await app.inject({ url: '/webhooks/none' }));
  look('/webhooks/{id}', 'DELETE', await app.inject({ method: 'DELETE', url: '/webhooks/none' }));
  look('/webhooks/{id}/test', 'POST', await app.inject({ method: 'POST', url: '/webhooks/none/test' }));
  look('/problems/{code}', 'GET', await app.inject({ url: '/problems/x' }));
  look('/health', 'GET', await app.inject({ url: '/health', headers: { 'transfer-encoding': 'gzip, chunked' } }));
  look('/health', 'GET', await app.inject({ url: '/health', headers: { origin: 'null' } }));
  await app.close();
  const closed = await fakeApp({ tokens, isStopping: () => true });
  look('/analyze', 'POST', await closed.app.inject(text));
  const authorization = `Bearer ${tokens.get('ci')}`;
  look('/analyze', 'POST', await closed.app.inject({ ...text, headers: { ...text.headers, authorization } }));
  await closed.app.close();
  const bound = await fakeApp({ tokens, limitsOf: 'scopes=read', ratePerMinute: 1 });
  const asRead = { ...text, headers: { ...text.headers, authorization } };
  look('/analyze', 'POST', await bound.app.inject(asRead));
  const list = { url: '/build-verify', headers: { authorization } };
  await bound.app.inject(list);
  look('/build-verify', 'GET', await bound.app.inject(list));
  await bound.app.close();
  const never = Object.keys(problems).filter((code) => !seen.has(code));
  t.same(never, ['method-not-allowed'], 'only what no operation answers was not seen');
});
