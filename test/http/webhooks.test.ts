/** Webhooks over HTTP: what is answered, and bodies that are none. */
import t from 'tap';
import { fakeApp } from './fakes.ts';

const fake = await fakeApp();
t.teardown(() => fake.app.close());

async function register(payload: string | object, type: string | undefined = 'application/json') {
  return await fake.app.inject({
    ...{ method: 'POST', url: '/webhooks', headers: type === '' ? {} : { 'content-type': type } },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
}

const url = 'https://ci.example/hooks';
const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 255).toString('base64')}`;

await t.test('a webhook is registered, and its secret shown', async (t) => {
  const answer = await register({ url, projects: ['shop/*', 'infra'], description: 'x', secret: secretOf(64) });
  t.equal(answer.statusCode, 201);
  t.equal(answer.headers.location, '/webhooks/w1');
  t.match(answer.json(), { id: 'w1', url, secret: /^whsec_/, links: { test: '/webhooks/w1/test' } });
  t.equal((await register({ url, secret: secretOf(24) })).statusCode, 201);
  t.equal((await register({ url, projects: ['*'] }, 'application/json; charset=utf-8')).statusCode, 201);
  const seen = await fake.app.inject({ url: '/webhooks/w1' });
  t.notMatch(seen.body, /secret/);
});

await t.test('what cannot be registered is named', async (t) => {
  const wrong: readonly (readonly [payload: string | object, code: string, pointer?: string])[] = [
    ['', 'body-empty'],
    ['{"url"', 'body-invalid'],
    ['null', 'body-invalid', '#'],
    [{}, 'body-invalid', '#/url'],
    [{ url: '' }, 'body-invalid', '#/url'],
    [{ url, more: 1 }, 'body-invalid', '#/more'],
    [{ url, projects: [] }, 'body-invalid', '#/projects'],
    [{ url, projects: ['a*b'] }, 'body-invalid', '#/projects/0'],
    [{ url, projects: ['a', '[a-z]*'] }, 'body-invalid', '#/projects/1'],
    [{ url, description: 'x'.repeat(501) }, 'body-invalid', '#/description'],
    [{ url, secret: 'hush' }, 'body-invalid', '#/secret'],
    [{ url, secret: secretOf(23) }, 'body-invalid', '#/secret'],
    [{ url, secret: secretOf(65) }, 'body-invalid', '#/secret'],
    [{ url, secret: `${secretOf(32)}=` }, 'body-invalid', '#/secret'],
    [`{"url":"${'a'.repeat(70_000)}"}`, 'upload-too-large'],
  ];
  for (const [payload, code, pointer] of wrong) {
    const name = typeof payload === 'string' ? payload.slice(0, 20) : JSON.stringify(payload).slice(0, 80);
    const problem = (await register(payload)).json<{ type: string; errors?: { pointer: string }[]; detail: string }>();
    t.equal(problem.type, `/problems/${code}`, name);
    t.equal(problem.errors?.[0]?.pointer, pointer, name);
    t.notMatch(problem.detail, /whsec_[A-Za-z0-9+/]{8}|hush/, 'a secret is not repeated');
  }
  t.equal((await register({ url }, 'text/plain')).statusCode, 415);
  t.equal((await register({ url }, '')).statusCode, 415);
});
