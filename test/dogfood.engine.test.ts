/**
 * Drydock judges itself: this repository, posted to a service that runs from it, is fit for production by its own checklist.
 * docs/dogfood.md is the report of such a run. Its verdict, score, rows and findings have to be those of this one; figures, digests
 * and sentences differ from machine to machine and are not compared. UPDATE_GOLDENS=1 writes the page anew.
 */
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { pack } from 'tar-stream';
import { Build } from '../src/schemas/build.ts';
import { Report } from '../src/schemas/report.ts';
import { filesOfRepository } from './helpers/repository.ts';
import { startService } from './helpers/service.ts';
import { follow } from './helpers/verify.ts';

const PAGE = 'docs/dogfood.md';

/** An operator mounts a token file, and no option of a verification does: Node writes one before the service reads it. */
const WRITES_TOKENS = encodeURIComponent(
  `import { writeFileSync } from 'node:fs'; writeFileSync('/tmp/tokens', 'nobody ${'dogfood-'.repeat(5)}')`,
);

async function repository(): Promise<Blob> {
  const archive = pack();
  for (const name of filesOfRepository()) {
    const stat = lstatSync(name, { throwIfNoEntry: false });
    if (stat?.isFile() === true) archive.entry({ name, mode: stat.mode & 0o777 }, readFileSync(name));
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer); // a tar stream yields Buffers
  return new Blob([new Uint8Array(Buffer.concat(chunks))]);
}

t.test('our own repository passes its own verification', async (t) => {
  const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}) });
  t.teardown(() => service.stop('SIGKILL'));
  const form = new FormData();
  const options = {
    project: 'drydock',
    dockerfile: 'Dockerfile.prod',
    health: '/health/live',
    env: { DRYDOCK_TOKENS_FILE: '/tmp/tokens', NODE_OPTIONS: `--import=data:text/javascript,${WRITES_TOKENS}` },
    requiredEnv: ['DRYDOCK_TOKENS_FILE'],
  };
  form.set('options', new Blob([JSON.stringify(options)], { type: 'application/json' }));
  form.set('context', await repository());
  const accepted = await fetch(`${service.url}/build-verify`, { method: 'POST', body: form });
  if (accepted.status !== 202) throw new Error(await accepted.text());
  const { links } = Build.parse(await accepted.json());
  const build = await follow(service.url + links.self);
  if (build.state === 'errored') throw new Error(JSON.stringify(build));
  const report = Report.parse(await (await fetch(service.url + links.report)).json());

  const told = JSON.stringify({
    failure: report.build?.failure,
    rows: report.items.filter(({ status }) => status !== 'pass'),
    findings: report.findings.filter(({ waived }) => waived === undefined).map(({ rule, message }) => [rule, message]),
    log: report.run?.log,
  });
  t.equal(build.state, 'passed', told);
  t.match(report, { verdict: 'ready', score: 100, grade: 'A' }, told);
  t.same(
    report.items.filter(({ status }) => status !== 'pass').map(({ id }) => id),
    [],
    told,
  );

  const page = await (await fetch(`${service.url}${links.report}?format=markdown`)).text();
  if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(PAGE, header(report) + page);
  t.same(essence(readFileSync(PAGE, 'utf8')), essence(page), `${PAGE} is another report; UPDATE_GOLDENS=1 writes it`);
  t.equal(await service.stop(), 0, 'and the service that said so ends well');
});

function header({ createdAt, tool }: Report): string {
  return [
    '# Drydock, judged by itself\n\n',
    `The report of \`POST /build-verify\` on this repository, as \`?format=markdown\` tells it: ${createdAt.slice(0, 10)}, engine ${tool.engine ?? 'unknown'}. `,
    'Each run of the\ntests makes it anew (`test/dogfood.engine.test.ts`), and fails where verdict, score, a row or a finding is another one.\n\n',
  ].join('');
}

/** Of a report in Markdown what has to be the same on every machine: the headline, the score, each row's status, the findings. */
function essence(page: string): readonly string[] {
  const lines = page.split('\n').flatMap((line) => {
    const row = /^\| `([\w-]+)` \| \w+ \| (.+?) \|/.exec(line);
    if (row !== null) return [`${row[1]}: ${row[2]}`];
    const finding = /^(?:- |\d+\. )(\*\*\w+\*\* `[\w-]+`(?: at `[^`]+`)?)/.exec(line)?.[1];
    if (finding !== undefined) return [finding];
    return /^## |^Score /.test(line) ? [line] : [];
  });
  return lines.toSorted();
}
