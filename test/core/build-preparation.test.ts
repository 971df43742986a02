/** What is settled before a build: which file is the Dockerfile, what is sent to the builder, where to knock when it runs. */
import t from 'tap';
import { planBuild } from '../../src/core/plan/build-plan.ts';
import { chooseDockerfile } from '../../src/core/context/choose-dockerfile.ts';
import { parseIgnoreFile } from '../../src/core/context/ignore.ts';
import { parseDockerfile } from '../../src/core/dockerfile/parse.ts';
import { sentToBuilder, withoutFrontend } from '../../src/core/plan/prepare-build.ts';
import { planRun } from '../../src/core/plan/run-plan.ts';

const plain = 'FROM debian:bookworm-slim\nCMD ["/service"]\n';

t.test('the Dockerfile is found', async (t) => {
  const chosen = (paths: readonly string[], wish?: string): unknown => {
    const choice = chooseDockerfile(paths, wish);
    return 'path' in choice ? choice.path : choice.candidates;
  };
  t.equal(chosen(['Dockerfile', 'Dockerfile.prod']), 'Dockerfile', 'by its usual name');
  t.equal(chosen(['dockerfile', 'Dockerfile.prod']), 'dockerfile', 'in small letters, as the command line takes it');
  t.equal(
    chosen(['Dockerfile', 'deploy/Dockerfile.prod'], 'deploy/Dockerfile.prod'),
    'deploy/Dockerfile.prod',
    'by wish',
  );
  t.equal(chosen(['deploy/Dockerfile'], './deploy/Dockerfile'), 'deploy/Dockerfile', 'a leading ./ is no part of it');
  t.same(chosen(['Dockerfile'], 'Dockerfile.prod'), ['Dockerfile'], 'a wish that is not there lists what is');
  for (const only of ['Dockerfile.prod', 'api.Dockerfile', 'Containerfile', 'prod.dockerfile']) {
    t.equal(
      chosen([only, 'README.md', 'docs/Dockerfile.dev']),
      only,
      `${only} is taken when it is the only one at the root`,
    );
    t.match(chooseDockerfile([only], undefined), { assumption: new RegExp(only) }, 'and said');
  }
  t.same(chosen(['Dockerfile.dev', 'Dockerfile.prod']), ['Dockerfile.dev', 'Dockerfile.prod'], 'several are listed');
  t.same(chosen(['api/Dockerfile', 'main.py']), ['api/Dockerfile'], 'one further down is listed, not taken');
  for (const other of ['Dockerfile.dockerignore', 'Dockerfile.md', 'Dockerfile.j2', 'Dockerfile~', 'mydockerfiles']) {
    t.same(chosen([other]), [], `${other} is none`);
  }
});

t.test('a foreign frontend is taken out and every other line stays where it was', async (t) => {
  const cases = [
    '# syntax=docker/dockerfile:1\nFROM debian\nRUN a \\\n b\n',
    '# syntax=docker/dockerfile:1\n# escape=`\nFROM debian\nRUN a `\n b\n',
    '# escape=`\n# syntax=docker/dockerfile:1\nFROM debian\nRUN a `\n b\n',
    '#syntax = example.org/frontend\n# check=skip=all\n  # escape=`\nFROM debian\nRUN a `\n b\n',
    '#!/usr/bin/env docker\n# syntax=docker/dockerfile:1\nFROM debian\nRUN a \\\n b\n',
    '# syntax=docker/dockerfile:1\r\n# escape=`\r\nFROM debian\r\nRUN a `\r\n b\r\n',
    '\uFEFF# syntax=docker/dockerfile:1\nFROM debian\nRUN a \\\n b\n',
    '// syntax=docker/dockerfile:1\nFROM debian\nRUN a \\\n b\n',
  ];
  for (const text of cases) {
    const before = parseDockerfile(text);
    const { text: sent, assumption } = withoutFrontend(before);
    const after = parseDockerfile(sent);
    const lines = (file: typeof before): readonly unknown[] =>
      file.instructions
        .filter((one) => one.keyword !== '?')
        .map((one) => [one.keyword, one.span.start.line, one.span.end.line]);
    t.equal(
      after.directives.find((one) => one.name === 'syntax'),
      undefined,
      JSON.stringify(text),
    );
    t.equal(after.escape, before.escape, 'the escape character is the same');
    t.same(lines(after), lines(before), 'the instructions stand where they stood');
    t.same(after.problems, [], 'and the builder takes it');
    t.equal(sent.split('\n').length, text.split('\n').length);
    t.match(assumption, /frontend .+ was not used/);
    t.same(
      after.directives.map((one) => `${one.name}=${one.value}`),
      before.directives.filter((one) => one.name !== 'syntax').map((one) => `${one.name}=${one.value}`),
      'no other directive is lost',
    );
  }
  for (const text of [plain, '# a comment\n# syntax=docker/dockerfile:1\nFROM debian\n']) {
    t.same(withoutFrontend(parseDockerfile(text)), { text, assumption: undefined }, 'without one nothing changes');
  }
});

t.test('the ignore file decides what is sent, save for itself and the Dockerfile', async (t) => {
  const keeps = sentToBuilder(parseIgnoreFile('*\n!src\n', '.dockerignore'), 'deploy/Dockerfile');
  t.ok(keeps('deploy/Dockerfile', false), 'the Dockerfile');
  t.ok(keeps('.dockerignore', false), 'the ignore file');
  t.ok(keeps('src/main.py', false), 'what was taken back');
  t.notOk(keeps('.env', false), 'what is excluded');
  t.notOk(keeps('Dockerfile', false), 'another Dockerfile');
  t.ok(keeps('deploy', true), 'a folder, for what may be kept below it');
  t.ok(sentToBuilder(undefined, 'Dockerfile')('.env', false), 'without an ignore file everything');
});

/** Port and paths of a plan, `?` behind guessed ones. */
function plan(lines: string, wish: { port?: number; health?: string } = {}): string {
  const { port, healthPaths, healthGuessed } = planRun(parseDockerfile(`FROM debian:bookworm-slim\n${lines}\n`), {
    profile: 'service',
    ...wish,
  });
  return `${port ?? 'none'} ${healthGuessed ? '?' : healthPaths.join(',')}`;
}

t.test('the run is planned from options, HEALTHCHECK and EXPOSE, in this order', async (t) => {
  const check = (command: string): string => plan(`HEALTHCHECK CMD ${command}`);
  t.equal(check('curl -f http://localhost:8000/health || exit 1'), '8000 /health');
  t.equal(check('curl -fsS "http://127.0.0.1:8000/ready?full=1&deep=1" && true'), '8000 /ready?full=1&deep=1');
  t.equal(check('curl -f localhost:8000/health'), '8000 /health', 'curl needs no scheme');
  t.equal(check('wget -qO- localhost:5000'), '5000 /');
  t.equal(check('wget --spider http://localhost/'), '80 /', 'the port of http');
  t.equal(check('["curl", "-f", "http://[::1]:8000/health"]'), '8000 /health', 'exec form');
  t.equal(check('["CMD-SHELL", "wget -q http://0.0.0.0:8080/"]'), '8080 /');
  t.equal(check(`python -c "import urllib.request as u; u.urlopen('http://localhost:8000/health')"`), '8000 /health');
  t.equal(check(`node -e "fetch('http://localhost:3000/up').then(r => process.exit(r.ok ? 0 : 1))"`), '3000 /up');
  t.equal(check(`node -e "require('http').get({ port: 3000, path: '/up' }, r => process.exit(0))"`), '3000 /up');
  t.equal(check('nc -z localhost 6000'), '6000 ?', 'a port without a path');
  t.equal(check('curl -f https://localhost:8443/health'), 'none ?', 'https is not asked');
  t.equal(check('curl -f http://db:8000/health'), 'none ?', 'another host is not this one');
  t.equal(check('pg_isready -h localhost'), 'none ?');
  t.equal(check('NONE'), 'none ?');
  t.equal(plan('HEALTHCHECK NONE\nEXPOSE 9000'), '9000 ?');

  t.equal(plan('ENV PORT=8000\nHEALTHCHECK CMD curl -f http://localhost:$PORT/health'), '8000 /health', 'by ENV');
  t.equal(check('curl -f http://localhost:${PORT:-8000}/health'), '8000 /health', 'by the default');
  t.equal(check('curl -f http://localhost:$PORT/health'), 'none /health', 'a port that nobody knows');
  t.equal(plan('EXPOSE 9000\nHEALTHCHECK CMD curl -f http://localhost:$PORT/health'), '9000 /health');
  t.equal(check('curl -f http://localhost:8000$HEALTH_PATH'), '8000 ?', 'a path that nobody knows');
  t.equal(check('curl -f http://localhost:8000/$HEALTH_PATH'), '8000 ?', 'nor its end');

  t.equal(plan('EXPOSE 53/udp 8080/TCP 9090'), '8080 ?', 'the first port of TCP');
  t.equal(plan('EXPOSE 8000-8010'), 'none ?', 'a range names no port');
  t.equal(plan('ARG PORT\nEXPOSE $PORT'), 'none ?');
  t.equal(
    plan('EXPOSE 9000\nHEALTHCHECK CMD curl -f http://localhost:8000/health'),
    '8000 /health',
    'HEALTHCHECK knows best',
  );

  const full = 'EXPOSE 9000\nHEALTHCHECK CMD curl -f http://localhost:8000/health';
  t.equal(plan(full, { port: 7000 }), '7000 /health');
  t.equal(plan(full, { health: '/up' }), '8000 /up');
  t.equal(plan('', { port: 7000, health: '/up' }), '7000 /up');
  const told = planRun(parseDockerfile(plain), { profile: 'service' });
  t.match(told, {
    port: undefined,
    healthGuessed: true,
    assumptions: [/No port was given/, /No health path was given/],
  });
  t.same(
    planRun(parseDockerfile(plain), { profile: 'service', port: 7000, health: '/up' }).assumptions,
    [],
    'what was given is no assumption',
  );
  t.equal(planRun(parseDockerfile(''), { profile: 'service' }).port, undefined, 'a file without a stage names nothing');
});

t.test('Cloud Run names the port, and the container has to listen there', async (t) => {
  const on = (wish: { port?: number; env?: Record<string, string> }) =>
    planRun(parseDockerfile('FROM a\nENV MODE=x\nEXPOSE 8000\n'), { profile: 'cloud-run', ...wish });
  t.match(on({}), { port: 8080, env: { PORT: '8080' }, assumptions: [/PORT=8080 was set/] });
  t.match(on({ env: { PORT: '9000' } }), { port: 9000, env: { PORT: '9000' } });
  t.match(on({ port: 8000 }), { port: 8000, env: { PORT: '8000' } });
  t.strictSame([...on({}).imageEnv], ['MODE']);
  const service = planRun(parseDockerfile('FROM a\nEXPOSE 8000\n'), { profile: 'service', env: { PORT: '9000' } });
  t.match(service, { port: 8000, env: {} }, 'nobody else does');
});

t.test('what a claimed build needs is planned from its texts', async (t) => {
  const files = Object.entries({
    Dockerfile: 'FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n',
    'requirements.txt': 'flask\n',
    'requirements-dev.txt': 'pytest\n',
    'app.py': 'print(1)\n',
    '.env': 'A=b\n',
  }).map(([path, content]) => ({ path, content, sizeBytes: content.length }));
  const [{ content: dockerfile } = { content: '' }] = files;
  const texts = {
    dockerfile,
    path: 'Dockerfile',
    files,
    ignore: { path: '.dockerignore', text: '.env\nrequirements-dev.txt\nDockerfile\n' },
  };
  const { ignored, rebuild, declared } = planBuild({ texts, profile: 'service' });
  t.same([...ignored].toSorted(), ['.env', 'requirements-dev.txt'], 'the Dockerfile itself is sent all the same');
  t.match(rebuild, { touch: 'app.py', installs: [3] });
  t.same(declared.development, [], 'manifests that the builder does not get ask for nothing');
  t.match(planBuild({ texts: { ...texts, ignore: undefined }, profile: 'service' }).declared.development, [
    { key: 'python:pytest' },
  ]);
});
