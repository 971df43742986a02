/** Text is read as UTF-8, and what says that it is something else is refused before it is read. */
import type { InjectOptions } from 'fastify';
import t from 'tap';
import { fakeApp } from './fakes.ts';

const { app, asked } = await fakeApp();
t.teardown(() => app.close());

interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | Buffer;
}

const sent = (url: string, type: string, payload: string | Buffer): Sent => ({
  url,
  headers: { 'content-type': type },
  payload,
});

/** A form whose parts have the headers that are given; the last one is an archive. */
function form(...parts: readonly (readonly [headers: string, text: string])[]): Buffer {
  const archive = ['Content-Disposition: form-data; name="context"; filename="c"', 'x'] as const;
  return Buffer.from(
    [...parts, archive].map(([headers, text]) => `--e\r\n${headers}\r\n\r\n${text}\r\n`).join('') + '--e--\r\n',
  );
}
const part = (name: string, type: string, text: string): readonly [string, string] => [
  `Content-Disposition: form-data; name="${name}"${type === '' ? '' : `\r\nContent-Type: ${type}`}`,
  text,
];

async function post(
  request: Sent,
): Promise<{ readonly status: number; readonly code: string; readonly detail: string }> {
  const answer = await app.inject({ method: 'POST', ...request } satisfies InjectOptions);
  const { type = '', detail = '' } = answer.json<{ type?: string; detail?: string }>();
  return { status: answer.statusCode, code: type.replace('/problems/', ''), detail };
}

const READ = [
  '',
  '; charset=utf-8',
  '; charset=UTF-8',
  '; charset="UTF-8"',
  '; charset="utf\\-8"',
  ';charset=utf8',
  '; charset=us-ascii',
  '; Charset=utf-8; format=flowed',
  '; charset=',
  '; x="; charset=latin1"',
];
const REFUSED = [
  [
    '; charset=iso-8859-1',
    /^The body is said to be charset=iso-8859-1, and text is read as UTF-8 here\. Convert it \(iconv -f/,
  ],
  ['; charset="ISO-8859-15"', /iconv -f ISO-8859-15 -t utf-8\), and send it with charset=utf-8 or without one\.$/],
  ['; CHARSET=windows-1252', /charset=windows-1252/],
  ['; charset=utf-16', /charset=utf-16/],
  ['; format=flowed;charset=latin1', /charset=latin1/],
  ['; x="\\""; charset=latin1', /charset=latin1/],
  ['; charset=utf-8; charset=latin1', /charset=latin1/],
  ['; charset="a; rm -rf"', /^The body is said to be in another charset, .*iconv -f CHARSET/],
] as const;

await t.test('a body that is text may say that it is UTF-8, and nothing else', async (t) => {
  const bodies = [
    ['/analyze', 'text/plain', 'FROM a\n', 200],
    ['/analyze', 'application/json', '{"dockerfile":"FROM a"}', 200],
    ['/analyze', 'multipart/form-data; boundary=e', form(), 200],
    ['/build-verify', 'text/plain', 'FROM a\n', 202],
    ['/build-verify', 'multipart/form-data; boundary=e', form(), 202],
    ['/webhooks', 'application/json', '{"url":"https://ci.example/hooks"}', 201],
  ] as const;
  for (const [url, type, payload, status] of bodies) {
    for (const parameters of READ) {
      const answer = await post(sent(url, `${type}${parameters}`, payload));
      t.equal(answer.status, status, `${url} ${type}${parameters} ${answer.detail}`);
    }
    for (const [parameters, sentence] of REFUSED) {
      const before = asked.length;
      const answer = await post(sent(url, `${type}${parameters}`, payload));
      t.match(answer, { status: 415, code: 'media-type-unsupported', detail: sentence }, `${url} ${type}${parameters}`);
      t.equal(asked.length, before, 'unheard');
    }
  }
});

await t.test('a text in a form may, too; its archive may be called what it likes', async (t) => {
  const parts = [
    ['/analyze', 'dockerfile', 'text/plain', 'FROM a\n'],
    ['/analyze', 'dockerignore', 'text/plain', 'a\n'],
    ['/analyze', 'options', 'application/json', '{}'],
    ['/build-verify', 'options', 'application/json', '{}'],
  ] as const;
  const type = 'multipart/form-data; boundary=e';
  for (const [url, name, kind, text] of parts) {
    const before = part(name === 'options' ? 'dockerignore' : 'options', '', name === 'options' ? 'a' : '{}');
    const others = url === '/analyze' ? [before] : [];
    for (const parameters of READ) {
      const answer = await post(sent(url, type, form(...others, part(name, `${kind}${parameters}`, text))));
      t.equal(answer.status, url === '/analyze' ? 200 : 202, `${name} ${kind}${parameters} ${answer.detail}`);
    }
    for (const [parameters] of REFUSED.slice(0, 4)) {
      for (const rest of [others, []]) {
        const answer = await post(sent(url, type, form(...rest, part(name, `${kind}${parameters}`, text))));
        const detail = new RegExp(`^The part \`${name}\` is said to be charset=.*iconv`);
        t.match(answer, { status: 415, code: 'media-type-unsupported', detail }, `${name} ${kind}${parameters}`);
      }
    }
    const nobody = ['Content-Type: text/plain; charset=latin1', 'of no name, and passed over'] as const;
    t.not((await post(sent(url, type, form(nobody, part(name, kind, text))))).status, 415, `${name} behind another`);
  }
  const archive = 'Content-Disposition: form-data; name="context"\r\nContent-Type: application/gzip; charset=binary';
  const payload = Buffer.from(`--e\r\n${archive}\r\n\r\nx\r\n--e--\r\n`);
  t.equal((await post(sent('/build-verify', type, payload))).status, 202);
  t.equal((await post(sent('/build-verify', 'application/gzip; charset=binary', 'x'))).status, 202);
});
