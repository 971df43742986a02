/** The scripts that write files, run on a copy of the tree: what is generated is fresh, and a new plug is one command. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { stale } from '../scripts/generate.ts';

t.test('what is generated is fresh: run npm run generate', async (t) => {
  t.same(await stale(), []);
});

t.test('recorded reasons of failed builds are counted by cause, and never fail', async (t) => {
  const reasons = [
    {
      file: 'a',
      broken_class: 'run-failed',
      broken_reason: "The command '/bin/sh -c x' returned a non-zero code: 127",
    },
    { file: 'b', broken_class: null, broken_reason: 'manifest for a/b:1 not found' },
    { file: 'c', broken_reason: 'nobody knows' },
    { file: 'd', broken_reason: null },
    { file: 'e' },
  ];
  const folder = t.testdir({
    files: { a: 'FROM a\n' },
    'files.jsonl': reasons.map((row) => JSON.stringify(row)).join('\n'),
  });
  const words = ['scripts/corpus/main.ts', join(folder, 'files'), '--only', 'causes'];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  t.equal(status, 0, stderr);
  t.match(stdout, /command-failed +run-failed +1\n/);
  t.match(stdout, /image-not-found +- +1\n/);
  t.match(stdout, /3 reasons, 1 of them without a cause\n  c\n/);
});

t.test('a measurement tells its ratios, and ends with them as JSON', async (t) => {
  for (const [words, ratios] of [
    [['analyze', '--files', '3', '--rounds', '1'], { analysisOfAst: Number }],
    [
      ['http', '--rounds', '1', '--requests', '4'],
      { 'store: false': { ofYardstick: Number }, stored: { ofYardstick: Number } },
    ],
    [['upload', '--megabytes', '2', '--only', 'build'], { build: { ofYardstick: Number, movedMb: Number } }],
    [['start', '--rounds', '1'], { ratio: Number }],
  ] as const) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/bench/main.ts', ...words], {
      encoding: 'utf8',
    });
    t.equal(status, 0, `${words[0]}: ${stderr}`);
    const told: unknown = JSON.parse(stdout.slice(stdout.indexOf('\n{')));
    t.match(told, ratios, words[0]);
  }
});

t.test('on a copy of the tree', async (t) => {
  const copy = t.testdir({});
  for (const part of ['src', 'scripts', 'docs', 'package.json', 'openapi.yaml'])
    cpSync(part, join(copy, part), { recursive: true });
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  const run = (...words: readonly string[]): { code: number | null; text: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...words], { cwd: copy, encoding: 'utf8' });
    return { code: status, text: stdout + stderr };
  };

  t.test('a rule, a probe and a format are laid out, and the indexes name them', async (t) => {
    for (const [kind, name, path, index] of [
      [
        'rule',
        'performance/too-many-layers',
        'src/core/rules/performance/too-many-layers.ts',
        'src/core/rules/index.ts',
      ],
      ['probe', 'writes-no-files', 'src/core/probes/writes-no-files.ts', 'src/core/probes/index.ts'],
      ['format', 'csv', 'src/formats/csv.ts', 'src/formats/index.ts'],
    ] as const) {
      const { code, text } = run('scripts/new.ts', kind, name);
      t.equal(code, 0, text);
      t.match(readFileSync(join(copy, path), 'utf8'), /REPLACE/, `${path} says what to replace`);
      t.ok(readFileSync(join(copy, index), 'utf8').includes(`/${name.split('/').at(-1)}.ts'`), `${index} names it`);
    }
    t.ok(existsSync(join(copy, 'test/cases/rules/too-many-layers.md')), 'a rule has a case file');
    t.match(readFileSync(join(copy, 'openapi.yaml'), 'utf8'), /- csv\n/, 'the contract knows the new format at once');
    t.equal(run('scripts/new.ts', 'probe', 'writes-no-files').code, 1, 'an id is never given twice');
    t.match(run('scripts/new.ts', 'rule', 'NoCategory'), { code: 2, text: /rule CATEGORY\/SLUG/ });
  });

  t.test('a stale file is named, with the command that mends it', async (t) => {
    t.equal(run('scripts/generate.ts', '--check').code, 0);
    appendFileSync(join(copy, 'src/formats/index.ts'), '// by hand\n');
    t.match(run('scripts/generate.ts', '--check'), { code: 1, text: /src\/formats\/index\.ts.*npm run generate/ });
    t.equal(run('scripts/generate.ts').code, 0);
    t.equal(run('scripts/generate.ts', '--check').code, 0);
  });
});
