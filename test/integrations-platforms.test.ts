/** The action, the job of GitLab, the hook of pre-commit and the lines of docs/integrations.md, run as their platforms run them. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { z } from 'zod';
import { start } from './helpers/client-script.ts';
import type { Ran } from './helpers/client-script.ts';
import { parseCases } from './helpers/markdown-cases.ts';
import { startService } from './helpers/service.ts';

const folder = t.testdir({ data: {}, tmp: {} });
const tmp = join(folder, 'tmp');
const service = await startService({
  DRYDOCK_DATA_DIR: join(folder, 'data'),
  DOCKER_HOST: 'unix:///nonexistent/docker.sock',
});
t.teardown(() => service.stop());
t.afterEach(() => {
  t.same(readdirSync(tmp), [], 'nothing is left in TMPDIR');
});

const good = 'test/fixtures/contexts/production';
const bad = 'test/fixtures/contexts/ai-generated';

const Action = z.object({
  inputs: z.record(
    z.string(),
    z.object({ description: z.string(), required: z.boolean().optional(), default: z.string().optional() }),
  ),
  outputs: z.record(z.string(), z.object({ description: z.string(), value: z.string() })),
  runs: z.object({
    using: z.literal('composite'),
    steps: z.tuple([
      z.object({ id: z.string(), shell: z.literal('bash'), env: z.record(z.string(), z.string()), run: z.string() }),
    ]),
  }),
});

await t.test('the action', async (t) => {
  const { inputs, outputs, runs } = Action.parse(parse(readFileSync('integrations/github/action.yml', 'utf8')));
  const [step] = runs.steps;
  t.notMatch(step.run, /\$\{\{/, 'nothing is pasted into the script');
  t.same(
    Object.values(outputs).map(({ value }) => value),
    ['verdict', 'score', 'report'].map((name) => `\${{ steps.${step.id}.outputs.${name} }}`),
  );

  /** What the runner does: expressions are replaced, and the script is run as `shell: bash` says. */
  const act = async (
    wish: Record<string, string>,
  ): Promise<Ran & { readonly summary: string; readonly output: string }> => {
    for (const name of Object.keys(wish)) t.ok(name in inputs, `${name} is an input`);
    const value = (expression: string): string => {
      const [room = '', name = ''] = expression.split(/\.(.*)/);
      if (expression === 'github.action_path') return resolve('integrations/github');
      if (expression === 'github.repository') return 'shop/api';
      if (room !== 'inputs' || inputs[name] === undefined) throw new Error(`unknown: ${expression}`);
      return wish[name] ?? filled(inputs[name].default ?? '');
    };
    const filled = (text: string): string =>
      text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, expression: string) => value(expression));
    const at = mkdtempSync(join(folder, 'act-'));
    writeFileSync(join(at, 'script'), step.run);
    for (const name of ['summary', 'output']) writeFileSync(join(at, name), '');
    const env = Object.fromEntries(Object.entries(step.env).map(([name, text]) => [name, filled(text)]));
    const around = {
      TMPDIR: tmp,
      RUNNER_TEMP: tmp,
      GITHUB_STEP_SUMMARY: `${at}/summary`,
      GITHUB_OUTPUT: `${at}/output`,
      MINE: 'of the job',
    };
    const bash = ['--noprofile', '--norc', '-e', '-o', 'pipefail', `${at}/script`];
    const ran = await start('bash', bash, { env: { ...around, ...env } }).ended;
    return { ...ran, summary: readFileSync(`${at}/summary`, 'utf8'), output: readFileSync(`${at}/output`, 'utf8') };
  };

  const ready = await act({ url: service.url, context: good, token: 'of-the-pipeline' });
  t.match(ready, {
    status: 0,
    stdout: /^::add-mask::of-the-pipeline\n::stop-commands::(\w{32})\nREADY[^]*\n::\1::\n$/,
  });
  t.match(ready.summary, /^## ✅/);
  t.match(ready.output, /^verdict=ready\nscore=\d+\nreport=http.*\/analyze\/.*\n$/);

  const at = t.testdir({ Dockerfile: 'FROM busybox:1.37\n# x\nRUN ::warning::x\nCMD ["true"]\n', 'a b': 'x' });
  const hostile = {
    context: at,
    dockerfile: 'Dockerfile',
    profile: 'cli',
    options: 'store=true\n\nproject=other/one\n',
    'fail-on': 'error',
    output: join(at, 'out.json'),
  };
  const failed = await act({ url: service.url, ...hostile, project: '' });
  t.equal(failed.status, 0, failed.stderr);
  t.match(readFileSync(join(at, 'out.json'), 'utf8'), /"project":"other\/one"/);
  t.match(failed.stdout, /\n::error title=Drydock::The image is not ready/);

  t.match(await act({ url: service.url, context: bad }), {
    status: 1,
    summary: /^## ❌/,
    output: /^verdict=not-ready\n/,
  });
  t.match(await act({ url: 'http://127.0.0.1:1', context: bad, timeout: '2', 'fail-on': 'error' }), {
    status: 2,
    summary: '',
    output: '',
  });
  t.match(await act({ url: 'http://127.0.0.1:1', context: bad, timeout: '2', 'fail-on': 'never' }), { status: 0 });
  t.match(await act({ url: service.url, mode: '$(touch x)' }), { status: 2 });
});

const Template = z.object({
  '.drydock': z.object({
    variables: z.record(z.string(), z.string()),
    script: z.tuple([z.string()]),
    artifacts: z.object({ paths: z.array(z.string()), reports: z.object({ codequality: z.string() }) }),
  }),
  drydock: z.object({ extends: z.literal('.drydock'), stage: z.string() }),
});

await t.test('the job of GitLab', async (t) => {
  const job = Template.parse(parse(readFileSync('integrations/gitlab/drydock.gitlab-ci.yml', 'utf8')))['.drydock'];
  // Its image brings the sh of BusyBox; dash is as strict.
  const run = async (cwd: string, wish: Record<string, string>): Promise<Ran> => {
    const env = {
      ...job.variables,
      DRYDOCK_QUALITY_FORMAT: 'json',
      TMPDIR: tmp,
      CI_PROJECT_PATH: 'shop/api',
      DRYDOCK_URL: service.url,
    };
    return await start('sh', ['-e', '-c', job.script[0]], { cwd, env: { ...env, ...wish } }).ended;
  };
  const at = t.testdir({});
  cpSync(bad, at, { recursive: true });
  cpSync('integrations', join(at, 'integrations'), { recursive: true });
  t.match(await run(at, { DRYDOCK_DOCKERFILE: 'Dockerfile', DRYDOCK_ARGUMENTS: '--profile=job -q' }), {
    status: 1,
    stdout: /^NOT READY[^]*profile job/,
    stderr: '',
  });
  for (const path of [...job.artifacts.paths, job.artifacts.reports.codequality])
    t.ok(existsSync(join(at, path)), path);
  t.match(readFileSync(join(at, job.artifacts.reports.codequality), 'utf8'), /"project":"shop\/api"/);

  t.match(await run(folder, { DRYDOCK_CONTEXT: resolve(good) }), { status: 2, stderr: /DRYDOCK_SCRIPT_URL is empty/ });
  const script = { DRYDOCK_CONTEXT: resolve(good), DRYDOCK_SCRIPT_URL: `file://${resolve('integrations/drydock.sh')}` };
  const sum = createHash('sha256').update(readFileSync('integrations/drydock.sh')).digest('hex');
  const place = t.testdir({ tmp: {} });
  t.match(await run(place, { ...script, DRYDOCK_SCRIPT_SHA256: sum, TMPDIR: `${place}/tmp` }), {
    status: 0,
    stdout: /READY/,
  });
  t.match(await run(place, { ...script, DRYDOCK_SCRIPT_SHA256: sum.replace(/./g, '0'), TMPDIR: `${place}/tmp` }), {
    status: 2,
  });
});

await t.test('the hook of pre-commit', async (t) => {
  const Hooks = z.tuple([
    z.object({
      id: z.literal('drydock'),
      entry: z.string(),
      language: z.literal('script'),
      files: z.string(),
      exclude: z.string(),
    }),
  ]);
  const [hook] = Hooks.parse(parse(readFileSync('.pre-commit-hooks.yaml', 'utf8')));
  const isMeant = (path: string): boolean => new RegExp(hook.files).test(path) && !new RegExp(hook.exclude).test(path);
  for (const path of ['Dockerfile', 'api/Dockerfile.prod', 'Containerfile', 'api.Dockerfile', 'a b/dockerfile'])
    t.ok(isMeant(path), path);
  for (const path of [
    'Dockerfile.dockerignore',
    'Dockerfile.md',
    'src/dockerfile/parse.ts',
    'MyDockerfile',
    'Dockerfile.j2',
  ])
    t.notOk(isMeant(path), path);

  const env = { TMPDIR: tmp, DRYDOCK_URL: service.url };
  const commit = async (args: readonly string[], cwd = '.'): Promise<Ran> =>
    await start(resolve(hook.entry), args, { env, cwd }).ended;
  t.match(await commit([`${good}/Dockerfile`]), { status: 0, stdout: /^READY/ });
  t.match(await commit(['--project=shop/api', '--quiet', `${bad}/Dockerfile`, `${good}/Dockerfile`]), {
    status: 1,
    stdout: /^NOT READY[^]*shop\/api[^]*^READY/m,
    stderr: '',
  });
  t.match(
    await commit([`--context=${good}`, '-q', 'Dockerfile'], good),
    { status: 2 },
    'the context is seen from where one is',
  );
  t.match(await commit(['--context=.', '-q', 'Dockerfile'], good), { status: 0, stdout: /^READY/ });
  t.match(await commit(['--nonsense', `${good}/Dockerfile`]), { status: 2, stderr: /no option of this hook/ });
  t.match(await commit(['--url=http://127.0.0.1:1', '--timeout=2', `${good}/Dockerfile`]), { status: 2 });
  const at = t.testdir({});
  for (const name of ['-Dockerfile', '--x.Dockerfile', 'new\nline.Dockerfile', ' a  b.Dockerfile'])
    cpSync(`${good}/Dockerfile`, join(at, name));
  t.match(
    await commit(['-q', ...readdirSync(at)], at),
    { status: 0, stderr: '' },
    'names that look like something else',
  );
});

await t.test('the lines of docs/integrations.md', async (t) => {
  const page = readFileSync('docs/integrations.md', 'utf8');
  const fences = parseCases('docs/integrations.md', page).flatMap((one) => one.fences);
  const lines = fences
    .filter(({ language, name, text }) => language === 'sh' && name === '' && !text.includes('/build-verify'))
    .map(({ text }) => text);
  t.equal(lines.length, 3);
  for (const [context, isReady] of [
    [good, true],
    [bad, false],
  ] as const) {
    const at = t.testdir({});
    cpSync(context, at, { recursive: true });
    cpSync('integrations/drydock.sh', join(at, 'drydock.sh'));
    for (const text of lines) {
      const script = text.replaceAll('http://127.0.0.1:8080', service.url);
      const ran = await start('bash', ['-eo', 'pipefail', '-c', script], { cwd: at, env: { TMPDIR: tmp } }).ended;
      t.equal(ran.status === 0, isReady, `${text}: ${ran.stderr}`);
      t.match(ran.stdout, isReady ? /^READY/ : /^NOT READY/);
    }
  }
  for (const { text } of fences.filter(({ language }) => language === 'yaml'))
    t.ok(parse(text), 'YAML that can be read');
});
