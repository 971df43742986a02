/** Webhooks with the real store, the real sender and real receivers; the clock is the test's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook as Verifier } from 'standardwebhooks';
import t from 'tap';
import type { Test } from 'tap';
import { makeSealer } from '../../src/adapters/seal/sealer.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { makeReachable } from '../../src/adapters/webhooks/addresses.ts';
import { makeHttpSender } from '../../src/adapters/webhooks/http-sender.ts';
import { BuildFinished } from '../../src/schemas/webhook.ts';
import type { NewWebhook } from '../../src/schemas/webhook.ts';
import { everybody } from '../../src/use-cases/access.ts';
import type { Access } from '../../src/use-cases/access.ts';
import { makeWebhookDelivery, SCHEDULE_SECONDS } from '../../src/use-cases/deliver-webhooks.ts';
import type { WebhookDelivery } from '../../src/use-cases/deliver-webhooks.ts';
import type { Store } from '../../src/use-cases/store-port.ts';
import { makeWebhooks } from '../../src/use-cases/webhooks.ts';
import type { Webhooks } from '../../src/use-cases/webhooks.ts';
import { startReceiver } from '../helpers/receiver.ts';
import type { Received, Receiver } from '../helpers/receiver.ts';
import { endedBuild } from '../adapters/store/contract-webhooks.ts';
import { at, claimed, newBuild, report, room } from '../adapters/store/rows.ts';

const never = new AbortController().signal;
const of = (...projects: readonly string[]): Access => ({ holder: 'shop', scopes: ['admin'], projects });

interface Subject {
  readonly store: Store;
  readonly webhooks: Webhooks;
  readonly delivery: WebhookDelivery;
  /** Another one on the same store, as a process that comes after. */
  readonly another: (on?: Pick<Store, 'claimDelivery' | 'endDelivery'>) => WebhookDelivery;
  readonly told: () => string;
  readonly counted: readonly string[];
  readonly path: string;
  readonly now: { seconds: number };
  readonly receiver: (options?: Parameters<typeof startReceiver>[0]) => Promise<Receiver>;
  readonly register: (url: string) => Promise<NewWebhook>;
  /** Sends what is due at that second. */
  readonly deliverAt: (seconds: number) => Promise<void>;
}

async function subject(t: Test, deadlineMs = 15_000): Promise<Subject> {
  const path = join(t.testdir({}), 'drydock.sqlite');
  const store = await openSqliteStore({ path, sealer: makeSealer(Buffer.alloc(32, 7)) });
  t.teardown(() => store.close());
  const now = { seconds: 0 };
  let ids = 0;
  let told = '';
  const counted: string[] = [];
  const note = (fields: object, text: string): void => void (told += `${JSON.stringify(fields)} ${text}\n`);
  const log = { debug: note, info: note, warn: note, error: note };
  const clock = { now: () => at(now.seconds), elapsed: () => 0, newId: () => `id-${(ids += 1)}` };
  const sender = makeHttpSender({ reachable: makeReachable('127.0.0.1'), version: '0.1.0', deadlineMs });
  const metrics = { deliveryTried: (outcome: string): void => void counted.push(outcome) };
  const needs = { sender, clock, log, metrics, publicUrl: 'https://drydock.example/x', chance: () => 0.5 };
  const another: Subject['another'] = (on = store) => makeWebhookDelivery({ ...needs, store: on });
  const webhooks = makeWebhooks({ store, sender, clock, log });
  const delivery = another();
  return {
    ...{ store, webhooks, delivery, another, path, now, counted, told: () => told },
    receiver: async (options) => {
      const started = await startReceiver(options);
      t.teardown(() => started.close());
      return started;
    },
    register: (url) => webhooks.register({ url }, everybody),
    deliverAt: async (seconds) => {
      now.seconds = seconds;
      await delivery.once();
    },
  };
}

function verified({ secret }: NewWebhook, { body, headers }: Received): unknown {
  const given = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return new Verifier(secret).verify(body, Object.fromEntries(given));
}

await t.test('the end of a build is told: small, signed, with whole links', async (t) => {
  const { store, register, receiver, deliverAt, counted } = await subject(t);
  const { url, received } = await receiver();
  const hook = await register(`${url}/hooks`);
  await store.insertBuild(newBuild('b1', 1), room(9));
  const verification = report('v', { verdict: 'ready', score: 93, grade: 'A' });
  await store.finish(await claimed(store, at(2)), { state: 'passed', report: verification, finishedAt: at(3) });
  await deliverAt(2);
  t.equal(received.length, 0);
  await deliverAt(3);
  await deliverAt(9999);
  t.equal(received.length, 1, 'once');
  t.same(counted, ['delivered']);
  const [got] = received;
  if (got === undefined) return;
  t.strictSame(BuildFinished.parse(verified(hook, got)), {
    type: 'build.finished',
    timestamp: at(3),
    data: {
      ...{ build: 'b1', project: 'shop/api', state: 'passed', verdict: 'ready', score: 93, attempt: 1, grade: 'A' },
      links: {
        self: 'https://drydock.example/x/build-verify/b1',
        report: 'https://drydock.example/x/build-verify/b1/report',
      },
    },
  });
  t.equal(got.headers['webhook-id'], 'msg_b1');
});

await t.test('what is not received is sent again, at the times of Standard Webhooks, and then no more', async (t) => {
  const { store, register, webhooks, receiver, deliverAt, counted } = await subject(t);
  const { url, received } = await receiver({ answer: (response) => void response.writeHead(500).end() });
  const { id } = await register(url);
  await endedBuild(store, 'b1', 0);
  let seconds = 0;
  for (const [index, delay] of SCHEDULE_SECONDS.entries()) {
    const wait = delay * 1.1;
    if (wait > 0) await deliverAt(seconds + wait - 0.001);
    t.equal(received.length, index, `not before ${delay} s and half of the jitter`);
    seconds += wait;
    await deliverAt(seconds);
    t.equal(received.length, index + 1, `attempt ${index + 1}`);
  }
  await deliverAt(1e8);
  t.equal(received.length, 10);
  t.equal(new Set(received.map(({ headers }) => headers['webhook-id'])).size, 1, 'the same event');
  t.equal(new Set(received.map(({ body }) => body)).size, 1);
  const { deliveries, disabled } = await webhooks.one(id, everybody);
  t.match(deliveries, [
    { status: 'failed', attempt: 10, httpStatus: 500, nextAttemptAt: null, problem: /answered 500/ },
  ]);
  t.equal(disabled, null);
  t.same(counted, [...Array.from({ length: 9 }, () => 'retried'), 'given_up']);
});

await t.test('a receiver may ask for more time, and may ask for nothing more', async (t) => {
  const { store, register, webhooks, receiver, deliverAt, counted } = await subject(t);
  const answer: Parameters<typeof startReceiver>[0] = {
    answer: (response, number) =>
      void (number === 1 ? response.writeHead(429, { 'retry-after': '100' }) : response.writeHead(410)).end(),
  };
  const { url, received } = await receiver(answer);
  const { id } = await register(url);
  for (const n of [0, 1]) await endedBuild(store, `b${n}`, n * 1000);
  await deliverAt(0);
  await deliverAt(99.9);
  t.equal(received.length, 1);
  await deliverAt(100);
  t.equal(received.length, 2);
  await deliverAt(5000);
  t.equal(received.length, 2, '410');
  t.same(counted, ['retried', 'given_up']);
  const { deliveries, disabled } = await webhooks.one(id, everybody);
  t.match(disabled, { at: at(100), why: /410/ });
  t.match(deliveries, { 0: { status: 'failed' }, 1: { status: 'failed' }, length: 2 });
  await endedBuild(store, 'b2', 6000);
  t.equal((await webhooks.one(id, everybody)).deliveries.length, 2, 'nor what ends later');
});

await t.test('a sender that dies between sending and writing sends again, the same', async (t) => {
  const { store, register, receiver, another, now } = await subject(t);
  const { url, received, count } = await receiver();
  await register(url);
  await endedBuild(store, 'b1', 0);
  // It never comes to write: as good as dead.
  const dying = { ...store, endDelivery: () => new Promise<never>(() => {}) };
  void another(dying).once();
  await count(1);
  await another().once();
  t.equal(received.length, 1, 'while its lease lasts nobody else sends');
  now.seconds = 60;
  await another().once();
  now.seconds = 9999;
  await another().once();
  t.equal(received.length, 2);
  t.equal(received[0]?.body, received[1]?.body);
  t.equal(received[0]?.headers['webhook-id'], received[1]?.headers['webhook-id']);
});

await t.test('dead receivers keep no living one waiting', async (t) => {
  const { store, register, receiver, delivery, now, told } = await subject(t, 3000);
  const dead = await receiver({ answer: () => {} });
  for (let n = 0; n < 10; n += 1) await register(dead.url);
  for (let n = 0; n < 10; n += 1) await endedBuild(store, `b${n}`, n);
  now.seconds = 10;
  const live = await receiver();
  await register(live.url);
  // They are known to be dead by now; a hundred deliveries wait for them.
  for (let n = 0; n < 10; n += 1) {
    const claim = await store.claimDelivery({ at: at(10), leaseUntil: at(10), busy: [], isHealthyOnly: true });
    if (claim) await store.endDelivery(claim, { was: 'again', httpStatus: 500, problem: '', nextAt: at(10) });
  }
  await endedBuild(store, 'b-last', 10);
  delivery.start();
  await live.count(1);
  t.notMatch(told(), /not delivered/, 'before the first of the others is given up');
  t.ok(dead.received.length >= 1 && dead.received.length <= 4, 'half of the lanes are not for them');
  await endedBuild(store, 'b-z', 10);
  await live.count(2);
  await delivery.stop();
});

await t.test('it begins by itself, and what is on its way when it stops is sent by the next', async (t) => {
  const { store, register, webhooks, receiver, delivery, another } = await subject(t);
  const { url, received, count } = await receiver({
    answer: (response, number) => void (number === 2 ? undefined : response.writeHead(200).end()),
  });
  const { id } = await register(url);
  delivery.start();
  await endedBuild(store, 'b1', 0);
  await count(1);
  await endedBuild(store, 'b2', 0);
  await count(2);
  const begun = performance.now();
  await delivery.stop();
  t.ok(performance.now() - begun < 8000, 'within seconds');
  const { deliveries } = await webhooks.one(id, everybody);
  t.match(deliveries, [
    { buildId: 'b2', status: 'waiting', attempt: 1, nextAttemptAt: at(0), problem: /given up/ },
    { buildId: 'b1', status: 'delivered' },
  ]);
  await another().once();
  t.equal(received.length, 3);
  t.equal((await webhooks.one(id, everybody)).deliveries[0]?.status, 'delivered');
});

await t.test('a test is sent at once and answered; it changes nothing', async (t) => {
  const { register, webhooks, receiver, told } = await subject(t, 300);
  const { url, received } = await receiver({
    answer: (response, number) =>
      void (number < 3 ? response.writeHead(number === 1 ? 200 : 410).end('hush') : undefined),
  });
  const hook = await register(url);
  const test = () => webhooks.test(hook.id, never, everybody);
  t.match(await test(), { status: 'delivered', httpStatus: 200, problem: null, durationMs: Number });
  const [got] = received;
  if (got === undefined) return;
  t.strictSame(verified(hook, got), { type: 'drydock.test', timestamp: at(0), data: { webhook: hook.id } });
  t.match(await test(), { status: 'failed', httpStatus: 410, problem: /answered 410/ });
  t.match(await test(), { status: 'failed', httpStatus: null, problem: /did not answer/ });
  t.match(await webhooks.one(hook.id, everybody), { disabled: null, deliveries: [] });
  t.match(told(), /"audit":true,"who":null,"did":"test-webhook","webhookId":"id-1"/);
});

await t.test('webhooks are registered for what the token sees, and others are not there', async (t) => {
  const { webhooks, told } = await subject(t);
  const url = 'https://ci.example/hooks';
  const all = await webhooks.register({ url, projects: ['*', 'x'] }, everybody);
  t.equal(all.projects, null);
  const shop = await webhooks.register({ url, description: 'ours' }, of('shop/*', 'infra'));
  t.strictSame(shop.projects, ['shop/*', 'infra'], 'all of its own');
  const api = await webhooks.register({ url, projects: ['shop/api*'] }, of('shop/*'));
  for (const projects of [['*'], ['shop*'], ['infra'], ['shop/api', 'other']])
    await t.rejects(webhooks.register({ url, projects }, of('shop/*')), { code: 'project-forbidden' });
  await t.rejects(webhooks.register({ url, projects: ['shop/*'] }, of('shop/api')), { code: 'project-forbidden' });
  const seen = async (access: Access) => (await webhooks.all(access)).map(({ id }) => id);
  t.strictSame(await seen(everybody), [all.id, shop.id, api.id]);
  t.strictSame(await seen(of('shop/*', 'infra')), [shop.id, api.id]);
  t.strictSame(await seen(of('shop/*')), [api.id], 'of some of its projects only');
  for (const id of [all.id, shop.id, 'none']) {
    const gone = { code: 'not-found' };
    await t.rejects(webhooks.one(id, of('shop/*')), gone);
    await t.rejects(webhooks.remove(id, of('shop/*')), gone);
    await t.rejects(webhooks.test(id, never, of('shop/*')), gone);
  }
  await webhooks.remove(api.id, of('shop/*'));
  t.strictSame(await seen(everybody), [all.id, shop.id]);
  t.match(told(), /"who":"shop","did":"register-webhook","webhookId":"id-3","projects":\["shop\/api\*"\]/);
  t.match(told(), /"did":"remove-webhook","webhookId":"id-3"/);
});

await t.test('what cannot be a target is refused, and so is the hundred and first', async (t) => {
  const { webhooks } = await subject(t);
  const register = (url: string) => webhooks.register({ url }, everybody);
  await t.rejects(register('http://169.254.169.254/'), { code: 'webhook-target-refused' });
  await t.rejects(register('ftp://ci.example/'), { code: 'body-invalid', fields: [{ pointer: '#/url' }] });
  for (let n = 0; n < 100; n += 1) await register('https://ci.example/');
  await t.rejects(register('https://ci.example/'), { code: 'webhooks-full' });
});

await t.test('secret and query stand nowhere: not in the database, the log, an answer', async (t) => {
  const { store, webhooks, receiver, deliverAt, told, path } = await subject(t);
  const { url } = await receiver({ answer: (response) => void response.writeHead(500).end() });
  const wish = { url: `${url}/hooks?key=canary-1#canary-2`, secret: `whsec_${Buffer.alloc(32, 5).toString('base64')}` };
  const { id, secret, ...shown } = await webhooks.register(wish, everybody);
  t.equal(secret, wish.secret, 'its own');
  await endedBuild(store, 'b1', 0);
  await deliverAt(1);
  await webhooks.test(id, never, everybody);
  const places = {
    answers: JSON.stringify([shown, await webhooks.all(everybody), await webhooks.one(id, everybody)]),
    log: told(),
    database: ['', '-wal'].map((end) => readFileSync(`${path}${end}`, 'latin1')).join(''),
  };
  t.match(places.answers, `${url}/hooks`, 'the rest of it is shown');
  for (const [place, text] of Object.entries(places)) {
    t.notMatch(text, /canary/, place);
    t.notOk(text.includes(wish.secret.slice(6)), place);
  }
});
