/** What a build is given in confidence, through the whole service: used, and found nowhere afterwards. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Build } from '../src/schemas/build.ts';
import { follow, archiveOf, submit, verify } from './helpers/verify.ts';
import { Report } from '../src/schemas/report.ts';
import { readRegistriesFile } from '../src/use-cases/registries-file.ts';
import { startService } from './helpers/service.ts';
import { startRegistry } from './helpers/small-registry.ts';

/** Every file below a folder, as bytes. */
function filesBelow(folder: string): readonly { readonly name: string; readonly bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => ({ name: entry.name, bytes: readFileSync(join(entry.parentPath, entry.name)) }));
}

t.test('secrets and logins are used by the build and stand nowhere afterwards', async (t) => {
  const base = t.testdir({ data: {}, 'config.json': '' });
  const folder = join(base, 'data');
  const value = `hush/${randomUUID()}+x`;
  const file = `[registry]\ntoken=${randomUUID()}\n`;
  const passwords = { operator: `op-${randomUUID()}`, request: `rq-${randomUUID()}` };
  const [theirs, mine] = await Promise.all([
    startRegistry({ username: 'operator', password: passwords.operator }),
    startRegistry({ username: 'request', password: passwords.request }),
  ]);
  t.teardown(() => {
    theirs.close();
    mine.close();
  });
  const registries = join(base, 'config.json');
  writeFileSync(
    registries,
    JSON.stringify({
      auths: { [theirs.host]: { auth: Buffer.from(`operator:${passwords.operator}`).toString('base64') } },
    }),
  );
  const service = await startService({
    DRYDOCK_DATA_DIR: folder,
    DRYDOCK_REGISTRIES_FILE: registries,
    DRYDOCK_LOG_LEVEL: 'debug',
  });
  t.teardown(() => service.stop('SIGKILL'));
  const seen: string[] = [];
  const { build, report } = await verify(
    service.url,
    [
      'FROM busybox',
      `COPY --from=${theirs.host}/private/one /hello /one`,
      `COPY --from=${mine.host}/private/two /hello /two`,
      'RUN --mount=type=secret,id=api_token cat /run/secrets/api_token; echo',
      'RUN --mount=type=secret,id=conf cat /run/secrets/conf; cut -d= -f2 /run/secrets/conf',
      'RUN --mount=type=secret,id=api_token cat /run/secrets/api_token >&2; exit 9',
    ].join('\n'),
    {
      secrets: { api_token: value, conf: file },
      registries: { [mine.host]: { username: 'request', password: passwords.request } },
      labels: { team: 'ships' },
      noCache: true,
    },
    seen,
  );
  t.equal(build.state, 'failed');
  t.match(report.build?.failure, { line: 6, exitCode: 9, cause: 'command-failed', log: '***' });
  t.match(report.build?.failure?.advice, /\*\*\*/, 'what the command said is quoted, masked');
  t.match(report.build?.steps.find(({ line }) => line === 4)?.log, /^\*\*\*\n/, 'the step did get it');
  t.same(new Set(theirs.logins), new Set([`operator:${passwords.operator}`]));
  t.same(new Set(mine.logins), new Set([`request:${passwords.request}`]));

  await service.stop();
  const [, token = ''] = /token=(.*)/.exec(file) ?? [];
  for (const secret of [value, token, ...Object.values(passwords)]) {
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
      t.notOk(seen.join('\n').includes(form), 'in no answer');
      t.notOk(service.log().includes(form), 'in no line of the log');
      for (const { name, bytes } of filesBelow(folder)) t.notOk(bytes.includes(form), `not in ${name}`);
    }
  }
  t.ok(filesBelow(folder).some(({ name }) => name === 'drydock.sqlite'));
});

t.test('while a build waits, its secrets lie sealed', async (t) => {
  const folder = t.testdir({});
  const value = `hush-${randomUUID()}`;
  const service = await startService({ DRYDOCK_DATA_DIR: folder, DRYDOCK_CONCURRENCY: '1' });
  t.teardown(() => service.stop('SIGKILL'));
  await submit(service.url, `FROM busybox\nRUN sleep 60 # ${randomUUID()}\n`);
  await submit(service.url, 'FROM busybox\n', {
    secrets: { token: value },
    registries: { 'ghcr.io': { username: 'u', password: value } },
  });
  const files = filesBelow(folder).filter(({ name }) => name.startsWith('drydock.sqlite'));
  t.ok(files.length > 0);
  for (const { name, bytes } of files) t.notOk(bytes.includes(value), name);
});

t.test('a Dockerfile that needs no context is built from its text alone', async (t) => {
  const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}) });
  t.teardown(() => service.stop('SIGKILL'));
  const answer = await fetch(`${service.url}/build-verify`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: 'FROM busybox\nCOPY app /app\n',
  });
  t.equal(answer.status, 202);
  const { links } = Build.parse(await answer.json());
  await follow(`${service.url}${links.self}`);
  const report = Report.parse(await (await fetch(`${service.url}${links.report}`)).json());
  t.match(report.build?.failure, { cause: 'missing-file', line: 2, advice: /app is not in the context/ });
});

t.test('options that no build takes are refused by name, and the value is not repeated', async (t) => {
  const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}) });
  t.teardown(() => service.stop('SIGKILL'));
  const refusals: readonly (readonly [object, string])[] = [
    [{ network: 'host' }, '#/options/network'],
    [{ platform: 'windows/amd64' }, '#/options/platform'],
    [{ platform: 'linux' }, '#/options/platform'],
    [{ labels: { 'drydock.build': 'x' } }, '#/options/labels/drydock.build'],
    [{ secrets: { 'a b': 'value' } }, '#/options/secrets/a b'],
    [{ secrets: { a: 'abc' } }, '#/options/secrets/a'],
    [
      { registries: { 'https://ghcr.io': { username: 'u', password: 'hush-hush' } } },
      '#/options/registries/https:~1~1ghcr.io',
    ],
    [
      { registries: { 'ghcr.io': { username: 'u', password: 'hush-hush', email: 'x' } } },
      '#/options/registries/ghcr.io/email',
    ],
  ];
  for (const [options, pointer] of refusals) {
    const form = new FormData();
    form.set('options', JSON.stringify(options));
    form.set('context', new Blob([new Uint8Array(await archiveOf('FROM busybox\n'))]));
    const answer = await fetch(`${service.url}/build-verify`, { method: 'POST', body: form });
    const text = await answer.text();
    t.equal(answer.status, 400, text);
    t.match(JSON.parse(text), { errors: [{ pointer }] });
    t.notMatch(text, /hush-hush/);
  }
  const query = await fetch(`${service.url}/build-verify?secrets=x`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-tar' },
    body: 'x',
  });
  t.equal(query.status, 400, 'not in an address, which is written into logs');
});

t.test('the operator’s file is read as the docker command writes it', async (t) => {
  const auth = Buffer.from('ship:p:w').toString('base64');
  t.same(
    readRegistriesFile(
      JSON.stringify({
        auths: {
          'https://index.docker.io/v1/': { auth },
          'ghcr.io': { username: 'a', password: 'b' },
          'localhost:5000': { auth },
        },
        HttpHeaders: {},
      }),
    ),
    {
      'docker.io': { username: 'ship', password: 'p:w' },
      'ghcr.io': { username: 'a', password: 'b' },
      'localhost:5000': { username: 'ship', password: 'p:w' },
    },
  );
  t.same(readRegistriesFile('{}'), {});
  for (const [text, why] of [
    ['not json', /JSON/],
    ['{"auths":{"a b":{"auth":"eDp5"}}}', /a b/],
    ['{"auths":{"ghcr.io":{"auth":"aHVzaC1odXNo"}}}', /ghcr\.io/],
    ['{"credsStore":"desktop","auths":{}}', /credential helper/],
  ] as const) {
    t.throws(() => readRegistriesFile(text), { message: why });
    t.throws(() => readRegistriesFile(text), { message: /^(?!.*hush)/ });
  }
});
