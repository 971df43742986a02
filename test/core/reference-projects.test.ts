/** The four reference projects: posted as contexts and as bare text they get exactly the verdicts that they were written for. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import t from 'tap';
import { effectiveIgnorePath } from '../../src/core/context/build-context.ts';
import { rules } from '../../src/core/rules/index.ts';
import { makeSecretScanner } from '../../src/adapters/secretlint/secret-scanner.ts';
import { everybody } from '../../src/use-cases/access.ts';
import { makeAnalyzeDockerfile } from '../../src/use-cases/analyze-dockerfile.ts';
import type { AnalyzeInput } from '../../src/use-cases/analyze-dockerfile.ts';
import { makeThink } from '../../src/use-cases/think.ts';
import type { Finding } from '../../src/schemas/finding.ts';
import { ItemId } from '../../src/schemas/item.ts';
import { Report } from '../../src/schemas/report.ts';

const crashes: string[] = [];
const think = makeThink(makeSecretScanner());
const analyzeDockerfile = makeAnalyzeDockerfile({
  thinker: { analyze: (question) => think(question, () => undefined) },
  store: { saveAnalysis: async () => undefined },
  clock: { now: () => '2026-08-01T12:00:00.000Z', elapsed: () => 0, newId: () => '0198' },
  log: {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (_, message) => void crashes.push(message),
  },
  operatorPolicy: undefined,
  version: '0.1.0',
});

/** The input that the upload of a fixture becomes; `bare`: of its Dockerfile alone. */
function inputOf(name: string, bare: boolean): AnalyzeInput {
  const folder = `test/fixtures/contexts/${name}`;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(`${folder}/${path}`).isFile(),
  );
  const read = (path: string): string => readFileSync(`${folder}/${path}`, 'utf8');
  const ignore = effectiveIgnorePath('Dockerfile', (path) => paths.includes(path));
  return {
    dockerfile: read('Dockerfile'),
    path: 'Dockerfile',
    files: bare ? undefined : paths.map((path) => ({ path, sizeBytes: read(path).length, content: read(path) })),
    ignore: bare || ignore === undefined ? undefined : { path: ignore, text: read(ignore) },
    store: false,
    access: everybody,
  };
}

/** The rows with a status, in the order of the checklist. */
function rows(report: Report, status: string): readonly ItemId[] {
  return report.items.filter((item) => item.status === status).map((item) => item.id);
}

function loud({ findings }: Report): readonly Finding[] {
  return findings.filter(({ severity, item }) => (severity === 'error' || severity === 'warning') && item !== 'labels');
}

/** What each project was written for; `failing` in the order of the checklist. */
const projects: readonly { readonly name: string; readonly verdict: string; readonly failing: readonly ItemId[] }[] = [
  {
    name: 'ai-generated',
    verdict: 'not-ready',
    failing: [
      'base-image-pinned',
      'non-root-user',
      'no-secrets',
      'context-excludes',
      'layer-caching',
      'no-package-cache',
      'healthcheck',
      'signal-handling',
    ],
  },
  { name: 'basic', verdict: 'not-ready', failing: ['non-root-user', 'healthcheck'] },
  { name: 'production', verdict: 'ready', failing: [] },
  { name: 'uv-two-stage', verdict: 'ready', failing: [] },
];

for (const { name, verdict, failing } of projects) {
  t.test(`${name}: ${verdict}`, async (t) => {
    const report = await analyzeDockerfile(inputOf(name, false));
    t.ok(Report.safeParse(report).success, 'the report has its form');
    t.equal(report.verdict, verdict);
    t.same(rows(report, 'fail'), failing, 'with its files');

    const bare = await analyzeDockerfile(inputOf(name, true));
    t.equal(bare.verdict, verdict);
    t.same(
      rows(bare, 'fail'),
      failing.filter((id) => id !== 'context-excludes'),
      'as bare text',
    );
    t.ok(rows(bare, 'unknown').includes('context-excludes'), 'of the context nothing is known then');
    t.notOk(rows(report, 'unknown').includes('context-excludes'));
  });
}

t.test('what is ready is not nagged: nothing above info, except for labels', async (t) => {
  for (const name of ['production', 'uv-two-stage']) {
    for (const bare of [false, true]) {
      const report = await analyzeDockerfile(inputOf(name, bare));
      t.same(
        loud(report).map((one) => `${one.rule}: ${one.message}`),
        [],
        `${name}${bare ? ', as bare text' : ''}`,
      );
    }
  }
});

t.test('the labels of uv-two-stage pass, those of production are missing', async (t) => {
  const status = async (name: string): Promise<boolean> =>
    rows(await analyzeDockerfile(inputOf(name, false)), 'warn').includes('labels');
  t.equal(await status('production'), true);
  t.equal(await status('uv-two-stage'), false);
});

t.test('rows that nothing looks at yet say so and are unknown', async (t) => {
  const { items } = await analyzeDockerfile(inputOf('production', false));
  const covered = new Set(rules.map((rule) => rule.item));
  for (const id of ItemId.options.filter((one) => !covered.has(one))) {
    t.match(
      items.find((item) => item.id === id),
      { status: 'unknown', predicted: { summary: 'No rule looks at this row yet.' } },
    );
  }
});

t.test('the services that are built and run in tests are what their names say', async (t) => {
  for (const name of ['python-bad', 'node-bad']) {
    const report = await analyzeDockerfile(inputOf(name, false));
    t.equal(report.verdict, 'not-ready');
    t.same(rows(report, 'fail'), ['non-root-user', 'context-excludes', 'healthcheck', 'signal-handling'], name);
  }
});

t.test('no rule crashed on any of them', async (t) => t.same(crashes, []));
