/** A zip sent to the service as a process: analysed as a tar would be, refused with the same problems, and gone from the disk. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Problem } from '../src/schemas/problem.ts';
import { Report } from '../src/schemas/report.ts';
import { zipOf } from './adapters/archive/zips.ts';
import { startService } from './helpers/service.ts';

const folder = t.testdir({});
const service = await startService({ DRYDOCK_DATA_DIR: folder, DOCKER_HOST: 'unix:///nonexistent/docker.sock' });
t.teardown(() => service.stop('SIGKILL'));

const post = async (zip: Buffer): Promise<Response> =>
  await fetch(`${service.url}/analyze`, {
    method: 'POST',
    headers: { 'content-type': 'application/zip' },
    body: new Uint8Array(zip),
  });

await t.test('a zip is a context', async (t) => {
  const answer = await post(
    zipOf([
      { name: 'Dockerfile', content: 'FROM busybox:1.37\nCOPY app/absent.txt /\n' },
      { name: 'app/there.txt', content: 'x' },
    ]),
  );
  t.equal(answer.status, 200);
  const { findings } = Report.parse(await answer.json());
  t.ok(
    findings.some(({ rule }) => rule === 'copy-missing-file'),
    'its files are known',
  );
});

await t.test('what is refused says why', async (t) => {
  const cases = [
    [422, 'archive-unsafe', zipOf([{ name: 'Dockerfile' }, { name: '../evil' }])],
    [400, 'archive-broken', zipOf([{ name: 'Dockerfile', content: 'x'.repeat(20), flags: 1 }])],
    [400, 'archive-broken', zipOf([{ name: 'Dockerfile' }]).subarray(0, -5)],
  ] as const;
  for (const [status, code, zip] of cases) {
    const answer = await post(zip);
    t.equal(answer.status, status);
    t.equal(Problem.parse(await answer.json()).type, `/problems/${code}`);
  }
  t.same(readdirSync(join(folder, 'spool')), []);
});
