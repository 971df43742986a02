/** Webhooks over HTTP: what is signed, where nothing goes, and receivers that do not behave. Real sockets on loopback. */
import { createServer } from 'node:https';
import { createServer as createPlainServer } from 'node:net';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LookupAddress } from 'node:dns';
import { Webhook as Verifier } from 'standardwebhooks';
import t from 'tap';
import type { Test } from 'tap';
import { makeReachable } from '../../../src/adapters/webhooks/addresses.ts';
import { makeHttpSender } from '../../../src/adapters/webhooks/http-sender.ts';
import type { WebhookAnswer, WebhookSender } from '../../../src/use-cases/webhook-port.ts';
import { startReceiver } from '../../helpers/receiver.ts';
import type { Receiver } from '../../helpers/receiver.ts';

const message = { id: 'msg_1', body: JSON.stringify({ type: 'build.finished', data: { project: 'шоп' } }) };
const never = new AbortController().signal;

function senderOf(allow: string, more: Partial<Parameters<typeof makeHttpSender>[0]> = {}): WebhookSender {
  return makeHttpSender({ reachable: makeReachable(allow), version: '0.1.0', ...more });
}

function refusalOf(allow: string): (url: string) => ReturnType<WebhookSender['refusal']> {
  const sender = senderOf(allow);
  return (url) => sender.refusal(url);
}

async function receiver(t: Test, options: Parameters<typeof startReceiver>[0] = {}): Promise<Receiver> {
  const started = await startReceiver(options);
  t.teardown(() => started.close());
  return started;
}

const local = senderOf('127.0.0.1');
const secret = local.newSecret();
const send = async (url: string, sender = local): Promise<WebhookAnswer> =>
  await sender.send({ url, secret }, message, never);

await t.test('a message is signed so that the library of Standard Webhooks takes it, and nothing else', async (t) => {
  const { url, received } = await receiver(t);
  t.match(await send(`${url}/hooks?key=1`), { httpStatus: 204, problem: null, retryAfterSeconds: undefined });
  const [got] = received;
  if (got === undefined) throw new Error('nothing came');
  t.equal(got.path, '/hooks?key=1');
  t.equal(got.body, message.body);
  t.match(got.headers, { 'content-type': 'application/json', 'user-agent': 'drydock/0.1.0', 'webhook-id': 'msg_1' });
  const headers = Object.fromEntries(Object.entries(got.headers).map(([name, value]) => [name, String(value)]));
  t.same(new Verifier(secret).verify(got.body, headers), JSON.parse(message.body));
  t.throws(() => new Verifier(secret).verify(`${got.body} `, headers));
  t.throws(() => new Verifier(secret).verify(got.body, { ...headers, 'webhook-id': 'msg_2' }));
  t.throws(() => new Verifier(local.newSecret()).verify(got.body, headers), 'another secret');
  t.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
});

await t.test('only public addresses are reached, however they are written', async (t) => {
  const refusal = refusalOf('');
  const hidden = [
    ...['http://127.0.0.1/', 'http://127.1/', 'http://2130706433/', 'http://0x7f000001/', 'http://0177.0.0.1/'],
    ...['http://localhost/', 'http://LOCALHOST./', 'http://a.localhost:8080/', 'http://0/', 'http://[::1]/'],
    ...['http://[::]/', 'http://[::ffff:127.0.0.1]/', 'http://[::ffff:10.0.0.1]/', 'http://[::127.0.0.1]/'],
    ...[
      'http://10.1.2.3/',
      'http://172.16.0.1/',
      'http://172.31.255.255/',
      'http://192.168.1.1/',
      'http://①⑥⑨.254.169.254/',
    ],
    ...['http://169.254.169.254/latest/meta-data', 'http://100.64.0.1/', 'http://100.127.255.255/', 'http://0.1.2.3/'],
    ...['http://192.0.0.1/', 'http://192.0.2.1/', 'http://198.18.0.1/', 'http://198.51.100.1/', 'http://203.0.113.9/'],
    ...['http://224.0.0.1/', 'http://239.255.255.250/', 'http://240.0.0.1/', 'http://255.255.255.255/'],
    ...[
      'http://[fc00::1]/',
      'http://[fd12::1]/',
      'http://[fe80::1]/',
      'http://[ff02::1]/',
      'http://[64:ff9b::7f00:1]/',
    ],
    ...['http://[64:ff9b:1::1]/', 'http://[2002:7f00:1::]/', 'http://[2001:db8::1]/', 'http://[2001::1]/'],
    ...['http://[100::1]/', 'http://[3fff::1]/', 'http://[fec0::1]/', 'http://[5f00::1]/'],
  ];
  for (const url of hidden) t.match(refusal(url), { why: 'private', sentence: /DRYDOCK_WEBHOOK_ALLOW/ }, url);
  const open = [
    ...['https://ci.example/hooks', 'http://8.8.8.8/', 'http://172.32.0.1/', 'http://100.128.0.1/', 'http://11.0.0.1/'],
    ...['http://[2606:4700::1111]/', 'http://[2a00::1]/', 'https://localhost.example/', 'https://10.example/'],
  ];
  for (const url of open) t.equal(refusal(url), undefined, url);
  const malformed = ['', '/hooks', 'ci.example', 'ftp://ci.example/', 'file:///etc/passwd', 'javascript:alert(1)'];
  malformed.push('https://user@ci.example/', 'https://:pass@ci.example/', `https://ci.example/${'ä'.repeat(700)}`);
  for (const url of malformed) t.match(refusal(url), { why: 'form' }, url);
});

await t.test('the operator allows hosts, addresses and networks, and each of them alone', async (t) => {
  const refusal = refusalOf(' 10.1.0.0/16, Hooks.Internal,::1 ,192.168.1.7,fd00::/8');
  for (const host of ['10.1.255.1', '[::1]', '192.168.1.7', '[fd12::1]'])
    t.equal(refusal(`http://${host}/`), undefined);
  for (const host of ['10.2.0.1', '127.0.0.1', '192.168.1.8', '[fc00::1]', 'localhost'])
    t.match(refusal(`http://${host}/`), { why: 'private' }, host);
  t.equal(senderOf('localhost').refusal('http://localhost/'), undefined, 'by its name');
  t.equal(senderOf('127.0.0.1').refusal('http://localhost/'), undefined, 'by its address');
  for (const wrong of ['10.0.0.0/33', '10.0.0.0/a', '::/129', 'a b', 'http://x', 'x/8', '10.0.0.1/8/8', '-'])
    t.throws(() => makeReachable(wrong), { name: 'ConfigError', message: /DRYDOCK_WEBHOOK_ALLOW/ }, wrong);
});

await t.test('a name is looked up once for each connection, and the address that was looked at is used', async (t) => {
  // 127.0.0.2 plays the public address.
  const inside = await receiver(t);
  const outside = await receiver(t, { host: '127.0.0.2', port: inside.port });
  const asked: string[] = [];
  const answers: LookupAddress[][] = [];
  const sender = senderOf('127.0.0.2', {
    resolve: async (name) => {
      asked.push(name);
      return answers.shift() ?? [];
    },
  });
  const url = `http://rebinding.example:${inside.port}/`;
  const [free, hidden] = ['127.0.0.2', '127.0.0.1'].map((address) => ({ address, family: 4 }));
  if (free === undefined || hidden === undefined) return;

  answers.push([free], [hidden]);
  t.equal((await send(url, sender)).httpStatus, 204);
  t.equal(asked.length, 1, 'what would be private by now was not asked for');
  t.match(await send(url, sender), { httpStatus: null, problem: /not public.*DRYDOCK_WEBHOOK_ALLOW/ });
  answers.push([hidden, free], [{ address: '::ffff:127.0.0.1', family: 6 }], []);
  t.equal((await send(url, sender)).httpStatus, 204, 'of several only those that are free');
  t.match(await send(url, sender), { httpStatus: null, problem: /not public/ }, 'in the clothes of IPv6');
  t.match(await send(url, sender), { httpStatus: null, problem: /no address in DNS/ });
  t.equal(outside.received.length, 2);
  t.equal(inside.received.length, 0, 'never');
  t.equal(asked.length, 5);

  answers.push([hidden]);
  const resolve = async (): Promise<LookupAddress[]> => [hidden];
  t.equal((await send(url, senderOf('rebinding.example', { resolve }))).httpStatus, 204, 'where the name is allowed');
  t.match(
    await send(inside.url, senderOf('')),
    { httpStatus: null, problem: /not public/ },
    'and addresses, at each sending',
  );
  t.equal(inside.received.length, 1);
});

await t.test('redirects are not followed', async (t) => {
  const inside = await receiver(t);
  const statuses = [301, 302, 303, 307, 308];
  const outside = await receiver(t, {
    host: '127.0.0.2',
    answer: (response, number) => void response.writeHead(statuses[number - 1] ?? 500, { location: inside.url }).end(),
  });
  for (const status of statuses)
    t.match(await send(outside.url, senderOf('127.0.0.2')), { httpStatus: status, problem: /not followed/ });
  t.equal(inside.received.length, 0);
});

await t.test('receivers that do not behave cost a bounded time', async (t) => {
  const timed = async (url: string, deadlineMs: number): Promise<WebhookAnswer & { readonly ms: number }> => {
    const begun = performance.now();
    const answer = await send(url, senderOf('127.0.0.1', { deadlineMs }));
    return { ...answer, ms: performance.now() - begun };
  };
  const mute = await receiver(t, { answer: () => {} });
  const silent = await timed(mute.url, 300);
  t.match(silent, { httpStatus: null, problem: 'The receiver did not answer within 0.3 seconds.' });
  t.ok(silent.ms < 5000);

  const headless = createPlainServer((socket) => {
    socket.on('error', () => {});
    // A head that never ends.
    const drip = setInterval(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 20);
    socket.on('close', () => clearInterval(drip));
  });
  await new Promise<void>((resolve) => headless.listen(0, '127.0.0.1', resolve));
  t.teardown(() => headless.close());
  const address = headless.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  t.match(await timed(`http://127.0.0.1:${port}/`, 300), { httpStatus: null, problem: /did not answer within/ });

  let sent = 0;
  const giant = await receiver(t, {
    answer: (response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && sent < 1e9) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536))) break;
        }
      };
      response.on('drain', more);
      more();
    },
  });
  t.match(await timed(giant.url, 15_000), { httpStatus: 200, problem: null });
  t.ok(sent < 50e6, 'the rest is not read', { sent });

  const slow = await receiver(t, {
    answer: (response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(drip));
    },
  });
  const dripping = await timed(slow.url, 15_000);
  t.match(dripping, { httpStatus: 200, problem: null });
  t.ok(dripping.ms < 5000, 'nobody waits for a body');

  const stopping = new AbortController();
  const given = local.send({ url: mute.url, secret }, message, stopping.signal);
  await mute.count(2);
  stopping.abort();
  t.match(await given, { httpStatus: null, problem: /given up/ });
});

await t.test('what goes wrong is a sentence', async (t) => {
  const closed = await startReceiver();
  closed.close();
  t.match(await send(closed.url), { httpStatus: null, problem: 'Nothing listens at the address (ECONNREFUSED).' });
  const rude = await receiver(t, { answer: (response) => void response.socket?.destroy() });
  t.match(await send(rude.url), { httpStatus: null, problem: /without an answer \(ECONNRESET\)/ });
  const resolve = async (): Promise<never> => {
    throw Object.assign(new Error('queryA EAI_AGAIN secret.example'), { code: 'EAI_AGAIN' });
  };
  t.match(await send('http://x.example/', senderOf('', { resolve })), { problem: 'DNS does not answer (EAI_AGAIN).' });
  const busy = await receiver(t, {
    answer: (response, number) => {
      const waits = ['120', new Date(Date.now() + 90_000).toUTCString(), '99999999', 'soon', '-1'];
      response.writeHead(503, { 'retry-after': waits[number - 1] ?? '' }).end('a secret of the receiver');
    },
  });
  t.match(await send(busy.url), { httpStatus: 503, problem: /answered 503\. Only 2xx/, retryAfterSeconds: 120 });
  const { retryAfterSeconds = 0 } = await send(busy.url);
  t.ok(retryAfterSeconds > 80 && retryAfterSeconds <= 91, 'a date');
  t.equal((await send(busy.url)).retryAfterSeconds, 24 * 3600, 'within bounds');
  t.equal((await send(busy.url)).retryAfterSeconds, undefined);
  t.equal((await send(busy.url)).retryAfterSeconds, undefined);
});

await t.test('a certificate that nobody vouches for is not accepted', async (t) => {
  const folder = t.testdir({});
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  if (key === undefined || cert === undefined) return;
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert],
  ]);
  t.equal(made.status, 0, String(made.stderr));
  const tls = { key: readFileSync(key), cert: readFileSync(cert) };
  const own = await receiver(t, { serve: (listener) => createServer(tls, listener) });
  t.match(await send(`https://127.0.0.1:${own.port}/`), { httpStatus: null, problem: /certificate or TLS/ });
  t.equal(own.received.length, 0);
});
