/** What tokens are for: scopes, projects, and how many requests. */
import { createHash } from 'node:crypto';
import t from 'tap';
import { ConfigError } from '../../src/use-cases/errors.ts';
import { parseTokens } from '../../src/http/tokens.ts';
import { fakeApp, tokens } from './fakes.ts';

const long = 'a1B2'.repeat(8);
const hash = (token: string): string => `sha256:${createHash('sha256').update(token).digest('hex')}`;
const authorization = `Bearer ${tokens.get('ci')}`;

await t.test('a token may stand as its digest, and may be bound', async (t) => {
  const read = parseTokens(
    `a ${hash(long)} scopes=read projects=shop/*,infra\nb ${long}x\nc ${long}y projects=*,x scopes=admin`,
  );
  t.same(
    read.map(({ access }) => access),
    [
      { holder: 'a', scopes: ['read'], projects: ['shop/*', 'infra'] },
      { holder: 'b', scopes: ['analyze', 'build', 'read'], projects: undefined },
      { holder: 'c', scopes: ['admin'], projects: undefined },
    ],
  );
  t.equal(read[0]?.digest.toString('hex'), hash(long).slice(7));
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['a sha256:abc', /64 digits of hex/],
    [`a ${long} scopes=write`, /the scopes are analyze, build, read, admin/],
    [`a ${long} scopes=`, /not known/],
    [`a ${long} projects=a*b`, /\* at its end/],
    [`a ${long} projects=shop/../infra`, /no part of it is \. or \.\./],
    [`a ${long} projects=../*`, /no part of it is \. or \.\./],
    [`a ${long} project=a`, /not known/],
    [`a ${long}\nb ${hash(long)}`, /line 2: the token belongs to another name/],
  ];
  for (const [text, message] of wrong) {
    t.throws(() => parseTokens(text), ConfigError, text);
    t.throws(() => parseTokens(text), { message }, text);
  }
});

await t.test('a token does what its scopes say, and nothing else', async (t) => {
  const asks = [
    ['POST', '/analyze', ['analyze']],
    ['GET', '/analyze/a1', ['analyze', 'read']],
    ['POST', '/build-verify', ['build']],
    ['DELETE', '/build-verify/b1', ['build']],
    ['GET', '/build-verify', ['build', 'read']],
    ['GET', '/build-verify/b2/log', ['build', 'read']],
    ['GET', '/checks', ['analyze', 'build', 'read']],
    ['GET', '/workers', ['read']],
    ['GET', '/webhooks', []],
    ['POST', '/webhooks', []],
    ['GET', '/webhooks/w1', []],
    ['DELETE', '/webhooks/w1', []],
    ['POST', '/webhooks/w1/test', []],
  ] as const;
  for (const scope of ['analyze', 'build', 'read', 'admin']) {
    const { app } = await fakeApp({ tokens, limitsOf: `scopes=${scope}` });
    for (const [method, url, needed] of asks) {
      const answer = await app.inject({
        ...{ method, url, headers: { authorization, 'content-type': 'text/plain' } },
        ...(method === 'POST' ? { payload: 'FROM x\n' } : {}),
      });
      const isFor = scope === 'admin' || [...needed].some((one: string) => one === scope);
      t.equal(answer.statusCode !== 403, isFor, `${scope}: ${method} ${url} ${answer.statusCode}`);
      if (!isFor) t.match(answer.json(), { type: '/problems/scope-missing' });
    }
    t.equal((await app.inject({ url: '/nowhere', headers: { authorization } })).statusCode, 404);
    t.equal((await app.inject({ url: '/health' })).statusCode, 200);
    await app.close();
  }
});

await t.test('who asks too often waits, and whoever asks for health does not', async (t) => {
  const { app, lines } = await fakeApp({ tokens, ratePerMinute: 3 });
  const ask = async (name: string, url = '/checks') =>
    await app.inject({ url, headers: { authorization: `Bearer ${tokens.get(name)}` } });
  for (let n = 0; n < 3; n += 1) t.equal((await ask('ci')).statusCode, 200);
  const refused = await ask('ci');
  t.equal(refused.statusCode, 429);
  t.match(refused.json(), { type: '/problems/rate-limited', detail: /More than 3 requests/ });
  t.ok(Number(refused.headers['retry-after']) >= 1 && Number(refused.headers['retry-after']) <= 60);
  t.equal((await ask('dashboard')).statusCode, 200, 'another token has its own');
  t.equal((await ask('ci', '/health')).statusCode, 200);
  t.match(lines().at(3), { status: 429, problem: 'rate-limited', tokenName: 'ci' });
  await app.close();
});

await t.test('without tokens an address beyond loopback is counted, and loopback is not', async (t) => {
  const { app } = await fakeApp({ ratePerMinute: 2 });
  const ask = async (remoteAddress: string) => (await app.inject({ url: '/checks', remoteAddress })).statusCode;
  t.same([await ask('10.0.0.1'), await ask('10.0.0.1'), await ask('10.0.0.1')], [200, 200, 429]);
  t.equal(await ask('10.0.0.2'), 200);
  for (const own of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    t.same([await ask(own), await ask(own), await ask(own)], [200, 200, 200], own);
  }
  await app.close();
});

await t.test('whoever guesses tokens is told to wait, and a neighbour with a token is not', async (t) => {
  const { app, lines } = await fakeApp({ tokens, ratePerMinute: 2 });
  const ask = async (token: string | undefined, remoteAddress: string, more = {}) =>
    await app.inject({
      ...{ url: '/checks', remoteAddress },
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...more },
    });
  for (const token of [undefined, 'guess']) t.equal((await ask(token, '10.0.0.1')).statusCode, 401);
  for (const n of ['1', '2', '3']) {
    const refused = await ask(`guess${n}`, '10.0.0.1', { 'x-forwarded-for': `10.9.9.${n}` });
    t.equal(refused.statusCode, 429);
    t.match(refused.json(), { type: '/problems/rate-limited', detail: /More than 2 requests without a valid token/ });
    t.ok(Number(refused.headers['retry-after']) >= 1);
  }
  t.equal((await app.inject({ url: '/nowhere', remoteAddress: '10.0.0.1' })).statusCode, 429, 'wherever it asks');
  t.equal((await ask(tokens.get('ci'), '10.0.0.1')).statusCode, 200);
  t.equal((await ask('guess', '10.0.0.2')).statusCode, 401);
  for (const [last, status] of Object.entries({ 1: 401, 2: 401, 3: 429 }))
    t.equal((await ask('guess', `2001:db8::${last}`)).statusCode, status, 'a network of IPv6 is one');
  for (const n of ['1', '2', '3']) t.equal((await ask(`guess${n}`, '127.0.0.1')).statusCode, 401);
  t.same(
    lines().flatMap(({ audit, status }) => (audit === true ? [status] : [])),
    [401, 401, 429, 401, 401, 401, 429, 401, 401, 401],
    'the log is not filled',
  );
  await app.close();
});

await t.test('what is open is counted by address, but for health and figures', async (t) => {
  const { app } = await fakeApp({ tokens, ratePerMinute: 2 });
  const ask = async (url: string, remoteAddress = '10.0.0.1') => (await app.inject({ url, remoteAddress })).statusCode;
  const badge = '/projects/shop%2Fapi/badge.svg';
  t.same([await ask(badge), await ask('/openapi.yaml'), await ask(badge)], [200, 200, 429]);
  for (const url of ['/health', '/health/live', '/metrics']) t.equal(await ask(url), 200, url);
  t.equal(await ask(badge, '10.0.0.2'), 200);
  for (const _ of [1, 2, 3]) t.equal(await ask(badge, '127.0.0.1'), 200);
  await app.close();
});
