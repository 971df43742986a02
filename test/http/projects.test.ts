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
