/** Projects over HTTP: names with slashes, pages, badges that need no token. */
import t from 'tap';
import { fakeApp, tokens } from './fakes.ts';

await t.test('a project is asked for by its name as one part of the path', async (t) => {
  const { app } = await fakeApp();
  const first = await app.inject({ url: '/projects/shop%2Fapi?limit=1' });
  t.match(first.json(), {
    name: 'shop/api',
    reports: [{ id: 'a1', score: 94 }],
    next: '/projects/shop%2Fapi?limit=1&before=a1',
  });
  t.match((await app.inject({ url: first.json<{ next: string }>().next })).json(), { next: null });
  t.equal((await app.inject({ url: '/projects/shop/api' })).statusCode, 404, 'two parts are another address');
  t.equal((await app.inject({ url: '/projects/none' })).statusCode, 404);
  t.equal((await app.inject({ url: '/projects/a%20b' })).statusCode, 400, 'no name of a project');
  for (const name of ['.', '..', 'alpha/../beta', './a', 'a/.', 'a/..', '../a']) {
    // A client that resolves such a path asks for another address.
    const answer = await app.inject({ url: `/build-verify?project=${encodeURIComponent(name)}` });
    t.match(answer.json(), { status: 400, errors: [{ detail: /between slashes neither \. nor \.\. alone/ }] }, name);
    const options = await app.inject({
      ...{ method: 'POST', url: '/analyze', headers: { 'content-type': 'application/json' } },
      payload: JSON.stringify({ dockerfile: 'FROM x\n', options: { project: name } }),
    });
    t.equal(options.statusCode, 400, name);
  }
  for (const name of ['...', '.hidden', 'a.b', 'a..b', 'shop/.api', 'a/..b', '@scope/x'])
    t.equal((await app.inject({ url: `/build-verify?project=${encodeURIComponent(name)}` })).statusCode, 200, name);
  t.equal((await app.inject({ url: '/compare?base=a1' })).statusCode, 400);
  t.equal((await app.inject({ url: '/compare?base=x&head=b2' })).statusCode, 404);
  await app.close();
});

await t.test('a badge is a picture that anybody may see', async (t) => {
  const { app } = await fakeApp({ tokens });
  const badge = await app.inject({ url: '/projects/shop%2Fapi/badge.svg' });
  t.equal(badge.statusCode, 200);
  t.match(badge.headers, { 'content-type': 'image/svg+xml', 'content-security-policy': /default-src 'none'/ });
  t.match(badge.body, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*aria-label="drydock: ready 94"/);
  t.match((await app.inject({ url: '/projects/none/badge.svg' })).body, /no report/);
  t.equal((await app.inject({ url: '/projects' })).statusCode, 401);
  await app.close();
});

await t.test('a project that was named before names like it were refused is still told', async (t) => {
  const { app } = await fakeApp({
    useCases: {
      projects: {
        all: async () => [
          {
            ...{ name: 'a/../b', reports: 1, links: { self: '/projects/a%2F..%2Fb', badge: '' } },
            latest: {
              ...{ id: 'a1', kind: 'analysis', createdAt: '2026-11-21T06:00:00.000Z' },
              ...{ verdict: 'ready', score: 94, toolVersion: '0.1.0' },
            },
          },
        ],
      } as never, // only what is asked for here
    },
  });
  t.match((await app.inject({ url: '/projects' })).json(), { projects: [{ name: 'a/../b' }] });
  await app.close();
});
