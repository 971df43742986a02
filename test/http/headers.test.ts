/** What every answer tells a browser: each kind of answer, also those that no route gives. */
import { fastify } from 'fastify';
import t from 'tap';
import { answerProblem } from '../../src/http/problems.ts';
import { setSecurityHeaders } from '../../src/http/security-headers.ts';
import { fakeApp, limits, tokens } from './fakes.ts';
import { speak } from './speak.ts';

const data = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
} as const;

/** What must not be there, by the beginning of its name. */
const ABSENT = /^(?:access-control-|server$|x-powered-by$|strict-transport-security$)/;

/** The headers of an answer as it came over the wire. */
function headersOf(answer: string): Readonly<Record<string, string>> {
  const lines = (answer.split('\r\n\r\n')[0] ?? '').split('\r\n').slice(1);
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

await t.test('every kind of answer goes out under the policy that allows nothing', async (t) => {
  const { app } = await fakeApp();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const ask = (first: string, ...more: readonly string[]): string =>
    [`${first} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...more, '', ''].join('\r\n');
  const post = (url: string, type: string, body: string): string =>
    ask(`POST ${url}`, `Content-Type: ${type}`, `Content-Length: ${body.length}`) + body;
  const kinds: Readonly<Record<string, readonly [status: number, sent: string]>> = {
    'a report': [200, post('/analyze', 'text/plain', 'FROM x\n')],
    'a report for people': [200, ask('GET /analyze/a1?format=markdown')],
    'a build': [200, ask('GET /build-verify/b1')],
    'no news of a build': [304, ask('GET /build-verify/b1', 'If-None-Match: *')],
    'an accepted build': [202, post('/build-verify', 'text/plain', 'FROM x\n')],
    'a removed build': [204, ask('DELETE /build-verify/b2')],
    'events as they come': [200, ask('GET /build-verify/b2/events')],
    'a log': [200, ask('GET /build-verify/b2/log')],
    'a part of a log': [206, ask('GET /build-verify/b2/log', 'Range: bytes=0-3')],
    'no part of a log': [416, ask('GET /build-verify/b2/log', 'Range: bytes=900-')],
    metrics: [200, ask('GET /metrics')],
    'the contract': [200, ask('GET /openapi.yaml')],
    health: [200, ask('GET /health')],
    'the headers alone': [200, ask('HEAD /health')],
    help: [200, ask('GET /problems/body-empty')],
    'an empty body': [400, ask('POST /analyze')],
    'an address that is not there': [404, ask('GET /nowhere')],
    'an address that is no URL': [404, ask('GET /%zz')],
    'a report that is not there': [404, ask('GET /analyze/unknown')],
    'a method that is not there': [405, ask('PUT /analyze')],
    'another method': [405, ask('OPTIONS /analyze', 'Access-Control-Request-Method: POST')],
    'a report before its time': [409, ask('GET /build-verify/b1/report')],
    'a large body': [
      413,
      ask('POST /build-verify', 'Content-Type: application/gzip', `Content-Length: ${limits.maxUploadBytes * 100}`),
    ],
    'another media type': [415, post('/analyze', 'image/png', 'x')],
    'another expectation': [417, ask('POST /analyze', 'Expect: tea')],
    'a page of another site': [403, ask('GET /health', 'Origin: http://evil.example')],
    'no HTTP at all': [400, 'HELO me\r\n\r\n'],
    'headers without end': [431, ask('GET /health', `X: ${'x'.repeat(20_000)}`)],
    'no host': [400, 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n'],
  };
  for (const [kind, [status, sent]] of Object.entries(kinds)) {
    const answer = await speak(app, async (write) => write(sent));
    t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), kind);
    const headers = headersOf(answer);
    t.match(headers, data, kind);
    t.same(
      Object.keys(headers).filter((name) => ABSENT.test(name)),
      [],
      `${kind}: nothing that tells or allows too much`,
    );
  }
  await app.close();
});

await t.test('refusals of a token, a rate and a mistake inside are no exception', async (t) => {
  const { app } = await fakeApp({
    tokens,
    ratePerMinute: 1,
    useCases: {
      lookUp: {
        analysis: async () => {
          throw new Error('inside');
        },
      } as never, // only what is asked for here
    },
  });
  const authorization = `Bearer ${tokens.get('ci')}`;
  for (const [status, headers] of [
    [401, {}],
    [500, { authorization }],
    [429, { authorization }],
  ] as const) {
    const answer = await app.inject({ url: '/analyze/a1', headers });
    t.equal(answer.statusCode, status);
    t.match(answer.headers, data, String(status));
  }
  await app.close();
});

await t.test('a badge may be shown by other sites, and a problem in its place may not', async (t) => {
  const { app } = await fakeApp();
  const badge = await app.inject({ url: '/projects/shop%2Fapi/badge.svg' });
  t.match(badge.headers, {
    ...data,
    'cross-origin-resource-policy': 'cross-origin',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  });
  const refused = await app.inject({ url: '/projects/shop%2Fapi/badge.svg?x=1' });
  t.equal(refused.statusCode, 400);
  t.match(refused.headers, data);
  await app.close();
});

await t.test('a page says its own policy, and its problems have the strictest', async (t) => {
  const app = fastify();
  setSecurityHeaders(app);
  app.setErrorHandler(answerProblem);
  const config = { contentSecurityPolicy: "default-src 'none'; script-src 'self'" };
  app.get('/page', { config }, async (_request, reply) => reply.type('text/html').send('<p>'));
  app.get('/broken', { config }, async () => {
    throw new Error('inside');
  });
  const page = await app.inject({ url: '/page' });
  t.match(page.headers, {
    ...data,
    'content-security-policy': "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
  });
  t.match((await app.inject({ url: '/broken' })).headers, data);
  await app.close();
});
