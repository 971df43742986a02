/** What is counted of requests: addresses as the contract writes them, and nothing that a client made up. */
import t from 'tap';
import { fakeApp, tokens } from './fakes.ts';

await t.test('each request is counted once, by its address in the contract', async (t) => {
  const { app, counted } = await fakeApp({ tokens });
  const headers = { authorization: `Bearer ${tokens.get('ci')}` };
  await app.inject({ url: '/build-verify/b1', headers });
  await app.inject({ url: '/build-verify/none/report?format=json', headers });
  await app.inject({ url: '/somewhere/else', headers });
  await app.inject({ url: '/checks' });
  await app.inject({ url: '/metrics' });
  t.same(
    counted.map(({ route, method, status, isHeld }) => `${method} ${route} ${status}${isHeld ? ' held' : ''}`),
    [
      'GET /build-verify/:id 200 held',
      'GET /build-verify/:id/report 404',
      'GET unknown 404',
      'GET /checks 401',
      'GET /metrics 200',
    ],
  );
  for (const { seconds } of counted) t.ok(seconds >= 0 && seconds < 5);
  await app.close();
});
