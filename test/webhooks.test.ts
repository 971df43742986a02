/** Webhooks of the service as a process, on the engine of a folder: docs/webhooks.md is true, and a kill loses nothing. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import t from 'tap';
import type { Test } from 'tap';
import { BuildFinished, NewWebhook, WebhookDetail, WebhookTest } from '../src/schemas/webhook.ts';
import { SCHEDULE_SECONDS } from '../src/use-cases/deliver-webhooks.ts';
import { startReceiver } from './helpers/receiver.ts';
import type { Receiver } from './helpers/receiver.ts';
import { startService } from './helpers/service.ts';
import type { Service } from './helpers/service.ts';

const page = readFileSync('docs/webhooks.md', 'utf8');

function fences(language: string): readonly string[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, text = '']) =>
    name === language ? [text] : [],
  );
}

async function start(t: Test, folder: string, env: Readonly<Record<string, string>> = {}): Promise<Service> {
  const service = await startService(
    {
      ...{ DRYDOCK_DATA_DIR: join(folder, 'data'), SOAK_WORLD: join(folder, 'world'), SOAK_CALL_MS: '5' },
      ...{ DRYDOCK_WEBHOOK_ALLOW: '127.0.0.1', ...env },
    },
    'scripts/soak/service.ts',
  );
  t.teardown(() => service.stop('SIGKILL'));
  return service;
}

async function receiver(t: Test, options: Parameters<typeof startReceiver>[0] = {}): Promise<Receiver> {
  const started = await startReceiver(options);
  t.teardown(() => started.close());
  return started;
}

async function register({ url }: Service, to: string): Promise<NewWebhook> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ url: to });
  const answer = await fetch(`${url}/webhooks`, { method: 'POST', headers, body });
  if (answer.status !== 201) throw new Error(await answer.text());
  return NewWebhook.parse(await answer.json());
}

/** The trace that builds are asked for in. */
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

async function build({ url }: Service): Promise<void> {
  const headers = { 'content-type': 'text/plain', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };
  const answer = await fetch(`${url}/build-verify?profile=job&project=shop/api`, {
    ...{ method: 'POST', headers, body: 'FROM busybox:1.37\n' },
  });
  if (answer.status !== 202) throw new Error(await answer.text());
}

t.test('the lines of docs/webhooks.md register, and verify what comes', async (t) => {
  const folder = t.testdir({});
  const service = await start(t, folder, { DRYDOCK_PUBLIC_URL: 'https://drydock.example/' });
  const { url, received, count } = await receiver(t);
  const [registering = '', verifying = ''] = fences('sh');
  const run = (script: string, env: Readonly<Record<string, string>>) =>
    spawnSync('sh', ['-eu', '-c', script], { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });
  const registered = run(registering.replace('http://127.0.0.1:9000', url), {
    ...{ DRYDOCK_URL: service.url, DRYDOCK_TOKEN: 'none' },
  });
  t.equal(registered.status, 0, registered.stderr + registered.stdout);
  const { secret } = NewWebhook.parse(JSON.parse(registered.stdout));
  await build(service);
  await count(1);
  const [got] = received;
  if (got === undefined) return;
  const event = BuildFinished.parse(JSON.parse(got.body));
  t.match(event.data.links.self, /^https:\/\/drydock\.example\/build-verify\//);
  t.match(
    got.headers['traceparent'],
    new RegExp(`^00-${TRACE}-(?!00f067aa0ba902b7)[\\da-f]{16}-01$`),
    'the trace goes on',
  );
  const shown: unknown = JSON.parse(fences('json')[0] ?? '');
  t.strictSame(Object.keys(BuildFinished.parse(shown).data), Object.keys(event.data), 'the page shows what comes');

  writeFileSync(join(folder, 'body.json'), got.body);
  const header = (name: string): string => String(got.headers[name]);
  const env = {
    ...{ SECRET: secret, WEBHOOK_ID: header('webhook-id'), WEBHOOK_TIMESTAMP: header('webhook-timestamp') },
    WEBHOOK_SIGNATURE: header('webhook-signature'),
  };
  t.equal(run(verifying, env).status, 0, 'in a shell');
  t.not(run(verifying, { ...env, WEBHOOK_ID: 'msg_other' }).status, 0);

  writeFileSync(join(folder, 'verify.mjs'), fences('js')[0] ?? '');
  // The function of the page, as it stands there.
  const { isGenuine } = (await import(pathToFileURL(join(folder, 'verify.mjs')).href)) as {
    isGenuine: (headers: object, body: string, secret: string) => boolean;
  };
  t.equal(isGenuine(got.headers, got.body, secret), true, 'in Node');
  t.equal(isGenuine(got.headers, `${got.body} `, secret), false);
  t.equal(isGenuine({ ...got.headers, 'webhook-timestamp': '1' }, got.body, secret), false);
  t.equal(isGenuine({}, got.body, secret), false);
});

t.test('the table of docs/webhooks.md is the schedule', async (t) => {
  const [, row = ''] = /^\| after \|(.*)\|$/m.exec(page) ?? [];
  const units: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };
  const seconds = row.split('|').map((cell) => {
    const [amount, unit = ''] = cell.trim().split(' ');
    return Number(amount) * (units[unit] ?? Number.NaN);
  });
  t.strictSame(seconds, SCHEDULE_SECONDS);
});

t.test('what was not received before a kill is sent after it; secrets stand nowhere', async (t) => {
  const folder = t.testdir({});
  const first = await start(t, folder);
  // The first attempt has no answer when the service is killed.
  const { url, received, count } = await receiver(t, {
    answer: (response, number) => void (number === 1 ? undefined : response.writeHead(200).end()),
  });
  const hook = await register(first, `${url}/hooks?key=canary`);
  await build(first);
  await count(1);
  await first.stop('SIGKILL');
  // A minute of lease would have to pass.
  const rows = new Database(join(folder, 'data', 'drydock.sqlite'));
  t.equal(
    rows.prepare("update webhook_deliveries set next_at = '2026-01-01T00:00:00.000Z' where attempt = 1").run().changes,
    1,
  );
  rows.close();
  const second = await start(t, folder);
  await count(2);
  t.equal(received[0]?.headers['webhook-id'], received[1]?.headers['webhook-id']);
  t.equal(received[0]?.body, received[1]?.body);
  const detail = async (): Promise<WebhookDetail> =>
    WebhookDetail.parse(await (await fetch(`${second.url}${hook.links.self}`)).json());
  while ((await detail()).deliveries[0]?.status === 'waiting') await new Promise((go) => setTimeout(go, 20));
  t.match(await detail(), { url: `${url}/hooks`, deliveries: [{ status: 'delivered', attempt: 2, httpStatus: 200 }] });
  t.equal(await second.stop('SIGTERM'), 0);
  const data = join(folder, 'data');
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  t.ok(files.some(({ name }) => name === 'drydock.sqlite'));
  for (const { name, parentPath } of files) {
    const text = readFileSync(join(parentPath, name), 'latin1');
    t.notOk(text.includes('canary') || text.includes(hook.secret.slice(6)), name);
  }
  for (const { log } of [first, second]) t.notMatch(log(), new RegExp(`canary|${hook.secret.slice(6, 20)}`));
  t.match(second.log(), /"webhook delivered"/);
});

t.test('over TLS by an authority of the operator, past the proxies of the environment', async (t) => {
  const folder = t.testdir({});
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
  ]);
  t.equal(made.status, 0, String(made.stderr));
  const tls = { key: readFileSync(key), cert: readFileSync(cert) };
  const secure = await receiver(t, { serve: (listener) => createServer(tls, listener) });
  const dead = 'http://127.0.0.1:9';
  const proxies = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: dead, HTTPS_PROXY: dead, http_proxy: dead, https_proxy: dead };
  const service = await start(t, folder, { ...proxies, NODE_EXTRA_CA_CERTS: cert });
  const { links } = await register(service, `https://localhost:${secure.port}/`);
  const answer = await fetch(`${service.url}${links.test}`, { method: 'POST' });
  t.match(WebhookTest.parse(await answer.json()), { status: 'delivered', httpStatus: 204, problem: null });
  t.equal(secure.received.length, 1);
  t.match(JSON.parse(secure.received[0]?.body ?? ''), { type: 'drydock.test' });
});
