/** The backup of docs/operations.md: made while the service is written to, and restored into a new folder. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Report } from '../src/schemas/report.ts';
import { openSqliteStore } from '../src/adapters/store/sqlite.ts';
import { openKeyFile } from '../src/adapters/seal/key-file.ts';
import { newBuild, room } from './adapters/store/rows.ts';
import { commandsOf } from './helpers/pages.ts';
import { startService } from './helpers/service.ts';

/** The block for compose is run by deployment.engine.test.ts. */
const [{ text: line } = { text: '' }, ...others] = commandsOf('docs/operations.md').filter(
  ({ text }) => !text.includes('docker compose'),
);
t.same(others, [], 'no other command of the page goes unrun');

function backUp(env: Readonly<Record<string, string>>): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

await t.test('a copy holds what was there, and becomes a service of its own', async (t) => {
  const folder = t.testdir({ data: {}, restored: {} });
  const DRYDOCK_DATA_DIR = join(folder, 'data');
  // Waits when the copy is made; its context is not part of it.
  const before = await openSqliteStore({
    path: join(DRYDOCK_DATA_DIR, 'drydock.sqlite'),
    sealer: await openKeyFile(join(DRYDOCK_DATA_DIR, 'key')),
  });
  await before.insertBuild(newBuild('waits', 0, { env: { TOKEN: 'sealed' } }), room(9));
  await before.close();
  // Without an engine nobody takes it.
  const env = { DRYDOCK_DATA_DIR, DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const service = await startService(env);
  t.teardown(() => service.stop('SIGKILL'));
  const analyse = async (): Promise<Report> =>
    Report.parse(
      await (
        await fetch(`${service.url}/analyze`, {
          method: 'POST',
          headers: { 'content-type': 'text/plain' },
          body: 'FROM busybox:1.37\nUSER 1\n',
        })
      ).json(),
    );
  const first = await analyse();
  const BACKUP = join(folder, 'copy.sqlite');
  const writes = Array.from({ length: 20 }, analyse);
  const made = backUp({ ...env, BACKUP });
  t.equal(made.status, 0, made.said);
  t.equal((await Promise.all(writes)).length, 20, 'the service went on');
  t.equal(statSync(BACKUP).mode & 0o777, 0o600);
  t.match(backUp({ ...env, BACKUP }), { status: 1, said: /is a file at .* already/ });

  const restored = join(folder, 'restored');
  copyFileSync(BACKUP, join(restored, 'drydock.sqlite'));
  for (const name of ['key', 'instance']) copyFileSync(join(DRYDOCK_DATA_DIR, name), join(restored, name));
  const second = await startService({ ...env, DRYDOCK_DATA_DIR: restored });
  t.teardown(() => second.stop('SIGKILL'));
  t.strictSame(await (await fetch(`${second.url}/analyze/${first.id}`)).json(), first);
  t.match(await (await fetch(`${second.url}/build-verify/waits`)).json(), { state: 'queued' });
});

await t.test('as it is built for the image it copies too, and names itself so', async (t) => {
  const folder = t.testdir({ data: {} });
  const DRYDOCK_DATA_DIR = join(folder, 'data');
  const store = await openSqliteStore({
    path: join(DRYDOCK_DATA_DIR, 'drydock.sqlite'),
    sealer: await openKeyFile(join(DRYDOCK_DATA_DIR, 'key')),
  });
  await store.close();
  // tap looks into every Node that a test starts, which the compiler does not survive.
  const compiler = [
    '-u',
    'NODE_OPTIONS',
    'node_modules/.bin/tsc',
    '-p',
    'tsconfig.build.json',
    '--outDir',
    join(folder, 'dist'),
  ];
  const built = spawnSync('env', compiler, { encoding: 'utf8' });
  t.equal(built.status, 0, built.stdout);
  const program = (...words: readonly string[]) =>
    spawnSync(process.execPath, [join(folder, 'dist/backup.js'), ...words], {
      env: { ...process.env, DRYDOCK_DATA_DIR },
      encoding: 'utf8',
    });
  t.match(program(), { status: 1, stderr: /Name the file for the copy: node dist\/backup\.js \/data\// });
  t.match(
    program(join(DRYDOCK_DATA_DIR, 'copy.sqlite')),
    { status: 0, stdout: /copied/ },
    'beside the database, as under compose',
  );
  t.match(spawnSync('npm', ['run', '-s', 'backup'], { encoding: 'utf8' }), {
    status: 1,
    stderr: /npm run backup -- \//,
  });
});

await t.test('what cannot be copied is told, and nothing is made', async (t) => {
  const folder = t.testdir({ empty: {}, broken: {} });
  const BACKUP = join(folder, 'copy.sqlite');
  t.match(backUp({ DRYDOCK_DATA_DIR: join(folder, 'empty'), BACKUP }), { status: 1, said: /could not be copied/ });
  writeFileSync(join(folder, 'broken', 'drydock.sqlite'), 'no database'.repeat(1000));
  t.match(backUp({ DRYDOCK_DATA_DIR: join(folder, 'broken'), BACKUP }), { status: 1, said: /could not be copied/ });
  t.throws(() => statSync(BACKUP));
});
