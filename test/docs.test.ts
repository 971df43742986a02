/** What the pages for readers show is true: policies are read, waivers count, lines run, links lead somewhere, promises have their tests. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { analyze } from '../src/core/analyze.ts';
import { dropped } from '../src/core/policy/profiles.ts';
import { formats } from '../src/formats/index.ts';
import { readPolicyFile } from '../src/use-cases/policy-file.ts';
import { readProjectFile } from '../src/use-cases/project-file.ts';
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

/** Which test runs the commands of a page. */
const RUN_BY: Readonly<Record<string, string>> = {
  'CONTRIBUTING.md': 'test/scripts.test.ts',
  'README.md': 'test/readme.engine.test.ts',
  'docs/access.md': 'test/access.test.ts',
  'docs/api.md': 'test/readme.engine.test.ts',
  'docs/formats.md': 'test/docs.test.ts',
  'docs/integrations.md': 'test/integrations-platforms.test.ts',
  'docs/operations.md': 'test/backup.test.ts',
  'docs/policy.md': 'test/docs.test.ts',
  'docs/webhooks.md': 'test/webhooks.test.ts',
  'examples/README.md': 'test/readme.engine.test.ts',
};

/** A line that a reader takes for a command. */
const COMMAND = /^(?:curl|docker|npm|node|npx|sh|tar|git|sudo|mkdir|export|bash)\s/m;

/** Pages with commands in blocks without a language, which nobody runs here: benchmarks take minutes, and the README's two began this test. */
const UNMARKED: ReadonlySet<string> = new Set(['README.md', 'docs/benchmarks.md']);

function unmarkedIn(path: string): readonly number[] {
  return fencesOf(path).flatMap(({ language, text, line }) => (language === '' && COMMAND.test(text) ? [line] : []));
}

t.test('every command of every page is run by a test, or the page says why not', async (t) => {
  for (const path of pages()) {
    const toRun = commandsOf(path).filter(({ notRun }) => notRun === undefined);
    const runner = RUN_BY[path];
    t.equal(runner !== undefined, toRun.length > 0, `${path}: ${toRun.length} blocks, run by ${runner ?? 'nobody'}`);
    if (runner !== undefined) t.ok(readFileSync(runner, 'utf8').includes(`'${path}'`), `${runner} reads ${path}`);
    // Elsewhere no command is left without its language, by which it would go unseen.
    if (!UNMARKED.has(path)) t.same(unmarkedIn(path), [], `${path} marks its commands as sh`);
  }
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
