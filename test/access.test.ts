/** Tokens as an operator handles them: made by the command of docs/access.md, bound to a project, and changed while the service runs. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Report } from '../src/schemas/report.ts';
import { parseCases } from './helpers/markdown-cases.ts';
import { startService } from './helpers/service.ts';

const [command = ''] = parseCases('docs/access.md', readFileSync('docs/access.md', 'utf8')).flatMap((section) =>
  section.fences.filter(({ language }) => language === 'sh').map(({ text }) => text),
);

/** The token and the line that the command prints. */
function makeToken(): { readonly token: string; readonly line: string } {
  const { stdout, stderr, status } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  const token = /^[\da-f]{64}$/m.exec(stdout)?.[0];
  const line = /^ci sha256:.*$/m.exec(stdout)?.[0];
  if (status !== 0 || token === undefined || line === undefined) throw new Error(stdout + stderr);
  return { token, line };
}

await t.test('a token is made, bound, and replaced without a restart', async (t) => {
  const [one, other] = [makeToken(), makeToken()];
  t.notMatch(one.line, one.token, 'the file does not hold it');
  const folder = t.testdir({});
  const file = join(folder, 'tokens');
  writeFileSync(file, `# pipelines\n${one.line}\n`);
  const service = await startService({
    DRYDOCK_DATA_DIR: join(folder, 'data'),
    DRYDOCK_TOKENS_FILE: file,
    DOCKER_HOST: 'unix:///nowhere/docker.sock',
  });
  t.teardown(() => service.stop('SIGKILL'));
  const analyse = async (token: string, query: string) =>
    await fetch(`${service.url}/analyze${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
      body: 'FROM busybox:1.37\n',
    });
  t.equal((await analyse(one.token, '?project=shop/api')).status, 200);
  t.equal((await analyse(one.token, '?project=infra')).status, 403);
  t.equal((await analyse(one.token, '')).status, 403);
  t.equal((await analyse(other.token, '?project=shop/api')).status, 401);

  writeFileSync(file, 'this is no line of tokens\n');
  while (!service.log().includes('tokens not read')) await sleep(50);
  t.equal((await analyse(one.token, '?project=shop/api')).status, 200, 'those of before stay in force');
  writeFileSync(file, `${other.line}\n`);
  while (!service.log().includes('tokens read anew')) await sleep(50);
  t.equal((await analyse(one.token, '?project=shop/api')).status, 401);
  const { id } = Report.parse(await (await analyse(other.token, '?project=shop/web')).json());

  writeFileSync(file, `${other.line.replace('projects=shop/*', 'projects=shop/api')}\n`);
  const read = async (): Promise<number> =>
    (await fetch(`${service.url}/analyze/${id}`, { headers: { authorization: `Bearer ${other.token}` } })).status;
  for (const end = performance.now() + 10_000; (await read()) !== 404 && performance.now() < end;) await sleep(50);
  t.equal(await read(), 404, 'what is not theirs any more is not there');
  for (const { token } of [one, other]) t.notMatch(service.log(), token);
});
