/** What HTTP itself demands of a request, on a real connection: one Host, a body that ends somewhere, and bytes that are HTTP at all. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { fakeApp } from './fakes.ts';
import { speak } from './speak.ts';

const { app, asked } = await fakeApp();
t.teardown(() => app.close());
await app.listen({ port: 0, host: '127.0.0.1' });

const HOST = 'Host: localhost';
const CHUNKS = '7\r\nFROM a\n\r\n0\r\n\r\n';

/** One request, and everything that comes back. */
const say = (start: string, headers: readonly string[], body = ''): Promise<string> =>
  speak(app, async (write) => write([start, ...headers, 'Connection: close', '', body].join('\r\n')));
const post = (headers: readonly string[], body = CHUNKS, version = '1.1'): Promise<string> =>
  say(`POST /analyze HTTP/${version}`, ['Content-Type: text/plain', ...headers], body);

interface Heard {
  readonly status: string;
  readonly type: string;
  readonly detail: string;
}
function problemIn(answer: string): Heard {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const { type = '', detail = '' } = body.startsWith('{"type"') ? (JSON.parse(body) as Partial<Heard>) : {};
  return { status: head.slice(9, 12), type, detail };
}

await t.test('one Host, and one that is one', async (t) => {
  const cases: readonly (readonly [
    name: string,
    headers: readonly string[],
    version: string,
    status: string,
    said: RegExp,
  ])[] = [
    ['one', [HOST], '1.1', '200', /^$/],
    ['one in capitals', ['HOST: LOCALHOST:80'], '1.1', '200', /^$/],
    ['an address of IPv6', ['Host: [::1]:8080'], '1.1', '200', /^$/],
    ['none in HTTP/1.0', [], '1.0', '200', /^$/],
    ['none', [], '1.1', '400', /wants the header Host/],
    ['two', [HOST, 'Host: 127.0.0.1'], '1.1', '400', /^The header Host is there 2 times\. Send it once\.$/],
    ['two of the same', [HOST, 'hOST: localhost'], '1.1', '400', /2 times/],
    ['two in HTTP/1.0', [HOST, HOST], '1.0', '400', /2 times/],
    ['three, apart', [HOST, 'X-Host: a', HOST, 'Accept: */*', HOST], '1.1', '400', /3 times/],
    ['a list', ['Host: localhost, localhost'], '1.1', '400', /no name or address/],
    ['a blank', ['Host: local host'], '1.1', '400', /no name or address/],
    ['a URL', ['Host: http://localhost/'], '1.1', '400', /no name or address/],
    ['a user', ['Host: me@localhost'], '1.1', '400', /no name or address/],
    ['a port that is none', ['Host: localhost:http'], '1.1', '400', /no name or address/],
  ];
  for (const [name, headers, version, status, said] of cases) {
    const { type, detail, ...heard } = problemIn(await say(`GET /health HTTP/${version}`, headers));
    t.equal(heard.status, status, name);
    t.match(detail, said, name);
    if (status === '400') t.equal(type, '/problems/body-invalid', name);
  }
  const named = problemIn(await say('GET http://localhost/health HTTP/1.1', [HOST, HOST]));
  t.match(named, { status: '400', detail: /2 times/ }, 'beside a target that names one');
});

await t.test('a body is in chunks, or has a length; no other coding of the transfer is understood', async (t) => {
  const read: readonly (readonly [name: string, headers: readonly string[]])[] = [
    ['chunked', ['Transfer-Encoding: chunked']],
    ['in capitals', ['Transfer-Encoding: CHUNKED ']],
    ['an empty member before it', ['Transfer-Encoding: , chunked']],
  ];
  for (const [name, headers] of read) t.match(await post([HOST, ...headers]), /^HTTP\/1\.1 200 /, name);
  t.match(await post([HOST, 'Content-Length: 7'], 'FROM a\n'), /^HTTP\/1\.1 200 /, 'a length');

  const before = asked.length;
  const notKnown = {
    status: '501',
    type: '/problems/transfer-coding-unsupported',
    detail: /only `chunked` is understood/,
  };
  t.match(problemIn(await post([HOST, 'Transfer-Encoding: gzip, chunked'])), notKnown);
  t.match(
    problemIn(await post([HOST, 'Transfer-Encoding: gzip', 'Transfer-Encoding: chunked'])),
    notKnown,
    'two lines',
  );
  t.match(problemIn(await post([HOST, 'Transfer-Encoding: identity, chunked'])), notKnown, 'one that is no more');
  const nowhere = problemIn(await say('GET /nowhere HTTP/1.1', [HOST, 'Transfer-Encoding: gzip, chunked'], CHUNKS));
  t.match(nowhere, notKnown, 'whatever the address');

  const endless = /^HTTP\/1\.1 400 [^]*\r\nconnection: close\r\n[^]*Transfer-Encoding/i;
  t.match(await post([HOST, 'Transfer-Encoding: gzip']), endless);
  t.match(await post([HOST, 'Transfer-Encoding: chunked;q=1']), endless);
  t.match(await post([HOST, 'Transfer-Encoding: chunked, gzip']), endless);
  t.match(await post([HOST, 'Transfer-Encoding: chunked, chunked']), endless);
  t.match(await post([HOST, 'Transfer-Encoding: ']), endless);
  t.match(await post([HOST, 'Transfer-Encoding: chunked', 'Content-Length: 7']), endless);
  t.match(await post([HOST, 'Transfer-Encoding: chunked', 'Connection: keep-alive'], CHUNKS, '1.0'), endless);
  t.equal(asked.length, before, 'nobody heard of it');
});

await t.test('what cannot be read is told by what is wrong with it, and what to do', async (t) => {
  const chunked = `POST /analyze HTTP/1.1\r\n${HOST}\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const cases: readonly (readonly [name: string, sent: string, status: string, said: RegExp])[] = [
    ['nothing of HTTP', 'HELO localhost\r\n\r\n', '400', /no.* method of HTTP.*HTTP and not HTTPS/],
    ['a client of TLS', '\u0016\u0003\u0001\u0002\u0000\u0001', '400', /HTTP and not HTTPS/],
    ['another version', `GET / HTTP/1.9\r\n${HOST}\r\n\r\n`, '400', /no version of HTTP that is read/],
    [
      'a name with a blank',
      `GET / HTTP/1.1\r\n${HOST}\r\nBad Name: 1\r\n\r\n`,
      '400',
      /A header .* line `Name: value`/,
    ],
    ['an address with a control character', `GET /\u0001 HTTP/1.1\r\n${HOST}\r\n\r\n`, '400', /percent signs/],
    [
      'two lengths',
      `POST / HTTP/1.1\r\n${HOST}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      '400',
      /Content-Length has/,
    ],
    ['a length below nothing', `POST / HTTP/1.1\r\n${HOST}\r\nContent-Length: -1\r\n\r\n`, '400', /Content-Length has/],
    ['a chunk without a length', `${chunked}FROM a\r\n`, '400', /not in chunks.*base 16/],
    ['a chunk with a long extension', `${chunked}1;${'x'.repeat(20_000)}\r\n`, '400', /too many extensions/],
    [
      'a long header',
      `GET / HTTP/1.1\r\n${HOST}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      '431',
      /more than 16384 bytes\. Shorten/,
    ],
    ['a long address', `GET /?${'x'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n\r\n`, '431', /address and the headers/],
  ];
  const said = new Map<string, string>();
  for (const [name, sent, status, pattern] of cases) {
    const answer = await speak(app, async (write) => write(Buffer.from(sent, 'latin1')));
    const heard = problemIn(answer);
    t.match(heard, { status, type: 'about:blank', detail: pattern }, name);
    t.match(answer, /^HTTP\/1\.1 \d+ [A-Z][^]*\r\nConnection: close\r\n[^]*"title":"[A-Z]/, name);
    said.set(status, heard.detail);
  }
  // Node looks for what is too slow twice a minute; this is what it then says.
  const connected = once(app.server, 'connection');
  const late = await speak(app, async () => {
    // Node hands over the socket of the connection.
    const [socket] = (await connected) as [Socket];
    app.server.emit('clientError', Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
  });
  const slow = problemIn(late);
  t.match(slow, {
    status: '408',
    type: 'about:blank',
    detail: /too slowly: .* 60 seconds, and all of it 600\. Send it again/,
  });
  t.equal(new Set([...said.values(), slow.detail]).size, 3, 'each status says something else');
  t.equal(app.server.headersTimeout, 60_000);
  t.equal(app.server.requestTimeout, 600_000);
});

await t.test('an answer that has begun is cut off, and no other one is written into it', async (t) => {
  const heard = await speak(app, async (write, heard) => {
    write(`GET /build-verify/b1/events HTTP/1.1\r\n${HOST}\r\n\r\n`);
    while (!heard().includes('retry:')) await sleep(5);
    write('GARBAGE\r\n\r\n');
  });
  t.match(heard, /^HTTP\/1\.1 200 /);
  t.notMatch(heard, /about:blank/);
});
