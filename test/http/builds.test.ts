/** Looking at builds over HTTP: lists, entity tags, answers that are held, and events. */
import t from 'tap';
import { makeFollowBuild } from '../../src/use-cases/follow-build.ts';
import type { Build } from '../../src/schemas/build.ts';
import { parseTokens } from '../../src/http/tokens.ts';
import { build, fakeApp, logs, tokens } from './fakes.ts';
import type { Changes } from './fakes.ts';

await t.test('a page of builds has the address of the next one, with the same filter', async (t) => {
  const { app, asked } = await fakeApp();
  const first = await app.inject({ url: '/build-verify?project=shop/api&state=failed&limit=1' });
  t.same(asked.at(-1), {
    use: 'builds',
    filter: { project: 'shop/api', state: 'failed' },
    before: undefined,
    limit: 1,
  });
  const { builds, next } = first.json<{ builds: Build[]; next: string }>();
  t.same(builds, [build]);
  t.equal(next, '/build-verify?state=failed&project=shop%2Fapi&limit=1&before=b1');
  const last = await app.inject({ url: next });
  t.match(asked.at(-1), { filter: { project: 'shop/api', state: 'failed' }, before: 'b1', limit: 1 });
  t.equal(last.json<{ next: string | null }>().next, null);
  await app.inject({ url: '/build-verify' });
  t.match(asked.at(-1), { filter: {}, limit: 50 });
  for (const query of ['state=lost', 'limit=0', 'limit=201', 'verdict=maybe', 'page=2']) {
    t.equal((await app.inject({ url: `/build-verify?${query}` })).statusCode, 400, query);
  }
  await app.close();
});

await t.test('what has not changed is not told again', async (t) => {
  const { app } = await fakeApp();
  const { headers } = await app.inject({ url: '/build-verify/b1' });
  t.match(headers.etag, /^"[\w-]{22}"$/);
  const same = await app.inject({ url: '/build-verify/b1', headers: { 'if-none-match': String(headers.etag) } });
  t.equal(same.statusCode, 304);
  t.equal(same.body, '');
  t.match(same.headers, { etag: headers.etag, 'retry-after': '1' });
  const removed = await app.inject({ method: 'DELETE', url: '/build-verify/b2' });
  for (const bare of [same, removed])
    for (const name of ['content-length', 'content-type']) t.notOk(name in bare.headers, `${bare.statusCode}: ${name}`);
  const other = await app.inject({ url: '/build-verify/b2', headers: { 'if-none-match': String(headers.etag) } });
  t.equal(other.statusCode, 200);
  t.not(other.headers.etag, headers.etag);
  await app.close();
});

/** A build whose row changes when told to. */
async function changing(
  changes: Changes = {},
): Promise<
  Awaited<ReturnType<typeof fakeApp>> & { become: (change: Partial<Build>) => void; looked: () => Promise<void> }
> {
  let now = build;
  let look = Promise.withResolvers<void>();
  const store = {
    build: async (id: string) => {
      look.resolve();
      return id === 'b1' ? now : undefined;
    },
    buildEvents: async () => [],
  };
  const followBuild = makeFollowBuild({ logs, store, clock: { elapsed: () => performance.now() } });
  return {
    ...(await fakeApp({ useCases: { followBuild }, ...changes })),
    /** Resolves when the row is looked at the next time. */
    looked: async () => {
      look = Promise.withResolvers<void>();
      await look.promise;
    },
    become: (change) => {
      now = { ...now, ...change };
    },
  };
}

await t.test('an answer is held until the build changes, and no longer than was asked', async (t) => {
  const { app, become, looked } = await changing();
  // Started before it is waited for: an injected request is sent when somebody waits for its answer.
  const held = app.inject({ url: '/build-verify/b1?wait=60' }).then((answer) => answer);
  await looked();
  become({ state: 'building' });
  t.match((await held).json(), { state: 'building' }, 'from how it is now');
  const etag = String((await app.inject({ url: '/build-verify/b1' })).headers.etag);
  const unchanged = await app.inject({ url: '/build-verify/b1?wait=0', headers: { 'if-none-match': etag } });
  t.equal(unchanged.statusCode, 304);
  const known = app
    .inject({ url: '/build-verify/b1?wait=60', headers: { 'if-none-match': etag } })
    .then((answer) => answer);
  await looked();
  become({ state: 'passed', finishedAt: build.createdAt });
  t.match((await known).json(), { state: 'passed' }, 'from how the client knows it');
  const stale = await app.inject({ url: '/build-verify/b1?wait=60', headers: { 'if-none-match': '"other"' } });
  t.equal(stale.statusCode, 200, 'what the client does not know is told at once');
  const ended = await app.inject({ url: '/build-verify/b1?wait=60' });
  t.match(ended.json(), { state: 'passed' }, 'an ended build changes no more');
  t.equal((await app.inject({ url: '/build-verify/b3?wait=60' })).statusCode, 404);
  t.equal((await app.inject({ url: '/build-verify/b1?wait=61' })).statusCode, 400);
  await app.close();
});

await t.test('events come with their numbers, and go on where a connection broke', async (t) => {
  const { app } = await fakeApp();
  const whole = await app.inject({ url: '/build-verify/b2/events' });
  t.match(whole.headers, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
  t.match(whole.body, /^retry: \d+\n\nid: 1\nevent: state\ndata: {"seq":1,.*"state":"queued"}\n\nid: 2\n/);
  t.match(
    whole.body,
    /\n\nevent: build\ndata: {"id":"b2",.*"state":"failed".*}\n\n$/,
    'the stream ends with the build',
  );
  const rest = await app.inject({ url: '/build-verify/b2/events', headers: { 'last-event-id': '2' } });
  t.match(rest.body, /^retry: \d+\n\nid: 3\n/);
  for (const strange of ['-1', 'x', '1e99', '']) {
    const all = await app.inject({ url: '/build-verify/b2/events', headers: { 'last-event-id': strange } });
    t.equal(all.body, whole.body, strange);
  }
  t.equal((await app.inject({ url: '/build-verify/b3/events' })).statusCode, 404);
  await app.close();
});

await t.test('who listens is let go when the service stops', async (t) => {
  let isStopping = false;
  const { app } = await changing({ isStopping: () => isStopping });
  // Both have begun when the second of them has been heard.
  const heard = Promise.withResolvers<void>();
  app.server.on('request', ({ url }) => {
    if (url?.includes('wait') === true) heard.resolve();
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const events = await fetch(`${address}/build-verify/b1/events`);
  const held = fetch(`${address}/build-verify/b1?wait=60`);
  const reader = events.body?.getReader();
  t.match(new TextDecoder().decode((await reader?.read())?.value), /retry/);
  await heard.promise;
  isStopping = true;
  await app.close();
  for (let end = false; !end; end = (await reader?.read())?.done ?? true);
  t.equal((await held).status, 200);
});

await t.test('a log is answered whole, in ranges, and in none that is not there', async (t) => {
  const { app } = await fakeApp();
  const whole = '#1 [1/2] FROM busybox\n#1 CACHED\n';
  const get = async (url: string, range?: string) =>
    await app.inject({ url, ...(range === undefined ? {} : { headers: { range } }) });
  const ended = await get('/build-verify/b2/log');
  t.equal(ended.statusCode, 200);
  t.equal(ended.body, whole);
  t.match(ended.headers, { 'content-type': 'text/plain; charset=utf-8', 'accept-ranges': 'bytes' });
  const { length } = whole;
  for (const [range, body, told] of [
    ['bytes=0-2', '#1 ', `bytes 0-2/${length}`],
    ['Bytes=0-2', '#1 ', `bytes 0-2/${length}`],
    ['bytes=3-', whole.slice(3), `bytes 3-${length - 1}/${length}`],
    ['bytes=-7', 'CACHED\n', `bytes ${length - 7}-${length - 1}/${length}`],
    ['bytes=0-9999', whole, `bytes 0-${length - 1}/${length}`],
    ['bytes=-9999', whole, `bytes 0-${length - 1}/${length}`],
  ] as const) {
    const part = await get('/build-verify/b2/log', range);
    t.equal(part.statusCode, 206, range);
    t.equal(part.body, body, range);
    t.equal(part.headers['content-range'], told, range);
  }
  for (const range of ['bytes=5-2', 'lines=1-2', 'bytes=0-1,3-4', 'bytes=-', 'x']) {
    t.equal((await get('/build-verify/b2/log', range)).body, whole, `${range} is no question`);
  }
  for (const range of [`bytes=${length}-`, 'bytes=-0']) {
    const refused = await get('/build-verify/b2/log', range);
    t.equal(refused.statusCode, 416, range);
    t.equal(refused.headers['content-range'], `bytes */${length}`);
    t.match(refused.json(), { type: '/problems/range-not-satisfiable' });
  }
  const growing = await get('/build-verify/b1/log', 'bytes=0-2');
  t.equal(growing.headers['content-range'], 'bytes 0-2/*', 'its length is not known yet');
  t.equal((await get('/build-verify/b1/log?follow=false')).body, whole);
  t.equal((await get('/build-verify/none/log')).statusCode, 404);
  await app.close();
});

await t.test('the log of a build that runs goes on until it has ended', async (t) => {
  const { app, become, looked } = await changing();
  await app.listen({ port: 0 });
  const answer = await fetch(`${app.listeningOrigin}/build-verify/b1/log`);
  const reader = answer.body?.getReader();
  t.match(Buffer.from((await reader?.read())?.value ?? []).toString(), /CACHED/);
  await looked();
  become({ state: 'failed', finishedAt: build.createdAt });
  t.equal((await reader?.read())?.done, true);
  await app.close();
});

await t.test('a tag is known also when it was weakened on the way, or is one of several', async (t) => {
  const { app } = await fakeApp();
  const { etag = '' } = (await app.inject({ url: '/build-verify/b1' })).headers;
  for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const answer = await app.inject({ url: '/build-verify/b1', headers: { 'if-none-match': known } });
    t.equal(answer.statusCode, 304, known);
  }
  t.equal((await app.inject({ url: '/build-verify/b1', headers: { 'if-none-match': '"x"' } })).statusCode, 200);
  await app.close();
});

await t.test('who listens with a token is let go when it is taken away, or bound otherwise', async (t) => {
  const fileOf = (token = '', limits = ''): ReturnType<typeof parseTokens> => parseTokens(`ci ${token} ${limits}`);
  const headers = { authorization: `Bearer ${tokens.get('ci')}` };
  for (const after of [fileOf(tokens.get('dashboard')), fileOf(tokens.get('ci'), 'projects=infra')]) {
    let now = fileOf(tokens.get('ci'));
    const { app, looked } = await changing({ holders: () => now });
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    const [events, log] = await Promise.all(
      ['events', 'log'].map(async (what) => (await fetch(`${address}/build-verify/b1/${what}`, { headers })).body),
    );
    const readers = [events?.getReader(), log?.getReader()] as const;
    for (const reader of readers) t.equal((await reader?.read())?.done, false);
    const held = fetch(`${address}/build-verify/b1?wait=60`, { headers });
    // The same file, read anew, changes nothing.
    now = fileOf(tokens.get('ci'));
    await looked();
    now = after;
    const end = async (reader: (typeof readers)[number]): Promise<string> => {
      for (let isOver = false; !isOver; isOver = (await reader?.read())?.done ?? true);
      return 'end';
    };
    t.equal(await end(readers[0]), 'end', 'events end');
    await t.rejects(end(readers[1]), 'a log is cut: this is not its end');
    t.equal((await held).status, 401);
    await app.close();
  }
});
