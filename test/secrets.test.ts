/**
 * Nothing secret ever leaves: a secret of its own in every input that may hold one, and all that the service says, logs and keeps
 * is searched for them. The engine is one that takes nothing and repeats whatever it was sent; the real one: secrets.engine.test.ts.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import t from 'tap';
import { dockerConnection } from '../src/adapters/docker/connection.ts';
import { readConfig } from '../src/config.ts';
import { formats } from '../src/formats/index.ts';
import { parseTokens } from '../src/http/tokens.ts';
import { Build } from '../src/schemas/build.ts';
import { Report } from '../src/schemas/report.ts';
import { readAuthorities } from '../src/use-cases/build-surroundings.ts';
import { ConfigError } from '../src/use-cases/errors.ts';
import { readRegistriesFile } from '../src/use-cases/registries-file.ts';
import { filesBelow, makeCanaries } from './helpers/canaries.ts';
import { plantInputs, tarOf } from './helpers/planted.ts';
import { startRepeatingEngine } from './helpers/repeating-engine.ts';
import { startService } from './helpers/service.ts';

const canaries = makeCanaries();
const { plant } = canaries;

const base = t.testdir({ data: {} });
const data = join(base, 'data');
const file = (name: string, text: string): string => {
  writeFileSync(join(base, name), text);
  return join(base, name);
};

const engine = await startRepeatingEngine();
t.teardown(() => engine.stop());

const token = plant('token');
const service = await startService({
  DRYDOCK_DATA_DIR: data,
  DRYDOCK_LOG_LEVEL: 'debug',
  DOCKER_HOST: engine.address,
  DRYDOCK_TOKENS_FILE: file(
    'tokens',
    `ci ${token}${token} scopes=admin\nweb ${plant('token of another')}${'x'.repeat(9)}\n`,
  ),
  DRYDOCK_REGISTRIES_FILE: file(
    'config.json',
    JSON.stringify({
      auths: {
        'ghcr.io': { auth: Buffer.from(`ops:${plant('login of the operator', 'odd')}`).toString('base64') },
        'quay.io': { username: 'ops', password: plant('password of the operator', 'odd') },
      },
    }),
  ),
  DRYDOCK_BUILD_HTTP_PROXY: `http://user:${plant('proxy')}@proxy.example:3128`,
  DRYDOCK_BUILD_HTTPS_PROXY: `http://user:${encodeURIComponent(plant('https proxy', 'odd'))}@proxy.example:3128`,
});
t.teardown(() => service.stop('SIGKILL'));
const authorization = `Bearer ${token}${token}`;

/** Everything that was ever answered, headers and all, by the question. */
const answers = new Map<string, string>();
async function ask(question: string, init: RequestInit = {}): Promise<Response> {
  const [method = '', path = ''] = question.split(' ');
  const headers = new Headers(init.headers);
  if (!headers.has('authorization')) headers.set('authorization', authorization);
  const answer = await fetch(`${service.url}${path}`, { ...init, method, headers });
  const text = await answer.clone().text();
  const told = `${answer.status} ${JSON.stringify([...answer.headers])}\n${text}`;
  answers.set(`${question} ${headers.get('accept') ?? ''} #${answers.size}`, told);
  return answer;
}

const planted = plantInputs(canaries);
const { dockerfile, options, headers: strange } = planted;
const context = await tarOf({ ...planted.files, Dockerfile: dockerfile });

/** What was found where; a place without any is left out. */
function leaks(places: Iterable<readonly [string, string | Buffer]>): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    [...places].flatMap(([place, text]) => {
      const found = canaries.in(text);
      return found.length === 0 ? [] : [[place, found]];
    }),
  );
}

await t.test('an analysis tells of secrets without repeating one', async (t) => {
  const archive = { body: context, headers: { ...strange, 'content-type': 'application/x-tar' } };
  const made = await ask('POST /analyze?project=shop/api', archive);
  t.equal(made.status, 200);
  const { items, id } = Report.parse(await made.json());
  t.equal(items.find((one) => one.id === 'no-secrets')?.status, 'fail', 'they were seen');
  for (const { name, mediaType } of formats) {
    await ask(`POST /analyze?store=false&format=${name}`, archive);
    await ask(`GET /analyze/${id}?format=${name}`);
    await ask(`GET /analyze/${id}`, { headers: { accept: mediaType.split(';')[0] ?? '' } });
  }
  const json = { 'content-type': 'application/json' };
  await ask('POST /analyze', {
    headers: json,
    body: JSON.stringify({ dockerfile, files: [{ path: '.env', content: `TOKEN=${plant('file in JSON')}` }] }),
  });
  await ask(`GET /compare?base=${id}&head=${id}`);
  t.same(leaks(answers), {});

  const { fixed } = Report.parse(
    await (
      await fetch(`${service.url}/analyze?fix=safe`, {
        method: 'POST',
        headers: { ...archive.headers, authorization },
        body: context,
      })
    ).json(),
  );
  t.not(
    canaries.in(JSON.stringify(fixed)).length,
    0,
    'a mended Dockerfile is the one that was sent, and goes to its sender alone',
  );
});

await t.test('what is refused is not repeated', async (t) => {
  const post = async (question: string, type: string, body: string): Promise<void> => {
    const answer = await ask(question, { body, headers: { 'content-type': type } });
    t.ok(answer.status >= 400, question);
  };
  const wrong = plant('value that is refused');
  await post('POST /analyze', 'application/json', `{"dockerfile": "FROM a", "token": "${wrong}"}`);
  await post('POST /analyze', 'application/json', `{"dockerfile": "FROM a", ${wrong}`);
  await post('POST /analyze', 'application/json', `{"dockerfile": {"password": "${wrong}"}}`);
  await post('POST /analyze', 'application/json', `{"dockerfile": "FROM a", "options": {"profile": "${wrong}"}}`);
  await post(`POST /analyze?api_key=${wrong}`, 'text/plain', 'FROM a\n');
  await post(`POST /build-verify?secrets=${wrong}&port=${wrong}&network=${wrong}`, 'text/plain', 'FROM a\n');
  await post('POST /analyze', `image/png; secret=${wrong}`, 'x');
  for (const refused of [
    { buildArgs: { API_TOKEN: [wrong] } },
    { secrets: { 'a b': wrong } },
    { secrets: wrong },
    { registries: { 'https://ghcr.io': { username: 'u', password: wrong } } },
    { env: { DB_PASSWORD: { value: wrong } } },
    { services: { db: { image: `${wrong}!`, env: { POSTGRES_PASSWORD: wrong } } } },
    { apiToken: wrong },
    { platform: wrong },
  ]) {
    const form = new FormData();
    form.set('options', JSON.stringify(refused));
    form.set('context', new Blob([context]));
    t.equal((await ask('POST /build-verify', { body: form })).status, 400, Object.keys(refused).join(''));
  }
  const form = new FormData();
  form.set('password', wrong);
  t.equal((await ask('POST /build-verify', { body: form })).status, 400);
  for (const [name, text] of Object.entries({
    'a field that does not belong there': `env:\n  DB_PASSWORD: ${wrong}\nregistries:\n  ghcr.io: {password: ${wrong}}\n`,
    'a value of another kind': `port: ${wrong}\nprofile: ${wrong}\n`,
    'no YAML': `env: {DB_PASSWORD: "${wrong}\n  ]: ${wrong}: *${wrong} !${wrong} %${wrong}\n`,
    'an alias': `env: *${wrong}\n`,
    'a tag': `env: !${wrong} x\n`,
    'a name twice': `${wrong}: 1\n${wrong}: 2\n`,
  })) {
    const body = await tarOf({ Dockerfile: 'FROM a\n', 'drydock.yaml': text });
    const answer = await ask('POST /analyze', { body, headers: { 'content-type': 'application/x-tar' } });
    t.equal(answer.status, 422, name);
  }
  for (const header of [
    `Bearer ${wrong}`,
    `Basic ${Buffer.from(`u:${wrong}`).toString('base64')}`,
    wrong,
    `Token x=${wrong}`,
  ]) {
    t.equal((await ask('GET /build-verify', { headers: { authorization: header } })).status, 401);
  }
  await ask(`GET /build-verify?token=${wrong}`);
  await ask(`GET /health?token=${wrong}`);
  await ask(`GET /problems/body-empty?token=${wrong}`);
  await ask('GET /analyze/unknown', {
    headers: { 'if-none-match': wrong, range: wrong, cookie: wrong, accept: `x/y;q=${wrong}` },
  });
  t.same(leaks(answers), {});
});

const key = plant('Idempotency-Key');
await t.test('a build tells nothing of what it was given, and nothing of it stays', async (t) => {
  const form = new FormData();
  form.set('options', JSON.stringify(options));
  form.set('context', new Blob([context]));
  const headers = { ...strange, 'idempotency-key': key };
  const submitted = await ask('POST /build-verify', { body: form, headers });
  t.equal(submitted.status, 202, await (await ask('GET /health')).text());
  const { links, id } = Build.parse(await submitted.json());
  await ask(`GET ${links.events}`);
  for (let isOver = false; !isOver;) {
    isOver = Build.parse(await (await ask(`GET ${links.self}?wait=10`)).json()).finishedAt !== null;
  }
  t.ok(
    engine.heard.some((url) => url.includes('/build?') && canaries.in(decodeURIComponent(url)).length > 0),
    'the engine was told',
  );
  for (const { name, mediaType } of formats) {
    await ask(`GET ${links.report}?format=${name}`);
    await ask(`GET ${links.report}`, { headers: { accept: mediaType.split(';')[0] ?? '' } });
  }
  for (const path of [
    links.log,
    links.events,
    '/build-verify',
    '/build-verify?project=shop/api',
    '/projects',
    '/projects/shop%2Fapi',
    '/projects/shop%2Fapi/badge.svg',
    '/checks',
    '/metrics',
    '/openapi.yaml',
    '/health',
    '/health/live',
    `/compare?base=${id}&head=${id}`,
    `/analyze/${id}`,
  ]) {
    await ask(`GET ${path}`);
  }
  t.same(leaks(answers), {});
});

await t.test('neither the log nor a file has any of it, while the service runs and afterwards', async (t) => {
  // A name that the client has thought of; it lies there so that a repetition is known, and is told to nobody.
  const isKept = (found: string): boolean => !found.startsWith('Idempotency-Key');
  const files = (): object =>
    Object.fromEntries(
      Object.entries(leaks(filesBelow(data).map(({ name, bytes }) => [name, bytes] as const)))
        .map(([name, found]) => [name, found.filter(isKept)] as const)
        .filter(([, found]) => found.length > 0),
    );
  t.ok(filesBelow(data).some(({ name }) => name === 'drydock.sqlite-wal'));
  t.same(files(), {}, 'while it runs, with what the database has not sorted in yet');
  t.equal(await service.stop(), 0);
  t.same(files(), {}, 'afterwards');
  t.ok(/"(?:build ended|build taken back)"/.test(service.log()), 'the log was read to its end');
  t.same(leaks([['log', service.log()]]), {});
});

await t.test('what keeps the service from starting is told without the value', async (t) => {
  const wrong = plant('setting that is refused');
  const mistakes: Readonly<Record<string, () => unknown>> = {
    'a proxy': () => readConfig({ DRYDOCK_BUILD_HTTP_PROXY: `user:${wrong}@proxy.example` }),
    'another proxy': () => readConfig({ DRYDOCK_BUILD_HTTPS_PROXY: `socks5://user:${wrong}@proxy.example` }),
    'logins that are no JSON': () => readRegistriesFile(`{"auths": {"ghcr.io": {"password": "${wrong}"`),
    'a login without a name': () => readRegistriesFile(`{"auths": {"ghcr.io": {"auth": "${wrong}"}}}`),
    'a token too many': () => parseTokens(`ci ${wrong} ${wrong}${wrong}\n`),
    'a short token': () => parseTokens(`ci ${wrong}\n`),
    'a key among certificates': () => readAuthorities(`-----BEGIN PRIVATE KEY-----\n${wrong}\n`),
    'a login of the engine': () => dockerConnection({ DOCKER_HOST: `tcp://user:${wrong}@engine.example:2375` }),
  };
  for (const [name, read] of Object.entries(mistakes)) {
    let said: unknown;
    try {
      read();
    } catch (error) {
      said = error;
    }
    t.ok(said instanceof ConfigError, name);
    // As main.ts and the log tell it, with whatever caused it.
    t.same(canaries.in(inspect(said, { depth: 9 })), [], name);
  }
});
