/** integrations/drydock.sh beside a real service without an engine, and beside one that answers slowly or not at all. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import t from 'tap';
import { Report } from '../src/schemas/report.ts';
import { drydock, inIntegrations, start, startDrydock } from './helpers/client-script.ts';
import { startService } from './helpers/service.ts';
import { slowService } from './helpers/slow-service.ts';

const token = 'a-token-with-"quotes"-and-\\backslashes\\-0123456789';
const folder = t.testdir({ data: {}, tmp: {}, tokens: `pipeline ${token}\n` });
const open = await startService({
  DRYDOCK_DATA_DIR: join(folder, 'data'),
  DOCKER_HOST: 'unix:///nonexistent/docker.sock',
});
t.teardown(() => open.stop());

const tmp = join(folder, 'tmp');
const env = { TMPDIR: tmp, DRYDOCK_URL: open.url };
const good = 'test/fixtures/contexts/production';
const bad = 'test/fixtures/contexts/ai-generated';
t.afterEach(() => {
  t.same(readdirSync(tmp), [], 'nothing is left in TMPDIR');
});

await t.test('exit codes of every shell, and the report', async (t) => {
  for (const [shell, ...first] of [['sh'], ['dash'], ['bash', '--posix'], ['bash']]) {
    const ran = await start(shell ?? '', [...first, inIntegrations('drydock.sh'), 'analyze', bad], { env }).ended;
    t.equal(ran.status, 1, `${shell}: ${ran.stderr}`);
    t.match(ran.stdout, /^NOT READY/);
    t.match(ran.stderr, /^drydock: not ready, http:.*\/analyze\/[\w-]+$/m);
  }
  const ready = await drydock(['analyze', '-q', good], { env });
  t.match(ready, { status: 0, stdout: /^READY/, stderr: '' });
});

await t.test('formats, files and options', async (t) => {
  const at = t.testdir({});
  const files = ['--also', `markdown=${at}/a=b.md`, '--output', `${at}/report.json`, '--result', `${at}/result`];
  const args = [
    'analyze',
    '--format=json',
    ...files,
    '--project',
    'shop/api',
    '--option',
    'profile=kubernetes',
    '--',
    bad,
  ];
  const ran = await drydock(args, { env });
  t.match(ran, { status: 1, stdout: '' });
  const report = Report.parse(JSON.parse(readFileSync(`${at}/report.json`, 'utf8')));
  t.match(report, { project: 'shop/api', profile: { name: 'kubernetes', detected: false } });
  t.match(readFileSync(`${at}/a=b.md`, 'utf8'), /^## ❌/);
  t.equal(
    readFileSync(`${at}/result`, 'utf8'),
    `verdict=not-ready\nscore=${report.score}\nreport=${open.url}/analyze/${report.id}\n`,
  );

  writeFileSync(`${at}/options.json`, '{\n "policy": {"threshold": 100},\n "project": "from/file"\n}\n');
  const strict = await drydock(['analyze', '--format=json', '--options', `${at}/options.json`, good], { env });
  t.match(strict.status, 1, 'a policy of the request');
  t.equal(Report.parse(JSON.parse(strict.stdout)).project, 'from/file');
});

await t.test('a Dockerfile alone, and one with another name', async (t) => {
  const lone = await drydock(['analyze', '--format', 'json', `${good}/Dockerfile`], { env });
  t.match(Report.parse(JSON.parse(lone.stdout)).items.find((one) => one.id === 'context-excludes')?.status, 'unknown');

  const at = t.testdir({ Dockerfile: 'FROM a:1\n', api: { 'other.Dockerfile': 'FROM b:1\n' } });
  for (const [file, cwd] of [
    ['api/other.Dockerfile', '.'],
    [`${at}/api/other.Dockerfile`, '.'],
    ['other.Dockerfile', `${at}/api`],
  ]) {
    const ran = await drydock(['analyze', '--format', 'json', '-f', file ?? '', at], { env, cwd: cwd ?? '.' });
    t.match(ran.stdout, /"path":"api\/other.Dockerfile"|api\/other/, `${file} in ${cwd}: ${ran.stderr}`);
  }
  t.match(await drydock(['analyze', '-f', 'README.md', at], { env }), { status: 2, stderr: /is not in the context/ });
});

await t.test('what it cannot find out ends with 2 and says why', async (t) => {
  const gone = { ...env, DRYDOCK_URL: 'http://127.0.0.1:1' };
  const other = await slowService((_, response) => response.end('<html>Hello</html>'));
  t.teardown(() => other.stop());
  const cases: readonly (readonly [readonly string[], RegExp, Record<string, string>?])[] = [
    [[], /^usage:/],
    [['deploy'], /^usage:/],
    [['analyze', '--nonsense'], /no option --nonsense/],
    [['analyze', '--format'], /--format needs a value/],
    [['analyze', 'a', 'b'], /more than one context/],
    [['analyze', '/nonexistent'], /neither a folder nor a file/],
    [['analyze', '--timeout', '1h', good], /wants seconds/],
    [['analyze', '--format', 'pdf', good], /Allowed: .*text/],
    [['analyze', '--also', 'pdf=/dev/null', good], /Allowed: /],
    [['analyze', '--option', 'colour=red', good], /colour: Unknown field/],
    [['analyze', '--output', '/nonexistent/file', good], /cannot be written/],
    [['analyze', '--option', 'store=false', '--also', 'json=/dev/null', good], /not to store/],
    [['analyze', '--secret', 'a=/nonexistent', good], /cannot be read/],
    [['analyze', '--build-arg', 'NOT_SET_AT_ALL', good], /is not set/],
    [['analyze', '--url', 'ftp://127.0.0.1', good], /is no address/],
    [['analyze', '--timeout', '3', good], /cannot be asked: curl: \(7\)/, gone],
    [['analyze', good], /does not answer as Drydock/, { ...env, DRYDOCK_URL: other.url }],
    [['verify', '--timeout', '5', good], /No Docker engine|no worker|engine/i],
    [['verify', '--format', 'pdf', good], /Allowed: /],
    [['verify', good], /does not answer as Drydock/, { ...env, DRYDOCK_URL: other.url }],
    [['analyze', good], /more than one line/, { ...env, DRYDOCK_TOKEN: 'a\nurl = "http://127.0.0.1"' }],
  ];
  for (const [args, words, given = env] of cases) {
    const ran = await drydock(args, { env: given });
    t.equal(ran.status, 2, `${args.join(' ')}: ${ran.stderr}`);
    t.match(ran.stderr, words);
  }
});

await t.test('the token', async (t) => {
  const closed = await startService({
    DRYDOCK_DATA_DIR: t.testdir({}),
    DRYDOCK_TOKENS_FILE: join(folder, 'tokens'),
    DOCKER_HOST: 'unix:///nonexistent/docker.sock',
  });
  t.teardown(() => closed.stop());
  const given = { ...env, DRYDOCK_URL: `${closed.url}/` };
  t.match(await drydock(['analyze', good], { env: given }), { status: 2, stdout: '', stderr: /token is needed/ });
  const ran = await drydock(['analyze', good], { env: { ...given, DRYDOCK_TOKEN: token } });
  t.match(ran, { status: 0, stdout: /^READY/ });
  t.notMatch(ran.stdout + ran.stderr, /a-token-with/);
});

await t.test('names of files and folders that look like something else', async (t) => {
  const at = t.testdir({ '-rf': {}, 'a "b" $(c)\n;d': {}, '-': {} });
  for (const name of readdirSync(at)) {
    const context = join(at, name);
    mkdirSync(join(context, '-C'));
    writeFileSync(join(context, 'Dockerfile'), 'FROM busybox:1.37\nUSER 1\nCOPY . .\nCMD ["true"]\n');
    writeFileSync(join(context, '.dockerignore'), 'secret*\n--checkpoint*\n');
    for (const one of [
      '-C/x',
      'new\nline',
      '--checkpoint-action=exec=touch x',
      '--use-compress-program=x',
      'secret [1]*',
      '`x`',
    ]) {
      writeFileSync(join(context, one), 'x');
    }
    const ran = await drydock(['analyze', '-q', '--format=json', '--', name], { env, cwd: at });
    t.equal(ran.status, 1, ran.stderr);
    t.equal(Report.parse(JSON.parse(ran.stdout)).kind, 'analysis');
    t.notOk(existsSync(join(context, 'x')));
  }
});

/** Every command line on this machine that can be read. */
function commandLines(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .join('\n');
}

const problem = (response: ServerResponse, status: number, title: string, headers: Record<string, string> = {}): void =>
  void response
    .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
    .end(JSON.stringify({ title, status, detail: 'So it is.' }));
const build = (state: string, more: object = {}): string =>
  JSON.stringify({ id: 'b1', state, attempt: 1, progress: null, ...more });

await t.test('a verification: queue, restart, progress, secrets, one key', async (t) => {
  const tries = { submitted: 0, asked: 0 };
  let seen = '';
  const service = await slowService(({ method, path }, response) => {
    seen += commandLines();
    if (path.startsWith('/build-verify/-/')) problem(response, 404, 'There is nothing here');
    else if (method === 'POST') {
      tries.submitted += 1;
      if (tries.submitted === 1) problem(response, 429, 'The queue is full', { 'Retry-After': '1' });
      else if (tries.submitted === 2) response.destroy();
      else response.writeHead(202, { Location: 'https://proxy.example/build-verify/b1' }).end(build('queued'));
    } else if (path.includes('/report')) {
      response.writeHead(200, { 'drydock-VERDICT': 'ready' }).end('the report\n');
    } else {
      tries.asked += 1;
      if (tries.asked === 1)
        response.writeHead(200, { ETag: '"one"' }).end(
          build('building', {
            progress: { phase: 'build', step: 'RUN echo "\u001b[31m}" ,"state":"failed"', done: 1, total: 3 },
          }),
        );
      else if (tries.asked === 2) response.writeHead(304).end();
      else if (tries.asked === 3) response.destroy();
      else response.writeHead(200, { ETag: '"two"' }).end(build('passed'));
    }
  });
  t.teardown(() => service.stop());
  const at = t.testdir({ Dockerfile: 'FROM a:1\n', secret: 'very "secret" \\ \u0001\ttëxt €😀\nand more\n' });
  const args = [
    '--secret',
    `npm=${at}/secret`,
    '--build-arg',
    'HIDDEN',
    '--env',
    'A=b "c"',
    '--option',
    'port=80',
    '--option',
    'health=/a b?c&d',
  ];
  const ran = await drydock(['verify', ...args, at], {
    env: { ...env, DRYDOCK_URL: service.url, DRYDOCK_TOKEN: token, HIDDEN: 'hidden-value' },
  });
  t.match(ran, { status: 0, stdout: 'the report\n' });
  t.match(ran.stderr, /The queue is full\. So it is\., trying again in 1 s/);
  t.match(ran.stderr, /building 1\/3: RUN echo "\?\[31m}" ,"state":"failed"\n/);

  const posts = service.heard.filter((one) => one.method === 'POST');
  t.equal(posts.length, 3);
  t.equal(new Set(posts.map((one) => one.headers['idempotency-key'])).size, 1, 'one key for all tries');
  t.equal(new Set(posts.map((one) => one.headers.authorization)).size, 1);
  t.equal(posts[0]?.headers.authorization, `Bearer ${token}`);
  t.equal(new URL(posts[0]?.path ?? '', 'http://a').searchParams.get('health'), '/a b?c&d');
  const options: unknown = JSON.parse(/name="options"[^]*?\r\n\r\n(.*)\r\n/.exec(posts[0]?.body ?? '')?.[1] ?? '');
  t.same(options, {
    buildArgs: { HIDDEN: 'hidden-value' },
    env: { A: 'b "c"' },
    secrets: { npm: readFileSync(`${at}/secret`, 'utf8') },
  });
  t.equal(service.heard.filter((one) => one.headers['if-none-match'] === '"one"').length, 3);

  t.match(seen, /curl -q --config/, 'curl was seen while it ran');
  t.notMatch(seen, /a-token-with|hidden-value|very "secret"/);
});

await t.test('it gives up with the build when the time is over, and on a signal', async (t) => {
  for (const signal of [
    'none',
    'none, and no answer',
    'SIGTERM',
    'SIGINT',
    'SIGHUP',
    'while it is submitted',
  ] as const) {
    const service = await slowService(({ method, path }, response) => {
      if (path.startsWith('/build-verify/-/')) problem(response, 404, 'There is nothing here');
      else if (method === 'POST') {
        const answer = (): void => void response.writeHead(202, { location: '/build-verify/b1' }).end(build('queued'));
        if (signal === 'while it is submitted') setTimeout(answer, 1500);
        else answer();
      } else if (method === 'DELETE') response.writeHead(202).end(build('cancelled'));
      else if (path.includes('wait=')) {
        // As the service does it; all others hold it for ever.
        const seconds = Number(/wait=(\d+)/.exec(path)?.[1]);
        if (signal === 'none') setTimeout(() => response.writeHead(304).end(), seconds * 1000 + 200);
      } else response.writeHead(200, { etag: '"one"' }).end(build('queued'));
    });
    const running = startDrydock(['verify', ...(signal.startsWith('none') ? ['--timeout', '4'] : []), good], {
      env: { ...env, DRYDOCK_URL: service.url },
    });
    const isThere = signal === 'while it is submitted' ? 'POST' : 'wait=';
    while (!service.heard.some((one) => one.method === isThere || one.path.includes(isThere))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (signal === 'while it is submitted') running.process.kill('SIGTERM');
    else if (signal !== 'none' && signal !== 'none, and no answer') running.process.kill(signal);
    const ran = await running.ended;
    t.match(ran, { status: 2, stdout: '', stderr: /the build is cancelled/ }, signal);
    if (signal === 'none') t.match(ran.stderr, /^drydock: It has not ended within 4 s; the build is cancelled\.$/m);
    t.match(service.heard.at(-1), { method: 'DELETE', path: '/build-verify/b1' });
    t.same(readdirSync(tmp), [], 'nothing is left');
    service.stop();
  }
});

await t.test('builds that end without a verdict', async (t) => {
  for (const [state, words] of [
    ['errored', /could not be done: no registry\. /],
    ['cancelled', /Somebody cancelled/],
  ] as const) {
    const service = await slowService(({ method, path }, response) => {
      if (path.startsWith('/build-verify/-/')) problem(response, 404, 'There is nothing here');
      else if (method === 'POST') response.writeHead(202, { location: '/build-verify/b1' }).end(build('queued'));
      else response.end(build(state, { error: 'no registry.' }));
    });
    t.match(await drydock(['verify', good], { env: { ...env, DRYDOCK_URL: service.url } }), {
      status: 2,
      stdout: '',
      stderr: words,
    });
    service.stop();
  }
});
