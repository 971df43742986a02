/**
 * Requests that are wrong in every way that openapi.yaml lets one think of. Whatever comes: no 5xx, an answer that the contract has for
 * that operation, a problem that says what to do, and the service goes on.
 */
import fc from 'fast-check';
import type { InjectOptions, LightMyRequestResponse as Answer } from 'fastify';
import t from 'tap';
import { PROBLEM_MEDIA_TYPE } from '../../src/http/problems.ts';
import type { Problem } from '../../src/schemas/problem.ts';
import { breaches, operations, typeOf } from './contract-file.ts';
import type { Schema } from './contract-file.ts';
import { fakeApp, form } from './fakes.ts';
import { speak } from './speak.ts';
import { addressOf, baseOf, withQuery, wrongBodies, wrongHeaders, wrongPaths, wrongQueries } from './wrong-requests.ts';
import type { Operation, Wrong } from './wrong-requests.ts';
import { resolved, values } from './wrong-values.ts';

/** What was held against the contract already, and is right. */
const held = new Set<string>();

/** What is wrong with an answer; nothing: it is as it should be. */
function faultsOf(one: Operation, { isWrong }: Pick<Wrong, 'isWrong'>, answer: Answer): readonly string[] {
  const { statusCode } = answer;
  if (statusCode >= 500) return [`${statusCode} ${answer.body.slice(0, 300)}`];
  // Many answers are the same, and some are long.
  const answered = `${one.method} ${one.path} ${statusCode} ${typeOf(answer)} ${answer.body}`;
  const broken = held.has(answered) ? [] : breaches(one.path, one.method, answer);
  if (statusCode < 400) held.add(answered);
  if (broken.length > 0) return [`${statusCode} ${broken.join(' ')} ${answer.body.slice(0, 300)}`];
  if (statusCode < 400) return isWrong ? [`${statusCode}, and should have been refused`] : [];
  // `strict=true` and not ready: the one 4xx that is no problem.
  if (typeOf(answer) !== PROBLEM_MEDIA_TYPE) return statusCode === 422 ? [] : ['it is no problem document'];
  const { detail, errors = [], status } = answer.json<Problem>();
  const texts = [detail, ...errors.map((error) => error.detail)];
  return [
    ...(status === statusCode ? [] : [`it says ${status} and is ${statusCode}`]),
    ...texts
      .filter((text) => !/^.{8,}[.!)`]$/s.test(text) || /undefined|\[object|Error:|\bzod\b| at .*\.ts/.test(text))
      .map((text) => `it says "${text}"`),
    ...errors.filter(({ pointer }) => !/^#(?:\/|$)/.test(pointer)).map(({ pointer }) => `it points to ${pointer}`),
  ];
}

const { app } = await fakeApp({ limits: { maxDockerfileBytes: 200_000, maxUploadBytes: 1_000_000 } });
t.teardown(() => app.close());

for (const [title, make, least] of [
  ['paths', wrongPaths, 100],
  ['queries', wrongQueries, 500],
  ['headers', wrongHeaders, 500],
  ['bodies', wrongBodies, 1000],
] as const) {
  await t.test(`wrong ${title}, derived from the contract, are answered as it says`, async (t) => {
    const faults: string[] = [];
    let asked = 0;
    for (const one of operations) {
      for (const wrong of make(one)) {
        asked += 1;
        const found = await app.inject(wrong.request).then(
          (answer) => faultsOf(one, wrong, answer),
          (error: unknown) => [String(error)],
        );
        faults.push(...found.map((fault) => `${one.method} ${one.path}, ${wrong.what}: ${fault}`));
      }
    }
    t.same(faults.slice(0, 30), [], `${faults.length} of ${asked}`);
    t.ok(asked > least, `${asked} were asked`);
    t.equal((await app.inject({ url: '/health' })).statusCode, 200);
  });
}

/** The same each time; what fails is printed with the seed and the smallest request that does. */
const reproducible = { seed: 20_261_121, numRuns: 150 };

/** Any characters, also those of no language; fast-check's own `binary` first makes a table of a million. */
const anyText = fc.string({
  unit: fc
    .oneof(fc.nat(0x7f), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
    .map((one) => String.fromCodePoint(one)),
});

/** Bodies of random JSON under names that the schema has. */
function members(schema: Schema): fc.Arbitrary<unknown> {
  const names = Object.keys(resolved(schema).properties ?? {});
  return fc.dictionary(
    fc.constantFrom(...names, 'x'),
    fc.oneof(fc.jsonValue(), fc.constantFrom(...values({ type: 'string' }))),
  );
}

await t.test('random bodies and queries are answered as the contract says', async (t) => {
  const holds = async (one: Operation, request: InjectOptions): Promise<void> => {
    const faults = faultsOf(one, { isWrong: false }, await app.inject(request));
    if (faults.length > 0) throw new Error(`${one.method} ${one.path}: ${faults.join(' ')}`);
  };
  for (const one of operations) {
    const base = baseOf(one);
    const content = one.operation.requestBody?.content;
    const names = (one.operation.parameters ?? []).filter(({ in: place }) => place === 'query').map(({ name }) => name);
    const query = fc.array(fc.tuple(fc.constantFrom('x', ...names), anyText), { maxLength: 3 });
    const ask = fc.asyncProperty(query, async (pairs) =>
      holds(one, { ...base, url: withQuery(base.url, String(new URLSearchParams(pairs))) }),
    );
    await fc.assert(ask, { ...reproducible, numRuns: 20 });
    if (content === undefined) continue;
    for (const [type, { schema }] of Object.entries(content)) {
      const headers = { ...base.headers, 'content-type': type };
      const send = async (payload: Buffer | string): Promise<void> => holds(one, { ...base, headers, payload });
      const bytes = fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one));
      await fc.assert(fc.asyncProperty(bytes, send), { ...reproducible, numRuns: 20 });
      if (type === 'application/json') {
        const bodies = fc.oneof(members(schema), fc.jsonValue()).map((body) => JSON.stringify(body));
        await fc.assert(fc.asyncProperty(bodies, send), reproducible);
      }
      const { options } = schema.properties ?? {};
      if (options === undefined) continue;
      const sendForm = async (body: unknown): Promise<void> =>
        holds(one, { ...base, ...form(['options', JSON.stringify(body)], ['context', 'x']) });
      await fc.assert(fc.asyncProperty(members(options), sendForm), reproducible);
    }
  }
  t.equal((await app.inject({ url: '/health' })).statusCode, 200);
});

await t.test(
  'headers that are too large, and bytes that are no HTTP, end one connection and nothing else',
  async (t) => {
    await app.listen({ host: '127.0.0.1', port: 0 });
    for (const one of operations) {
      const heads = [
        [`${one.method} ${addressOf(one)} HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(70_000)}\r\n\r\n`, 431],
        [`${one.method} ${addressOf(one)}\0 HTTP/1.1\r\nHost: x\r\n\r\n`, 400],
        [`${one.method} ${addressOf(one)} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n`, 400],
        [`${one.method} ${addressOf(one)} HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n`, 400],
      ] as const;
      for (const [head, status] of heads) {
        const heard = await speak(app, async (write) => write(head));
        t.match(
          heard,
          new RegExp(`^HTTP/1\\.1 ${status} [^]*application/problem\\+json[^]*"status":${status}`),
          `${status}: ${one.method} ${one.path}`,
        );
      }
    }
    t.equal((await app.inject({ url: '/health' })).statusCode, 200);
  },
);
