/** What the pages under docs/ show is true: their policies are read, their waiver counts, their lines run. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { analyze } from '../src/core/analyze.ts';
import { dropped } from '../src/core/policy/profiles.ts';
import { formats } from '../src/formats/index.ts';
import { readPolicyFile } from '../src/use-cases/policy-file.ts';
import { readProjectFile } from '../src/use-cases/project-file.ts';
import { parseCases } from './helpers/markdown-cases.ts';
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
