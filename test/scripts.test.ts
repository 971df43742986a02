/** The scripts that write files, run on a copy of the tree: what is generated is fresh, and a new plug is one command. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { z } from 'zod';
import { stale } from '../scripts/generate.ts';
import { asShown, fencesOf, paste, squeezed } from './helpers/pages.ts';

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
      ['http', '--rounds', '1', '--requests', '4', '--warm', '4'],
      { 'store: false': { ofYardstick: Number }, stored: { ofYardstick: Number } },
    ],
    [['upload', '--megabytes', '2', '--only', 'build'], { build: { ofYardstick: Number, movedMb: Number } }],
    [['start', '--rounds', '1'], { ratio: Number }],
    [['parse', '--rounds', '1'], { astOfParse: Number, longestSteps: { bodies: Number } }],
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

t.test('the three walks of CONTRIBUTING.md come out as it says', async (t) => {
  const copy = t.testdir({});
  for (const part of [
    'src',
    'scripts',
    'docs',
    'test',
    'package.json',
    'openapi.yaml',
    '.taprc',
    'README.md',
    'CONTRIBUTING.md',
  ]) {
    cpSync(part, join(copy, part), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  const fences = fencesOf('CONTRIBUTING.md');
  t.equal(fences.filter(({ language }) => language === 'sh').length, 6, 'two for each');
  for (const [index, { language, name, line, text }] of fences.entries()) {
    if (name !== '') {
      t.ok(existsSync(join(copy, name)), `${name} was laid out`);
      writeFileSync(join(copy, name), text);
    } else if (language === 'sh') {
      const { status, said, stderr } = paste([text], { cwd: copy });
      t.equal(status, 0, `CONTRIBUTING.md:${line}: ${stderr}`);
      t.match(squeezed(said.join('')), asShown(fences[index + 1]?.text ?? ''), `CONTRIBUTING.md:${line}`);
    }
  }
  cpSync('tsconfig.json', join(copy, 'tsconfig.json'));
  // tap looks into every Node that a test starts, which this one does not survive.
  const compiler = ['-u', 'NODE_OPTIONS', resolve('node_modules/.bin/tsc')];
  const { status, stdout } = spawnSync('env', compiler, { cwd: copy, encoding: 'utf8' });
  t.equal(status, 0, stdout);
});

t.test(
  'every command of package.json is in the table of CONTRIBUTING.md, and every command of the table is there',
  async (t) => {
    const Manifest = z.object({ scripts: z.record(z.string(), z.string()) });
    const { scripts } = Manifest.parse(JSON.parse(readFileSync('package.json', 'utf8')));
    const shown = [...readFileSync('CONTRIBUTING.md', 'utf8').matchAll(/^\| `npm (?:run )?([\w:]+)/gm)].map(
      ([, name = '']) => name,
    );
    // npm runs what begins with `pre` by itself, and `ci` is its own.
    const known = Object.keys(scripts).filter((name) => !name.startsWith('pre'));
    t.same(shown.filter((name) => name !== 'ci').toSorted(), known.toSorted());
  },
);

t.test('a release is checked, and a dry run says what would be run', async (t) => {
  const folder = t.testdir({
    clone: {
      'package.json': '{"version": "1.2.3"}\n',
      'CHANGELOG.md': '# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-29\n\n### Added\n\n- All.\n',
    },
    // In place of docker: with its plugin, and without.
    with: { docker: '#!/bin/sh\ntest "$*" = "buildx version"\n' },
    without: { docker: '#!/bin/sh\nexit 1\n' },
  });
  const clone = join(folder, 'clone');
  for (const plugins of ['with', 'without']) chmodSync(join(folder, plugins, 'docker'), 0o755);
  const git = (...words: readonly string[]): string => {
    const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
    const { status, stdout, stderr } = spawnSync('git', [...who, ...words], { cwd: clone, encoding: 'utf8' });
    t.equal(status, 0, stderr);
    return stdout.trim();
  };
  let plugins = 'with';
  const release = (...words: readonly string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [resolve('scripts/release.ts'), ...words], {
      cwd: clone,
      env: { ...process.env, PATH: `${join(folder, plugins)}:${process.env['PATH']}` },
      encoding: 'utf8',
    });
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'all');

  t.match(release(), { status: 2, stderr: /VERSION/ });
  t.match(release('1.2', '--dry-run'), { status: 1, stderr: /1\.2 is no version/ });
  t.match(release('1.2.4', '--dry-run'), { status: 1, stderr: /package\.json says 1\.2\.3[^]*## \[1\.2\.4\]/ });
  const { status, stdout } = release('1.2.3', '--dry-run');
  t.equal(status, 0);
  t.match(stdout.split('\n'), [
    'npm run ready',
    new RegExp(
      `^docker build --file Dockerfile\\.prod .*version=1\\.2\\.3 .*revision=${git('rev-parse', 'HEAD')} .*--tag drydock:1\\.2\\.3 \\.$`,
    ),
    "git tag --annotate v1.2.3 --message 'Drydock 1.2.3'",
    'Nothing was run.',
  ]);
  t.equal(git('tag', '--list'), '', 'nothing was run');
  plugins = 'without';
  t.match(release('1.2.4', '--dry-run'), {
    status: 1,
    stderr: /^`docker buildx version` [^\n]* install [^\n]* buildx\.\npackage\.json/,
  });
  plugins = 'with';
  writeFileSync(join(clone, 'left'), '');
  t.match(release('--dry-run', '1.2.3'), { status: 1, stderr: /not clean/ });
  git('tag', 'v1.2.3');
  t.match(release('1.2.3', '--dry-run'), { status: 1, stderr: /v1\.2\.3 is there already/ });
});

t.test('what renovate groups is there', async (t) => {
  const Names = z.object({ packageRules: z.array(z.object({ matchPackageNames: z.array(z.string()).optional() })) });
  const { packageRules } = Names.parse(JSON.parse(readFileSync('renovate.json', 'utf8')));
  const lock = readFileSync('package.json', 'utf8') + readFileSync('Dockerfile.prod', 'utf8');
  for (const name of packageRules.flatMap(({ matchPackageNames = [] }) => matchPackageNames)) {
    t.ok(lock.includes(name.replace('**', '')), name);
  }
});
