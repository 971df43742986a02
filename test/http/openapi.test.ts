/** What openapi.yaml says: fresh, tidy, with examples that are true, told the same as docs/problems.md, and shown by /docs. */
import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import t from 'tap';
import { openapiYaml } from '../../scripts/openapi.ts';
import { makePrometheus } from '../../src/adapters/metrics/prometheus.ts';
import { statuses } from '../../src/http/problems.ts';
import { ARCHIVE_TYPES } from '../../src/http/upload.ts';
import { problems } from '../../src/schemas/problem.ts';
import { contract, file, operations, wrongAt } from './contract-file.ts';
import type { Media } from './contract-file.ts';
import { fakeApp, tokens } from './fakes.ts';

await t.test('the contract is fresh: run npm run generate', async (t) => {
  t.equal(await openapiYaml(), file);
});

await t.test('Redocly has nothing to say under its recommended rules, and would', async (t) => {
  const config = await createConfig({ extends: ['recommended'] });
  const said = async (source: string): Promise<readonly string[]> =>
    (await lintFromString({ source, config })).map(
      ({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`,
    );
  t.same(await said(file), []);
  const worse = file
    .replace('operationId: listBuilds', 'operationId: getBuild')
    .replace('      summary: This contract\n', '');
  const rules = new Set((await said(worse)).map((one) => one.split(':')[0]));
  t.same(rules, new Set(['operation-operationId-unique', 'operation-summary']));
});

await t.test('the contract is tidy', async (t) => {
  t.match(contract.openapi, /^3\.1\./);
  for (const kind of ['schemas', 'examples'] as const) {
    const names = Object.keys(contract.components[kind]);
    t.same(names, names.toSorted(), 'components stand in the order of their names');
    for (const name of names) t.ok(file.includes(`"#/components/${kind}/${name}"`), `${name} is used`);
    for (const [, name = ''] of file.matchAll(new RegExp(`"#/components/${kind}/([\\w-]+)"`, 'g')))
      if (!names.includes(name)) t.fail(`${name} is not there`);
  }
  t.same(
    Object.keys(contract.components.schemas).filter((name) => name.endsWith('Input')),
    [],
    'one component per schema',
  );
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
    ['/projects/{name}/badge.svg', '/health', '/health/live', '/metrics', '/problems/{code}', '/openapi.yaml', '/docs'],
  );
});

await t.test('the contract names the headers that problems bring, and those that are read', async (t) => {
  const wanted: Readonly<Record<string, string>> = { 401: 'WWW-Authenticate', 429: 'Retry-After', 503: 'Retry-After' };
  for (const { path, method, operation } of operations) {
    for (const [status, { content = {}, headers = {} }] of Object.entries(operation.responses)) {
      const name = 'application/problem+json' in content ? wanted[status] : undefined;
      if (name !== undefined) t.ok(name in headers, `${method} ${path} ${status}: ${name}`);
    }
  }
  const read = operations.flatMap(({ operation: { operationId, parameters = [] } }) =>
    parameters.filter((one) => one.in === 'header').map(({ name }) => `${operationId} ${name}`),
  );
  t.same(read.toSorted(), [
    'followBuild Last-Event-ID',
    'getBuild If-None-Match',
    'getBuildLog Range',
    'submitBuild Idempotency-Key',
  ]);
});

/** Every body of the contract, with where it stands. */
const media = operations.flatMap(({ path, method, operation }) => {
  const at = ['paths', path, method.toLowerCase()];
  const of = (content: Readonly<Record<string, Media>> = {}, ...keys: readonly string[]) =>
    Object.entries(content).map(([type, body]) => ({
      name: `${method} ${path} ${keys.join(' ')} ${type}`,
      body,
      at: [...at, ...keys, 'content', type, 'schema'],
    }));
  return [
    ...of(operation.requestBody?.content, 'requestBody'),
    ...Object.entries(operation.responses).flatMap(([status, { content }]) => of(content, 'responses', status)),
  ];
});

await t.test('every body of every operation has an example, and each is what its schema says', async (t) => {
  const without = media.filter(({ body }) => Object.keys(body.examples ?? {}).length === 0).map(({ name }) => name);
  t.same(
    without,
    [],
    'write `examples: shown("…")` beside its schema in the route, and the example into src/http/examples/answers.ts or requests.ts',
  );
  for (const { name, body, at } of media) {
    for (const [key, { $ref }] of Object.entries(body.examples ?? {})) {
      const example = contract.components.examples[$ref.replace('#/components/examples/', '')];
      t.ok(example, `${name}: ${key} is there`);
      t.same(wrongAt(example?.value, ...at), [], `${name}: ${key}`);
    }
  }
  t.ok(media.length > 100, 'bodies were found');
  t.not(wrongAt({ status: 'fine' }, 'components', 'schemas', 'Liveness').length, 0, 'and a wrong one would be seen');
});

await t.test(
  'what has to be sent has an example, and each example of a parameter is what its schema says',
  async (t) => {
    for (const { path, method, operation } of operations) {
      for (const [index, { name, required, example }] of (operation.parameters ?? []).entries()) {
        if (required)
          t.not(example, undefined, `${method} ${path}: give \`${name}\` an example, .meta({ examples: [ … ] })`);
        if (example === undefined) continue;
        const at = ['paths', path, method.toLowerCase(), 'parameters', String(index), 'schema'];
        t.same(wrongAt(example, ...at), [], `${method} ${path}: ${name}`);
      }
    }
  },
);

await t.test('the figures of the example are real ones', async (t) => {
  const webhooks = { active: 0, disabled: 0, waiting: 0, overdueSeconds: 0 };
  const text = await makePrometheus().text({ queued: 0, running: 1, bytes: 0, oldestSeconds: 0, webhooks });
  t.ok(text.includes(String(contract.components.examples['metrics']?.value)));
});

await t.test('the table of problems, the contract and docs/problems.md say the same', async (t) => {
  const page = readFileSync('docs/problems.md', 'utf8');
  const sections = new Map(
    page
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf('\n')), section]),
  );
  t.same([...sections.keys()], Object.keys(problems));
  const known = new Set(Object.keys(problems));
  // `code`: Title.
  const told = operations.flatMap(({ path, method, operation }) =>
    Object.entries(operation.responses).flatMap(([status, { description }]) =>
      [...description.matchAll(/`([a-z-]+)`: ([^.`]+)\./g)].map(([, code = '', title]) => ({
        where: `${method} ${path}`,
        ...{ status: Number(status), code, title },
      })),
    ),
  );
  for (const { where, status, code, title } of told) {
    t.ok(known.has(code), `${where} tells ${code}, which is no problem`);
    t.match(
      { status: statuses[code as keyof typeof statuses], ...problems[code as keyof typeof problems] },
      { status, title },
    );
    const section = sections.get(code) ?? '';
    const whole = section.includes('every operation');
    t.ok(whole || section.includes(`\`${where}\``), `docs/problems.md: ${code} may come from ${where}`);
  }
  const reachable = new Set(told.map(({ code }) => code));
  t.same(
    [...known].filter((code) => !reachable.has(code)),
    ['method-not-allowed'],
    'a problem that no operation may answer; the one that stands here comes where there is no operation',
  );
  for (const [code, { title, when, help }] of Object.entries(problems)) {
    const section = sections.get(code) ?? '';
    for (const part of [`**${statuses[code as keyof typeof statuses]}**`, title, when, help])
      t.ok(section.includes(part), code);
    const places = [...section.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^`]*)`/g)].map(([, place]) => place);
    const where = new Set(told.filter((one) => one.code === code).map((one) => one.where));
    const lines = section.split('- Where: ')[1] ?? '';
    for (const place of places) if (lines.includes(`\`${place}\``)) t.ok(where.has(place ?? ''), `${code}: ${place}`);
  }
});

await t.test('/docs shows the contract, open to all and with nothing from elsewhere', async (t) => {
  const { app } = await fakeApp({ tokens });
  const page = await app.inject({ url: '/docs' });
  t.equal(page.statusCode, 200);
  const policy = String(page.headers['content-security-policy']);
  t.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
  t.notMatch(policy, /unsafe|https?:|\*/);
  t.match(page.headers, { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  t.notMatch(page.body, /https?:|<script>|<style|style=| on\w+=/, 'nothing from elsewhere, nothing inline');
  const parts = [...page.body.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, address = '']) => address);
  t.ok(parts.length >= 5);
  for (const part of parts) {
    const { pathname } = new URL(part, 'http://127.0.0.1/docs');
    const answer = await app.inject({ url: pathname });
    t.equal(answer.statusCode, 200, pathname);
    if (!pathname.startsWith('/docs/')) continue;
    t.match(answer.headers, { 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' });
    t.match(answer.headers['content-type'], pathname.endsWith('.js') ? /^text\/javascript/ : /^text\/css/);
    if (pathname.endsWith('.css')) t.notMatch(answer.body, /@import|url\(["']?(?!["']?data:)/);
    const again = await app.inject({ url: pathname, headers: { 'if-none-match': String(answer.headers['etag']) } });
    t.match(again, { statusCode: 304, body: '' });
  }
  t.match((await app.inject({ url: '/docs/page.js' })).body, /url: 'openapi\.yaml'/, 'the tidy document');
  t.equal((await app.inject({ method: 'HEAD', url: '/docs' })).statusCode, 200);
  t.equal((await app.inject({ method: 'HEAD', url: '/docs/page.js' })).statusCode, 200);
  t.equal(
    (await app.inject({ method: 'POST', url: '/docs', headers: { authorization: `Bearer ${tokens.get('ci')}` } }))
      .statusCode,
    405,
  );
  t.equal(
    (await app.inject({ url: '/docs', headers: { 'sec-fetch-site': 'cross-site' } })).statusCode,
    200,
    'may be linked to',
  );
  for (const url of ['/docs/x.js', '/docs/..%2f..%2fpackage.json', '/docs/__proto__', '/docs/swagger-ui.js'])
    t.equal((await app.inject({ url })).statusCode, 404, url);
  t.same(
    Object.keys(contract.paths).filter((path) => path.startsWith('/docs')),
    ['/docs'],
    'its parts are no operations',
  );
  await app.close();
});
