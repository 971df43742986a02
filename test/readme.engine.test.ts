/** Runs what a reader pastes: the lines of the README's "Try it", of docs/api.md and of the examples, in their order, against the service. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { asShown, commandsOf, paste, squeezed } from './helpers/pages.ts';
import { startService } from './helpers/service.ts';

/** Pastes the commands of a page one after another, and compares what comes with what the page shows. */
function answersAsShown(
  t: Test,
  path: string,
  env: Readonly<Record<string, string>>,
  here: (text: string) => string,
): void {
  const commands = commandsOf(path).filter(({ notRun }) => notRun === undefined);
  t.ok(commands.length >= 7, 'the lines were found');
  const { status, said, stderr } = paste(
    commands.map(({ text }) => here(text)),
    { env },
  );
  t.equal(status, 0, stderr);
  for (const [index, { line, answer }] of commands.entries()) {
    t.not(answer, undefined, `${path}:${line} shows an answer`);
    t.match(squeezed(said[index] ?? 'nothing'), asShown(answer ?? ''), `${path}:${line}`);
  }
}

t.test('the README works when it is pasted, and is answered as it shows', async (t) => {
  const folder = t.testdir({ data: {}, pasted: {} });
  const service = await startService({ DRYDOCK_DATA_DIR: join(folder, 'data') });
  t.teardown(() => service.stop());
  answersAsShown(t, 'README.md', {}, (text) =>
    text.replaceAll('http://127.0.0.1:8080', service.url).replaceAll('/tmp/', `${folder}/pasted/`),
  );
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

  answersAsShown(t, 'docs/api.md', { DRYDOCK_TOKEN: token }, (text) =>
    text
      .replaceAll('http://127.0.0.1:8080', open.url)
      .replaceAll('http://127.0.0.1:8081', closed.url)
      .replaceAll('/tmp/', `${folder}/pasted/`),
  );
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
