/** openapi.yaml: fresh, tidy, and true: what the service really answers is held to the committed file, not to the schemas. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { InjectOptions, LightMyRequestResponse as Answer } from 'fastify';
import t from 'tap';
import { parse } from 'yaml';
import { openapiYaml } from '../../scripts/openapi.ts';
import { formats } from '../../src/formats/index.ts';
import { statuses } from '../../src/http/problems.ts';
import { ARCHIVE_TYPES } from '../../src/http/upload.ts';
import { problems } from '../../src/schemas/problem.ts';
import type { ProblemCode } from '../../src/schemas/problem.ts';
import { AppError } from '../../src/use-cases/errors.ts';
import { webhooks } from './fake-webhooks.ts';
import { fakeApp, form, tokens } from './fakes.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, object>> };
  readonly responses: Readonly<Record<string, { readonly content?: object; readonly headers?: object }>>;
}
interface Contract {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const file = readFileSync('openapi.yaml', 'utf8');
const contract: Contract = parse(file);
const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

await t.test('the contract is fresh: run npm run generate', async (t) => {
  t.equal(await openapiYaml(), file);
});

await t.test('the contract is tidy', async (t) => {
  t.match(contract.openapi, /^3\.1\./);
  const names = Object.keys(contract.components.schemas);
  t.same(names, names.toSorted(), 'components stand in the order of their names');
  t.same(
    names.filter((name) => name.endsWith('Input')),
    [],
    'one component per schema',
  );
  for (const name of names) t.ok(file.includes(`#/components/schemas/${name}"`), `${name} is used`);
  for (const [, name] of file.matchAll(/#\/components\/schemas\/(\w+)/g))
    t.ok(names.includes(name ?? ''), `${name} is there`);
  t.notMatch(file, /9007199254740991|x-drydock/);
  t.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length);
  for (const { path, method, operation } of operations) {
    for (const key of ['summary', 'description', 'operationId'] as const)
      t.ok(operation[key], `${method} ${path}: ${key}`);
    t.equal(operation.tags.length, 1);
    t.ok(operation.responses['500'], `${method} ${path} may go wrong`);
  }
});

function bodies(path: string): readonly string[] {
  return Object.keys(contract.paths[path]?.['post']?.requestBody?.content ?? {});
}

await t.test('the contract names each body that is read, and says where no token is needed', async (t) => {
  t.same(bodies('/analyze'), ['text/plain', 'application/json', 'multipart/form-data', ...ARCHIVE_TYPES]);
  t.same(bodies('/webhooks'), ['application/json']);
  t.same(bodies('/build-verify'), ['text/plain', 'multipart/form-data', ...ARCHIVE_TYPES]);
  t.same(
    operations.filter(({ operation }) => operation.security?.length === 0).map(({ path }) => path),
    ['/projects/{name}/badge.svg', '/health', '/health/live', '/metrics', '/problems/{code}', '/openapi.yaml'],
  );
});

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(contract, 'contract');

/** What is wrong with an answer, by the committed file: its status, media type, headers and body. */
function breaches(path: string, method: string, answer: Answer): readonly string[] {
  const type = String(answer.headers['content-type']).split(';')[0] ?? '';
  const status = String(answer.statusCode);
  const documented = contract.paths[path]?.[method.toLowerCase()]?.responses[status];
  if (documented === undefined) return [`${status} is not in the contract`];
  if (documented.content === undefined) return answer.body === '' ? [] : [`${status} has no body`];
  const pointer = ['paths', path, method.toLowerCase(), 'responses', status, 'content', type, 'schema']
    .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  if (!Object.hasOwn(documented.content, type)) return [`${status} does not come as ${type}`];
  const validate = ajv.compile({ $ref: `contract#/${pointer}` });
  const body: unknown = /json/.test(type) ? answer.json() : answer.body;
  return validate(body) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

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
    ['/openapi.yaml', { method: 'GET', url: '/openapi.yaml' }, 200],
  ];
  for (const [path, request, status] of requests) {
    const answer = await app.inject(request);
    t.equal(answer.statusCode, status, path);
    t.same(breaches(path, String(request.method), answer), [], `${String(request.method)} ${path}`);
  }
  const asked = new Set(requests.map(([path, request]) => `${String(request.method)} ${path}`));
  for (const { path, method } of operations) t.ok(asked.has(`${method} ${path}`), `${method} ${path} was asked`);
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

await t.test('an operation documents the status of every problem that it may answer', async (t) => {
  const described = JSON.stringify(contract.paths);
  for (const [code, status] of Object.entries(statuses)) {
    if (code === 'method-not-allowed') continue;
    t.ok(described.includes(`\`${code}\``), `${code} is told`);
    t.ok(
      operations.some(({ operation }) => operation.responses[status]),
      `${status} is told`,
    );
  }
});
