/** Runs what a reader pastes: the lines of the README's "Try it", of docs/api.md and of the examples, in their order, against the service. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseCases } from './helpers/markdown-cases.ts';
import { asShown, commandsOf, paste, squeezed } from './helpers/pages.ts';
import { startService } from './helpers/service.ts';

t.test('the README works when it is pasted', async (t) => {
  const section = parseCases('README.md', readFileSync('README.md', 'utf8')).find((one) => one.title === 'Try it');
  const pasted = section?.fences.filter((fence) => fence.language === 'sh').map((fence) => fence.text) ?? [];
  t.ok(pasted.length >= 6, 'the lines were found');

  const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}) });
  t.teardown(() => service.stop());
  const paste = (text: string): string => {
    const script = text.replaceAll('http://127.0.0.1:8080', service.url);
    const ran = spawnSync('bash', ['-eo', 'pipefail', '-c', script], { encoding: 'utf8', timeout: 60_000 });
    t.equal(ran.status, 0, `${text.split('\n')[0]}: ${ran.stderr}`);
    return ran.stdout;
  };

  const said = pasted.map(paste);
  t.match(said[0], /^\{"status":"ok"/, 'health');
  t.match(said[1], /^NOT READY[^]*unknown +context-excludes/, 'the text alone');
  t.match(said[2], /^NOT READY[^]*fail +context-excludes/, 'with its context');
  t.match(said[3], /"verdict":"not-ready"/, 'as JSON');
  t.match(said[4], /"state":"queued"/, 'a build is accepted');
  t.match(said[5], /"state":"passed"[^]*READY[^]*pass +signal-handling/, 'and proven');
  t.match(said[6], /"project":"shop\/api"/, 'with options');
});

t.test('docs/api.md works when it is pasted, and is answered as it shows', async (t) => {
  const folder = t.testdir({ open: {}, closed: {}, pasted: {} });
  const token = 'only-for-this-test-'.repeat(3);
  writeFileSync(join(folder, 'tokens'), `reader ${token}\n`);
  const open = await startService({ DRYDOCK_DATA_DIR: join(folder, 'open') });
  t.teardown(() => open.stop());
  const closed = await startService({
    DRYDOCK_DATA_DIR: join(folder, 'closed'),
    DRYDOCK_TOKENS_FILE: join(folder, 'tokens'),
    DOCKER_HOST: 'unix:///nonexistent/docker.sock',
  });
  t.teardown(() => closed.stop());

  const commands = commandsOf('docs/api.md');
  t.ok(commands.length >= 15, 'the lines were found');
  const here = (text: string): string =>
    text
      .replaceAll('http://127.0.0.1:8080', open.url)
      .replaceAll('http://127.0.0.1:8081', closed.url)
      .replaceAll('/tmp/', `${folder}/pasted/`);
  const { status, said, stderr } = paste(
    commands.map(({ text }) => here(text)),
    { env: { DRYDOCK_TOKEN: token } },
  );
  t.equal(status, 0, stderr);
  for (const [index, { line, answer }] of commands.entries()) {
    t.not(answer, undefined, `docs/api.md:${line} shows an answer`);
    t.match(squeezed(said[index] ?? 'nothing'), asShown(answer ?? ''), `docs/api.md:${line}`);
  }
});

t.test('the lines of the examples are taken', async (t) => {
  const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}) });
  t.teardown(() => service.stop());
  const commands = commandsOf('examples/README.md').map(({ text }) =>
    text.replaceAll('http://127.0.0.1:8080', service.url),
  );
  t.ok(commands.length > 0, 'the lines were found');
  const { status, said, stderr } = paste(commands);
  t.equal(status, 0, stderr);
  t.match(said.join(''), /^HTTP\/1\.1 202 [^]*"state":"queued"/);
});
