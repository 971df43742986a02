/** The settings: what is taken, what is refused, and what the refusal says. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { Environment, readConfig } from '../src/config.ts';

t.test('defaults, values, and empty variables that count as not set', async (t) => {
  t.match(readConfig({}), { DRYDOCK_HOST: '127.0.0.1', DRYDOCK_PORT: 8080, DRYDOCK_TOKENS_FILE: undefined });
  t.match(readConfig({ DRYDOCK_PORT: '9', DRYDOCK_QUEUE_LIMIT: '' }), { DRYDOCK_PORT: 9, DRYDOCK_QUEUE_LIMIT: 100 });
});

t.test('every value that is wrong is named', async (t) => {
  const message = /DRYDOCK_PORT: .*DRYDOCK_LOG_LEVEL: /;
  t.throws(() => readConfig({ DRYDOCK_PORT: 'x', DRYDOCK_LOG_LEVEL: 'loud' }), { name: 'ConfigError', message });
});

t.test('a proxy needs an address with its scheme, and what is wrong with it is said without it', async (t) => {
  t.match(readConfig({ DRYDOCK_BUILD_HTTP_PROXY: 'http://u:p@p.example:3128' }), {
    DRYDOCK_BUILD_HTTP_PROXY: 'http://u:p@p.example:3128',
  });
  for (const wrong of ['ship:hush@p.example:3128', 'p.example', 'socks5://hush@p', 'http://']) {
    const message = /^(?!.*hush).*DRYDOCK_BUILD_HTTPS_PROXY: an address such as/;
    t.throws(() => readConfig({ DRYDOCK_BUILD_HTTPS_PROXY: wrong }), { name: 'ConfigError', message }, 'refused');
  }
});

t.test('the address of the service is one that paths can be put behind', async (t) => {
  const read = (DRYDOCK_PUBLIC_URL: string) => readConfig({ DRYDOCK_PUBLIC_URL }).DRYDOCK_PUBLIC_URL;
  t.equal(read('https://Drydock.example/'), 'https://drydock.example');
  t.equal(read('http://ci.example:8080/drydock//'), 'http://ci.example:8080/drydock');
  t.equal(read(''), undefined);
  for (const wrong of [
    'drydock.example',
    'ftp://a.example',
    'https://u:p@a.example',
    'https://a.example/?q',
    'https://a.example/#x',
  ])
    t.throws(() => read(wrong), { name: 'ConfigError', message: /DRYDOCK_PUBLIC_URL: an address such as/ }, wrong);
});

t.test('a variable that Drydock does not have is refused, with the one that was meant', async (t) => {
  for (const [wrong, meant] of [
    ['DRYDOCK_TOKEN_FILE', 'DRYDOCK_TOKENS_FILE'],
    ['DRYDOCK_DATADIR', 'DRYDOCK_DATA_DIR'],
    ['DRYDOCK_CONCURENCY', 'DRYDOCK_CONCURRENCY'],
    ['DRYDOCK_MAX_UPLOAD_SIZE', 'DRYDOCK_MAX_UPLOAD_BYTES'],
    ['DRYDOCK_port', 'DRYDOCK_PORT'],
  ] as const) {
    const message = new RegExp(`${wrong} is none .* Did you mean ${meant}\\?`);
    t.throws(() => readConfig({ [wrong]: '1' }), { name: 'ConfigError', message }, wrong);
  }
  t.throws(() => readConfig({ DRYDOCK_A: '1', DRYDOCK_B: '1' }), { message: /DRYDOCK_A .*DRYDOCK_B / }, 'each of them');
  t.doesNotThrow(() => readConfig({ DRYDOCK_TYPO: '' }), 'empty is not set');
  t.doesNotThrow(() => readConfig({ DRYDOCKER: '1', DOCKER_CONFIG: '/x', PATH: '/bin' }), 'others are not ours');
});

t.test('the page of settings has every variable', async (t) => {
  const page = readFileSync('docs/configuration.md', 'utf8');
  for (const name of Object.keys(Environment.shape)) t.ok(page.includes(`| \`${name}\` |`), name);
  t.match(page, /\| `DRYDOCK_MAX_UPLOAD_BYTES` \| `268435456` \| Largest upload, as sent\. \|/);
  t.match(page, /\| `DRYDOCK_TOKENS_FILE` \| \| File with/, 'no default is no word');
  t.match(page, /\| `DRYDOCK_WEBHOOK_ALLOW` \| \| Hosts/, 'and neither is an empty one');
});
