/** integrations/ on the real engine: an image that is ready, one that is not, one that nobody waits for any more. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Report } from '../src/schemas/report.ts';
import { drydock, start, startDrydock } from './helpers/client-script.ts';
import type { Ran } from './helpers/client-script.ts';
import { leftOnEngine } from './helpers/left-on-engine.ts';
import { parseCases } from './helpers/markdown-cases.ts';
import { startService } from './helpers/service.ts';

/** Small, and all that is asked of a command. */
const job = [
  'FROM busybox:1.37',
  'ARG LENGTH=none',
  'LABEL of=integrations',
  'COPY run.sh /run.sh',
  'RUN --mount=type=secret,id=word test "$(wc -c </run/secrets/word)" = "$LENGTH"',
  'USER 10001:10001',
  'CMD ["sh", "/run.sh"]',
  '',
].join('\n');
const folder = t.testdir({
  data: {},
  tmp: {},
  job: { Dockerfile: job, '.dockerignore': '*\n!run.sh\n', 'run.sh': 'echo done\n', word: 'a-made-up-word' },
});
const data = join(folder, 'data');
const tmp = join(folder, 'tmp');
const service = await startService({ DRYDOCK_DATA_DIR: data });
t.teardown(() => service.stop('SIGKILL'));
const env = { TMPDIR: tmp, DRYDOCK_URL: service.url };

t.test('ready, with a secret and a build argument', async (t) => {
  const place = join(folder, 'job');
  const args = [
    '--profile=job',
    '--secret',
    `word=${place}/word`,
    '--build-arg',
    'LENGTH',
    '--format=json',
    '--result',
    join(folder, 'result'),
  ];
  const ran = await drydock(['verify', ...args, place], { env: { ...env, LENGTH: '14' } });
  t.notMatch(ran.stdout + ran.stderr, /a-made-up-word/);
  t.match(ran.stderr, /^drydock: (?:queued|building|probing)/m);
  const report = Report.parse(JSON.parse(ran.stdout));
  t.equal(report.kind, 'verification');
  t.equal(ran.status, report.verdict === 'ready' ? 0 : 1);
  t.match(report.build?.failure, null);
  t.match(
    readFileSync(join(folder, 'result'), 'utf8'),
    new RegExp(`^verdict=${report.verdict}\nscore=${report.score}\nreport=.*/build-verify/`),
  );
  t.equal(
    report.verdict,
    'ready',
    JSON.stringify(report.items.filter((one) => !['pass', 'not-applicable'].includes(one.status))),
  );
});

t.test('not ready: a Dockerfile alone that does not build', async (t) => {
  const at = t.testdir({ Dockerfile: 'FROM busybox:1.37\nRUN exit 3\n' });
  const ran = await drydock(['verify', `${at}/Dockerfile`], { env });
  t.match(ran, { status: 1, stdout: /^NOT READY[^]*exit code 3/, stderr: /^drydock: not ready, /m });
});

t.test('the lines of docs/integrations.md', async (t) => {
  const cases = parseCases('docs/integrations.md', readFileSync('docs/integrations.md', 'utf8'));
  const fences = cases.flatMap((one) => one.fences).filter(({ language }) => language === 'sh');
  const gate = fences.find(({ text }) => text.includes('/build-verify'))?.text ?? '';
  const verify = fences.find(({ name }) => name === 'verify')?.text ?? '';
  const plain = 'FROM busybox:1.37\nUSER 10001:10001\nCOPY drydock.sh /\nCMD ["true"]\n';
  const at = t.testdir({
    bad: { Dockerfile: 'FROM busybox:1.37\nRUN exit 3\n' },
    good: { Dockerfile: plain, '.dockerignore': '.git\n', 'drydock.yaml': 'profile: job\n' },
  });
  for (const name of ['bad', 'good']) cpSync('integrations/drydock.sh', join(at, name, 'drydock.sh'));
  const paste = async (text: string, cwd: string): Promise<Ran> => {
    const script = text.replaceAll('http://127.0.0.1:8080', service.url);
    return await start('bash', ['-eo', 'pipefail', '-c', script], { cwd: join(at, cwd), env }).ended;
  };
  const [refused, taken, followed] = await Promise.all([
    paste(gate, 'bad'),
    paste(gate, 'good'),
    paste(verify, 'good'),
  ]);
  t.match(refused, { status: 1, stdout: /drydock-verdict: not-ready[^]*NOT READY/i });
  t.match(taken, { status: 0, stdout: /drydock-verdict: ready[^]*READY/i });
  t.match(followed, { status: 0, stdout: /^READY/ });
});

t.test('nobody waits any more', async (t) => {
  const at = t.testdir({ Dockerfile: `FROM busybox:1.37\nRUN echo ${process.pid} && sleep 300\n` });
  const running = startDrydock(['verify', '-f', 'Dockerfile', at], { env });
  while (running.process.exitCode === null && !/sleep 300/.test(running.stderr()))
    await new Promise((resolve) => setTimeout(resolve, 50));
  running.process.kill('SIGTERM');
  t.match(await running.ended, { status: 2, stdout: '', stderr: /Interrupted; the build is cancelled/ });
  for (;;) {
    const builds = await (await fetch(`${service.url}/build-verify?state=cancelled`)).text();
    if (/"state":"cancelled"/.test(builds)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  t.same(await leftOnEngine(data), []);
  t.same(readdirSync(tmp), []);
});
