/** What the pages for readers show is true: policies are read, waivers count, lines run, links lead somewhere, promises have their tests. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { z } from 'zod';
import { makePrometheus } from '../src/adapters/metrics/prometheus.ts';
import { Environment } from '../src/config.ts';
import { analyze } from '../src/core/analyze.ts';
import { dropped } from '../src/core/policy/profiles.ts';
import { formats } from '../src/formats/index.ts';
import { readPolicyFile } from '../src/use-cases/policy-file.ts';
import { readProjectFile } from '../src/use-cases/project-file.ts';
import { linesInHead } from './helpers/compose.ts';
import { parseCases } from './helpers/markdown-cases.ts';
import { commandsOf, fencesOf, pages } from './helpers/pages.ts';
import { startService } from './helpers/service.ts';
import { subjectOf } from './helpers/subject.ts';

const page = readFileSync('docs/policy.md', 'utf8');
const sections = parseCases('docs/policy.md', page);

function fences(language: string): readonly string[] {
  return sections.flatMap((one) => one.fences.filter((fence) => fence.language === language).map(({ text }) => text));
}

t.test('the policies of docs/policy.md can be used', async (t) => {
  const [operator = '', repository = ''] = fences('yaml');
  t.equal(readPolicyFile(operator).allowWaivers, false);
  t.equal(readProjectFile('drydock.yaml', repository).profile, 'kubernetes');
});

t.test('every profile is on the page', async (t) => {
  for (const name of Object.keys(dropped)) t.match(page, new RegExp(`^\\| \`${name}\` \\|`, 'm'));
});

t.test('the waiver of docs/policy.md counts', async (t) => {
  const [text = ''] = fences('dockerfile');
  const found = analyze(subjectOf(`FROM debian:bookworm-slim\n${text}`)).findings;
  t.ok(found.find((one) => one.rule === 'apt-lists-kept')?.waived);
  t.notOk(found.some((one) => one.rule.startsWith('waiver-')));
});

t.test('the lines of docs/policy.md run', async (t) => {
  const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}) });
  t.teardown(() => service.stop());
  for (const text of fences('sh')) {
    const script = text.replaceAll('http://127.0.0.1:8080', service.url);
    const ran = spawnSync('bash', ['-eo', 'pipefail', '-c', script], { encoding: 'utf8', timeout: 60_000 });
    t.equal(ran.status, 0, ran.stderr);
    t.match(ran.stdout, /^Mended$|^Nothing can be mended/m);
  }
});

t.test('every format is in docs/formats.md, and its lines run', async (t) => {
  const formatsPage = readFileSync('docs/formats.md', 'utf8');
  const rows = [...formatsPage.matchAll(/^\| `(\w+)` \| ?(.*?) ?\| /gm)].slice(1);
  const inTable = new Map(rows.map(([, name = '', accept = '']) => [name, accept]));
  t.same([...inTable.keys()].toSorted(), formats.map(({ name }) => name).toSorted());
  for (const { name, mediaType, accepts = [mediaType] } of formats) {
    const told = accepts.map((type) => `\`${type.split(';')[0]}\``).join(', ');
    t.equal(inTable.get(name), told, name);
  }
  const folder = t.testdir({ data: {} });
  const service = await startService({ DRYDOCK_DATA_DIR: `${folder}/data` });
  t.teardown(() => service.stop());
  const lines = [...formatsPage.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text);
  t.equal(lines.length, formats.length, 'one for each');
  for (const text of lines) {
    const script = text.replaceAll('http://127.0.0.1:8080', service.url);
    const ran = spawnSync('bash', ['-eo', 'pipefail', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 60_000,
    });
    t.equal(ran.status, 0, ran.stderr);
    const file = / > (\S+)\n$/.exec(text)?.[1];
    const told = file === undefined ? ran.stdout : readFileSync(`${folder}/${file}`, 'utf8');
    t.match(told, /base-latest|Base latest/, text);
  }
});

/** Which tests run the commands of a page. */
const RUN_BY: Readonly<Record<string, string | readonly string[]>> = {
  'CONTRIBUTING.md': 'test/scripts.test.ts',
  'README.md': 'test/readme.engine.test.ts',
  'docs/access.md': 'test/access.test.ts',
  'docs/api.md': 'test/readme.engine.test.ts',
  'docs/formats.md': 'test/docs.test.ts',
  'docs/integrations.md': 'test/integrations-platforms.test.ts',
  'docs/operations.md': ['test/backup.test.ts', 'test/deployment.engine.test.ts'],
  'docs/policy.md': 'test/docs.test.ts',
  'docs/webhooks.md': 'test/webhooks.test.ts',
  'examples/README.md': 'test/readme.engine.test.ts',
};

/** A line that a reader takes for a command. */
const COMMAND = /^(?:curl|docker|npm|node|npx|sh|tar|git|sudo|mkdir|export|bash)\s/m;

/**
 * Commands in blocks without a language, which nobody runs here, and nothing else in these blocks: the two of the README that
 * began this test, and measurements, which scripts.test.ts and scripts.engine.test.ts run with less to do. What is measured has to be there.
 */
const UNMARKED: Readonly<Record<string, (text: string) => boolean>> = {
  'README.md': (text) => /^npm ci && npm start +#.*\nnpm ci && npm test +#.*\n$/.test(text),
  'docs/benchmarks.md': (text) => {
    const [, name = '', measured] = /^npm run (bench|soak)(?: (\w+))?(?: --(?: [^\n;&|]+)?)?\n$/.exec(text) ?? [];
    return existsSync(measured === undefined ? `scripts/${name}/main.ts` : `scripts/${name}/${measured}.ts`);
  },
};

function unmarkedIn(path: string): readonly string[] {
  const isExempt = UNMARKED[path] ?? (() => false);
  return fencesOf(path).flatMap(({ language, text, line }) =>
    language === '' && COMMAND.test(text) && !isExempt(text) ? [`${path}:${line}`] : [],
  );
}

t.test('every command of every page is run by a test, or the page says why not', async (t) => {
  for (const path of pages()) {
    const toRun = commandsOf(path).filter(({ notRun }) => notRun === undefined);
    const runners = [RUN_BY[path] ?? []].flat();
    t.equal(runners.length > 0, toRun.length > 0, `${path}: ${toRun.length} blocks, run by ${runners.join(', ')}`);
    for (const runner of runners) {
      t.ok(readFileSync(runner, 'utf8').includes(`'${path}'`), `${runner} reads ${path}`);
    }
    // No other command is left without its language, by which it would go unseen.
    t.same(unmarkedIn(path), [], `${path} marks its commands as sh`);
  }
});

t.test('the README brings it up by the first lines of compose.yaml', async (t) => {
  const lines = linesInHead(readFileSync('compose.yaml', 'utf8'))
    .map((line) => `${line}\n`)
    .join('');
  t.match(lines, /^docker compose up .*--wait$/m);
  const shown = commandsOf('README.md').filter(({ notRun }) => notRun?.includes('compose.yaml'));
  t.same(
    shown.map(({ text }) => text),
    [lines],
  );
});

t.test('the statuses of docs/api.md are those of the problems', async (t) => {
  const { statuses } = await import('../src/http/problems.ts');
  const rows = [...readFileSync('docs/api.md', 'utf8').matchAll(/^\| (\d{3}) \| (`[^|]+) \|/gm)];
  const told = rows.flatMap(([, status, codes = '']) =>
    [...codes.matchAll(/`([^`]+)`/g)].map(([, code = '']) => [code, Number(status)] as const),
  );
  t.equal(new Set(told.map(([code]) => code)).size, told.length, 'each once');
  t.same(Object.fromEntries(told), statuses);
});

/** What is told of a default: `256 MiB`, `50,000`. */
function numberOf(told: string): number {
  const [, digits = '', unit = ''] = /^([\d,]+)(?: (MiB|GiB))?$/.exec(told) ?? [];
  return Number(digits.replaceAll(',', '') || NaN) * ({ MiB: 1024 ** 2, GiB: 1024 ** 3 }[unit] ?? 1);
}

t.test('the limits that pages tell are the defaults', async (t) => {
  const defaults: Readonly<Record<string, unknown>> = Environment.parse({});
  for (const path of ['docs/api.md', 'docs/operations.md']) {
    const rows = [...readFileSync(path, 'utf8').matchAll(/^\| [^|]+ \| ([^|]+) \| `(DRYDOCK_\w+)` \|$/gm)];
    t.ok(rows.length >= 6, `${path}: the table was found`);
    for (const [, told = '', name = ''] of rows) t.equal(numberOf(told), defaults[name], `${path}: ${name}`);
  }
});

t.test('docs/operations.md has every figure of /metrics with its labels, and no other', async (t) => {
  const source = readFileSync('src/adapters/metrics/prometheus.ts', 'utf8');
  const made = [...source.matchAll(/name: '(drydock_\w+)',[^}]*?(?=registers)/g)].map(
    ([text, name = '']) =>
      [name, [...(/labelNames: \[(.*)\]/.exec(text)?.[1] ?? '').matchAll(/\w+/g)].join(' ')] as const,
  );
  t.ok(made.length > 10, 'the figures were found');
  const metrics = makePrometheus();
  const webhooks = { active: 0, disabled: 0, waiting: 0, overdueSeconds: 0 };
  const text = await metrics.text({ queued: 0, running: 0, bytes: 0, oldestSeconds: 0, webhooks });
  const served = [...text.matchAll(/^# HELP (drydock_\w+) /gm)].map(([, name = '']) => name);
  t.same(served.toSorted(), made.map(([name]) => name).toSorted());
  const rows = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^\| `(drydock_\w+)` \| (.*?) ?\| \S/gm)];
  const told = rows.map(([, name = '', labels = '']) => [name, [...labels.matchAll(/\w+/g)].join(' ')] as const);
  t.equal(new Set(told.map(([name]) => name)).size, told.length, 'each once');
  t.same(Object.fromEntries(told), Object.fromEntries(made));
});

t.test('docs/access.md names every address that needs no token', async (t) => {
  const Contract = z.object({
    paths: z.record(z.string(), z.record(z.string(), z.object({ security: z.array(z.unknown()).optional() }))),
  });
  const { paths } = Contract.parse(parse(readFileSync('openapi.yaml', 'utf8')));
  const open = Object.entries(paths).flatMap(([path, operations]) =>
    Object.values(operations).some(({ security }) => security?.length === 0) ? [path] : [],
  );
  const [, told = ''] =
    /except these: (.*?)\. The page/.exec(readFileSync('docs/access.md', 'utf8').replaceAll('\n', ' ')) ?? [];
  const named = [...told.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
  // The page itself is no part of the contract.
  t.same(named.toSorted(), [...open, '/'].toSorted());
});

t.test('docs/architecture.md has every room, every adapter and every table', async (t) => {
  const text = readFileSync('docs/architecture.md', 'utf8');
  const folders = (of: string): readonly string[] =>
    readdirSync(of, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));
  for (const room of folders('src')) t.match(text, new RegExp(`^\\| \`${room}\` \\|`, 'm'), room);
  const adapters = /^\| `adapters` \|.*$/m.exec(text)?.[0] ?? '';
  for (const adapter of folders('src/adapters')) t.ok(adapters.includes(`\`${adapter}\``), adapter);
  const [, tables = ''] =
    /interface Tables \{\n([^}]*)\}/.exec(readFileSync('src/adapters/store/tables.ts', 'utf8')) ?? [];
  const names = [...tables.matchAll(/readonly (\w+):/g)].map(([, name = '']) => name);
  t.ok(names.length > 5, 'the tables were found');
  for (const name of names) t.match(text, new RegExp(`^\\| [^|]*\`${name}\`[^|]* \\|`, 'm'), name);
});

t.test('every view that is photographed is on a page', async (t) => {
  const shown = pages().flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/images\/(\w+)-light\.png/g)].map(([, view = '']) => view),
  );
  const taken = readdirSync('docs/images').flatMap((name) => /^(\w+)-light\.png$/.exec(name)?.[1] ?? []);
  t.same([...new Set(shown)].toSorted(), taken.toSorted());
});

t.test('every link of every page leads somewhere', async (t) => {
  for (const path of pages()) {
    const text = withoutFences(path);
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = '', heading] = target.split('#');
      const to = file === '' ? path : join(dirname(path), file);
      if (!existsSync(to)) t.fail(`${path}: there is no ${target}`);
      else if (heading !== undefined && !headingsOf(to).has(heading))
        t.fail(`${path}: ${to} has no heading #${heading}`);
    }
  }
  t.pass('looked at all');
});

function withoutFences(path: string): string {
  return fencesOf(path).reduce((text, fence) => text.replace(fence.text, ''), readFileSync(path, 'utf8'));
}

const headings = new Map<string, ReadonlySet<string>>();

/** Anchors as GitHub makes them. */
function headingsOf(path: string): ReadonlySet<string> {
  const known = headings.get(path);
  if (known !== undefined) return known;
  const titles = withoutFences(path).matchAll(/^#+ (.+)$/gm);
  const found = new Set(Array.from(titles, ([, title = '']) => anchor(title)));
  headings.set(path, found);
  return found;
}

function anchor(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

t.test('each promise of docs/security.md names a test that is there', async (t) => {
  const cited = [...readFileSync('docs/security.md', 'utf8').matchAll(/"([^"]+)"\s+\(`(test\/[^`]+)`\)/g)];
  t.ok(cited.length > 30, 'the tests were found');
  for (const [, title = '', file = ''] of cited) {
    t.ok(existsSync(file) && readFileSync(file, 'utf8').includes(title), `${file}: ${title}`);
  }
});

t.test('docs/checks.md has each row, rule and probe once, and no name twice', async (t) => {
  const { rules: allRules } = await import('../src/core/rules/index.ts');
  const { probes } = await import('../src/core/probes/index.ts');
  const told = [...withoutFences('docs/checks.md').matchAll(/^### (.+)$/gm)].map(([, id = '']) => id);
  t.same(told.toSorted(), [...allRules, ...probes].map(({ id }) => id).toSorted());
  t.equal(new Set(told).size, told.length, 'each has an anchor of its own');
});
