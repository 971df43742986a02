/** Which format an answer has: by name, by `Accept`, or because nobody asked. */
import t from 'tap';
import { formats } from '../../src/formats/index.ts';
import { fakeApp } from './fakes.ts';

const fake = await fakeApp();
t.teardown(() => fake.app.close());

type Answer = Awaited<ReturnType<typeof fake.app.inject>>;

const ask = (url: string, accept?: string): Promise<Answer> =>
  fake.app.inject({ url, headers: accept === undefined ? {} : { accept } });

async function pick(accept: string | undefined): Promise<string> {
  const answer = await ask('/analyze/a1', accept);
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers['vary'], 'Accept');
  return String(answer.headers['content-type']).split(';')[0] ?? '';
}

await t.test('Accept picks the format', async (t) => {
  for (const [accept, type] of [
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/sarif+json', 'application/sarif+json'],
    ['Application/SARIF+JSON', 'application/sarif+json'],
    ['application/xml', 'application/xml'],
    ['text/xml', 'application/xml'],
    ['text/markdown', 'text/markdown'],
    ['text/plain', 'text/plain'],
    ['text/plain; charset=UTF-8', 'text/plain'],
    ['text/*', 'text/plain'],
    ['text/plain;q=0.5, text/markdown', 'text/markdown'],
    ['text/markdown;q=0.2, application/json;q=0.1', 'text/markdown'],
    ['application/json, text/plain, */*', 'application/json'],
    ['application/sarif+json, application/json', 'application/sarif+json'],
    ['application/json;q=0, */*', 'text/plain'],
    ['image/png, text/markdown;q=0.1', 'text/markdown'],
  ] as const) {
    t.equal(await pick(accept), type, accept ?? 'none');
  }
});

await t.test('what nothing fits, or nobody can read, is answered with JSON', async (t) => {
  for (const accept of [
    'image/png',
    'text/markdown;q=0',
    'nonsense',
    ';;,,',
    'text',
    '/',
    'a/b;c="',
    'text/plain;q=x',
  ]) {
    t.equal(await pick(accept), 'application/json', accept);
  }
});

await t.test('a browser gets JSON, and not the XML that it puts behind a page', async (t) => {
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
  t.equal(await pick(browser), 'application/json');
});

await t.test('a name in the query is stronger than Accept, and takes no part in caching', async (t) => {
  for (const { name, mediaType } of formats) {
    for (const url of ['/analyze/a1', '/build-verify/b2/report']) {
      const answer = await ask(`${url}?format=${name}`, 'application/sarif+json');
      t.equal(answer.statusCode, 200);
      t.equal(answer.headers['content-type'], mediaType, `${url} ${name}`);
      t.equal(answer.headers['vary'], undefined);
      t.equal(answer.headers['drydock-verdict'], 'not-ready');
    }
  }
});

await t.test('no two formats are picked by the same type', async (t) => {
  const types = formats.flatMap(({ accepts, mediaType }) => accepts ?? [mediaType]);
  t.equal(new Set(types).size, types.length);
});

await t.test('text is as wide and as coloured as asked, at every address', async (t) => {
  for (const url of ['/analyze/a1', '/build-verify/b2/report']) {
    const plain = await ask(`${url}?format=text`);
    const wished = await ask(`${url}?format=text&width=60&color=true`);
    t.notMatch(plain.body, /\u001b/);
    t.match(wished.body, /\u001b\[/);
    t.ok(wished.body.split('\n').length > plain.body.split('\n').length, 'narrower lines are more');
    t.notMatch((await ask(`${url}?format=markdown&color=true`)).body, /\u001b/);
  }
  const posted = await fake.app.inject({
    method: 'POST',
    url: '/analyze?color=true&store=false',
    headers: { 'content-type': 'text/plain', accept: 'text/plain' },
    payload: 'FROM busybox:1.37\n',
  });
  t.match(posted.body, /^\u001b\[/);
});
