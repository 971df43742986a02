/** Who may ask, what is told when something goes wrong inside, what is logged, and how the service ends. */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import t from 'tap';
import { originForm } from '../../src/http/target.ts';
import { ConfigError } from '../../src/use-cases/errors.ts';
import { digestOf, parseTokens } from '../../src/http/tokens.ts';
import { crossOriginReason } from '../../src/http/cross-origin.ts';
import { fakeApp, form, tokens } from './fakes.ts';
import { speak } from './speak.ts';

const FROM = {
  method: 'POST',
  url: '/analyze',
  payload: 'FROM x\n',
  headers: { 'content-type': 'text/plain' },
} as const;
const long = 'a1B2'.repeat(8);

await t.test('a token file is one name and one token per line', async (t) => {
  const read = parseTokens(`\uFEFF# who\r\n\nci ${long}\r\n  team.x@y\t${long}+/=  \n`);
  t.same(
    read.map(({ access: { holder }, digest }) => [holder, digest.toString('hex')]),
    [
      ['ci', digestOf(long).toString('hex')],
      ['team.x@y', digestOf(`${long}+/=`).toString('hex')],
    ],
  );
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /holds no token/],
    ['# only this', /holds no token/],
    ['ci', /line 1: the token is missing/],
    [`\nci ${long} x`, /line 2: there is something after/],
    ['ci short', /line 1: the token has 5 characters and needs at least 32/],
    [`c/i ${long}`, /the name may hold/],
    [`ci ${'ä'.repeat(32)}`, /printable ASCII/],
    [`ci ${long}\nci ${long}2`, /line 2: the name ci stands in the file twice/],
    [`ci ${long}\nweb ${long}`, /line 2: the token belongs to another name/],
  ];
  for (const [text, message] of wrong) {
    t.throws(() => parseTokens(text), ConfigError, text);
    t.throws(() => parseTokens(text), { message });
    try {
      parseTokens(text);
    } catch (error) {
      t.notMatch(String(error), new RegExp(`${long}|short`), 'no token is shown');
    }
  }
});

await t.test('with tokens every address needs one, except health, help and the contract', async (t) => {
  const { app, asked, lines, log } = await fakeApp({ tokens });
  const ask = async (url: string, authorization?: string): Promise<number> =>
    (await app.inject({ url, ...(authorization === undefined ? {} : { headers: { authorization } }) })).statusCode;
  for (const url of ['/health', '/health/live', '/metrics', '/openapi.yaml', '/problems/unauthorized', '/', '/docs'])
    t.equal(await ask(url), 200, url);
  t.equal(await ask('/projects/shop/badge.svg'), 200, 'a badge');
  for (const url of ['/analyze/a1', '/build-verify/b1', '/build-verify/b2/report', '/nowhere', '/analyze']) {
    t.equal(await ask(url), 401, url);
  }
  const refused = await app.inject(FROM);
  t.equal(refused.statusCode, 401);
  t.equal(refused.headers['www-authenticate'], 'Bearer realm="drydock"');
  t.match(refused.json(), { type: '/problems/unauthorized', detail: /Authorization: Bearer <token>/ });
  t.equal((await app.inject({ method: 'HEAD', url: '/health' })).statusCode, 200);
  t.equal((await app.inject({ method: 'HEAD', url: '/analyze/a1' })).statusCode, 401);
  t.equal(asked.length, 0);

  const ci = tokens.get('ci') ?? '';
  t.equal(await ask('/analyze/a1', `Bearer ${ci}`), 200);
  t.equal(await ask('/analyze/a1', `bearer ${tokens.get('dashboard')}`), 200, 'the scheme has no case');
  for (const bad of [`Bearer ${ci}x`, `Bearer ${ci.slice(1)}`, 'Bearer ', `Basic ${ci}`, ci, 'Bearer wrong']) {
    t.equal(await ask('/analyze/a1', bad), 401, bad);
  }
  const names = lines().flatMap((line) => (line['tokenName'] === undefined ? [] : [line['tokenName']]));
  t.same(names, ['ci', 'dashboard'], 'the log says whose token it was');
  t.ok(lines().some((line) => line['refusal'] === 'no token'));
  t.ok(lines().some((line) => line['refusal'] === 'unknown token'));
  t.notOk(log().includes(ci), 'and never which');
  await app.close();
});

await t.test('other sites are told from this one', async (t) => {
  const host = '127.0.0.1:8080';
  const fine: readonly (readonly [Record<string, string>, boolean])[] = [
    [{ host }, false],
    [{ host: 'localhost:8080' }, false],
    [{ host: 'LOCALHOST' }, false],
    [{ host: '[::1]:8080' }, false],
    [{ host: '192.168.1.4' }, false],
    [{}, false],
    [{ host: 'drydock.example' }, true],
    [{ host, origin: `http://${host}` }, false],
    [{ host: 'drydock.example', origin: 'https://drydock.example' }, true],
    [{ host: 'drydock.example:443', origin: 'https://drydock.example' }, true],
    [{ host, 'sec-fetch-site': 'same-origin' }, false],
    [{ host, 'sec-fetch-site': 'none' }, false],
  ];
  for (const [headers, hasTokens] of fine)
    t.equal(crossOriginReason(headers, { hasTokens }), undefined, JSON.stringify(headers));
  const refused: readonly (readonly [Record<string, string>, boolean])[] = [
    [{ host, 'sec-fetch-site': 'cross-site' }, false],
    [{ host, 'sec-fetch-site': 'same-site' }, true],
    [{ host, origin: 'http://evil.example' }, false],
    [{ host, origin: 'http://127.0.0.1:3000' }, false],
    [{ host, origin: 'null' }, false],
    [{ host, origin: '' }, false],
    [{ origin: 'http://localhost' }, false],
    [{ host: 'rebound.example:8080' }, false],
    [{ host: 'localhost.evil.example' }, false],
    [{ host: '127.0.0.1.evil.example' }, false],
    [{ host: 'local host' }, false],
    [{ host: 'drydock.example', origin: 'https://drydock.example:444' }, true],
  ];
  for (const [headers, hasTokens] of refused) t.ok(crossOriginReason(headers, { hasTokens }), JSON.stringify(headers));
});

await t.test('a page of another site reaches nothing, and the log says why', async (t) => {
  const { app, asked, lines } = await fakeApp();
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'http://evil.example' },
    { host: 'evil.example' },
  ]) {
    const answer = await app.inject({ ...FROM, headers: { ...FROM.headers, ...headers } });
    t.equal(answer.statusCode, 403);
    t.match(answer.json(), { type: '/problems/cross-origin-refused' });
    t.equal(answer.headers['access-control-allow-origin'], undefined);
  }
  t.equal(asked.length, 0);
  t.same(
    lines().map((line) => line['refusal']),
    ['sec-fetch-site is cross-site', 'origin is not this host', 'host is a name'],
  );
  await app.close();
});

await t.test('a target in absolute form is read as its path, and its host counts', async (t) => {
  const { app } = await fakeApp();
  await app.listen({ port: 0, host: '127.0.0.1' });
  for (const [first, host, answered] of [
    ['GET http://127.0.0.1/health', '127.0.0.1', /^HTTP\/1\.1 200 /],
    ['GET HTTP://localhost:8080/checks?alias=DL3009', 'evil.example', /^HTTP\/1\.1 200 /],
    ['PUT http://127.0.0.1/health', '127.0.0.1', /^HTTP\/1\.1 405 [^]*\r\nallow: GET, HEAD\r\n/],
    ['GET http://127.0.0.1/nowhere', '127.0.0.1', /^HTTP\/1\.1 404 /],
    ['GET http://evil.example/checks', '127.0.0.1', /^HTTP\/1\.1 403 /],
    ['GET http://127.0.0.1@evil.example/checks', '127.0.0.1', /^HTTP\/1\.1 400 /],
  ] as const) {
    const sent = `${first} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    t.match(await speak(app, async (write) => write(sent)), answered, first);
  }
  for (const [url, path] of [
    ['http://127.0.0.1', '/'],
    ['http://127.0.0.1?x', '/?x'],
    ['/http://a/b', '/http://a/b'],
    ['*', '*'],
  ] as const)
    t.equal(originForm(Object.assign(new IncomingMessage(new Socket()), { url })), path);
  const hostless = 'GET http://127.0.0.1/health HTTP/1.1\r\nConnection: close\r\n\r\n';
  t.match(await speak(app, async (write) => write(hostless)), /^HTTP\/1\.1 400 /);
  await app.close();
});

await t.test('a mistake inside shows nothing outside and everything in the log', async (t) => {
  const { app, lines } = await fakeApp({
    useCases: {
      analyzeDockerfile: async () => {
        throw new Error('SQLITE_CORRUPT at /var/lib/secret');
      },
    },
  });
  const answer = await app.inject(FROM);
  t.equal(answer.statusCode, 500);
  t.notMatch(answer.body, /SQLITE|secret|at .*\.ts/);
  const { instance } = answer.json<{ instance: string }>();
  const failure = lines().find((line) => line['msg'] === 'request failed');
  t.match(failure, { level: 50, err: { message: /SQLITE_CORRUPT/, stack: String } });
  t.equal(instance, `urn:uuid:${String(failure?.['reqId'])}`, 'the answer leads to the line');
  await app.close();
});

await t.test('an answer that breaks the contract is a mistake inside, too', async (t) => {
  const { app } = await fakeApp({
    useCases: { checkHealth: async () => JSON.parse('{"status":"fine"}') },
  });
  t.equal((await app.inject({ url: '/health' })).statusCode, 500);
  await app.close();
});

await t.test('one line per request, and nothing in it of what was sent', async (t) => {
  const { app, log, lines } = await fakeApp({ tokens });
  const authorization = `Bearer ${tokens.get('ci')}`;
  const canaries = [
    'CANARY_TEXT',
    'CANARY_FILE',
    'CANARY_ARG',
    'CANARY_QUERY',
    'CANARY_HEADER',
    tokens.get('ci') ?? '',
  ];
  const headers = { authorization, 'x-custom': 'CANARY_HEADER' };
  const options = JSON.stringify({ buildArgs: { A: 'CANARY_ARG' }, env: { B: 'CANARY_ARG' } });
  const requests = [
    { ...FROM, payload: '# CANARY_TEXT', headers: { ...FROM.headers, ...headers }, url: '/analyze?path=CANARY_QUERY' },
    {
      method: 'POST',
      url: '/analyze',
      headers: { ...headers, 'content-type': 'application/json' },
      payload: JSON.stringify({ dockerfile: 'CANARY_TEXT', files: [{ path: 'CANARY_FILE/../..' }] }),
    },
    {
      method: 'POST',
      url: '/build-verify',
      ...withHeaders(form(['options', options], ['context', 'CANARY_TEXT', { filename: 'CANARY_FILE' }])),
    },
    { method: 'POST', url: '/build-verify', ...withHeaders(form(['CANARY_FILE', 'x'])) },
    { method: 'POST', url: '/build-verify?dockerfile=CANARY_QUERY&port=x', ...withHeaders(form(['context', 'x'])) },
  ] as const;
  function withHeaders(sent: ReturnType<typeof form>): ReturnType<typeof form> {
    return { ...sent, headers: { ...sent.headers, ...headers } };
  }
  for (const request of requests) await app.inject(request);
  for (const canary of canaries) t.notOk(log().includes(canary), `${canary} is not logged`);
  t.same(
    lines().map(({ msg, method, path, status, tokenName }) => ({ msg, method, path, status, tokenName })),
    [
      { msg: 'request', method: 'POST', path: '/analyze', status: 200, tokenName: 'ci' },
      { msg: 'request', method: 'POST', path: '/analyze', status: 400, tokenName: 'ci' },
      { msg: 'request', method: 'POST', path: '/build-verify', status: 202, tokenName: 'ci' },
      { msg: 'request', method: 'POST', path: '/build-verify', status: 400, tokenName: 'ci' },
      { msg: 'request', method: 'POST', path: '/build-verify', status: 400, tokenName: 'ci' },
    ],
  );
  app.log.warn({ headers: { authorization }, body: 'CANARY_TEXT', nested: { env: 'CANARY_ARG' } }, 'a careless line');
  for (const canary of canaries) t.notOk(log().includes(canary), 'a careless line is blotted');
  await app.close();
});

await t.test('while it stops the service takes nothing new and still answers what is asked', async (t) => {
  let isStopping = false;
  const { app, asked } = await fakeApp({ isStopping: () => isStopping });
  t.equal((await app.inject(FROM)).statusCode, 200);
  isStopping = true;
  for (const url of ['/analyze', '/build-verify']) {
    const answer = await app.inject({ ...FROM, url });
    t.equal(answer.statusCode, 503);
    t.match(answer.json(), { type: '/problems/shutting-down' });
    t.equal(answer.headers['retry-after'], '5');
    t.equal(answer.headers['connection'], 'close');
  }
  t.equal(asked.length, 1);
  t.equal((await app.inject({ url: '/build-verify/b1' })).statusCode, 200);
  await app.close();
});
