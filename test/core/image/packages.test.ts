/** Packages: what is installed, what manifests ask for and for whom, and which of the installed ones serve development alone. */
import t from 'tap';
import { NOTHING_DECLARED, declaredPackages } from '../../../src/core/image/declared.ts';
import { developmentPackages } from '../../../src/core/image/dev-packages.ts';
import { isKnownForDevelopment, needsOf, packageOf } from '../../../src/core/image/packages.ts';
import { tomlSettings, tomlStrings } from '../../../src/core/image/toml.ts';

t.test('the record of an installed package, and the nearest file that is none', async (t) => {
  const site = 'venv/lib/python3.12/site-packages';
  const packages: readonly (readonly [string, string | undefined])[] = [
    [`${site}/pytest-8.3.4.dist-info/METADATA`, 'python:pytest'],
    [`${site}/pytest-8.3.4.dist-info/RECORD`, undefined],
    [`${site}/Pytest_Asyncio-0.24.dist-info/METADATA`, 'python:pytest-asyncio'],
    [`${site}/pytest/__init__.py`, undefined],
    ['usr/lib/python3/dist-packages/black-23.1.0.egg-info', 'python:black'],
    ['app/node_modules/nodemon/package.json', 'node:nodemon'],
    ['app/node_modules/@playwright/test/package.json', 'node:@playwright/test'],
    ['app/node_modules/a/node_modules/jest/package.json', undefined],
    ['app/node_modules/jest/build/package.json', undefined],
    ['app/node_modules/.pnpm/jest@29.7.0/node_modules/jest/package.json', 'node:jest'],
    ['app/package.json', undefined],
    ['usr/local/bundle/specifications/rspec-core-3.13.0.gemspec', 'ruby:rspec-core'],
    ['usr/local/bundle/gems/rails-7.1.0/rails.gemspec', undefined],
    ['app/vendor/phpunit/phpunit/composer.json', 'php:phpunit/phpunit'],
    ['app/composer.json', undefined],
  ];
  for (const [path, key] of packages) t.equal(packageOf(path), key, path);
  const known = ['python:pytest-asyncio', 'node:jest', 'ruby:rubocop-rails', 'php:phpunit/phpunit', 'node:@vitest/ui'];
  const others = ['python:fastapi', 'node:express', 'ruby:rails', 'php:laravel/framework', 'python:jest'];
  t.same(known.filter(isKnownForDevelopment), known);
  t.same(others.filter(isKnownForDevelopment), []);
});

t.test('what a record says that its package needs', async (t) => {
  const metadata =
    'Name: x\nRequires-Dist: Typing_Extensions>=4\nRequires-Dist: pytest; extra == "test"\nRequires-Dist: tomli (>=1) ; python_version < "3.11"\n\nRequires-Dist: prose\n';
  t.same(needsOf('python:x', metadata), ['python:typing-extensions', 'python:tomli']);
  const manifest = JSON.stringify({
    dependencies: { a: '1' },
    optionalDependencies: { b: '1' },
    peerDependencies: { c: '1', d: '1' },
    peerDependenciesMeta: { d: { optional: true } },
    devDependencies: { e: '1' },
  });
  t.same(needsOf('node:x', manifest), ['node:a', 'node:b', 'node:c']);
  const gemspec =
    's.add_runtime_dependency(%q<rack>.freeze, ["~> 3"])\ns.add_dependency("mail")\ns.add_development_dependency("rspec")';
  t.same(needsOf('ruby:x', gemspec), ['ruby:rack', 'ruby:mail']);
  t.same(needsOf('php:a/b', '{"require":{"psr/log":"3"},"require-dev":{"phpunit/phpunit":"9"}}'), ['php:psr/log']);
  for (const broken of [
    '',
    '{',
    '[]',
    'null',
    '{"dependencies":3}',
    '{"peerDependencies":{"a":1},"peerDependenciesMeta":[]}',
  ]) {
    t.ok(needsOf('node:x', broken).length <= 1, broken);
  }
});

const pyproject = `
[project]
name = "Shop"
dependencies = ["fastapi>=0.115", 'uvicorn[standard]', # "comment"
]
[project.optional-dependencies]
dev = ["pytest ; python_version > '3.9'", "shop[postgres]"]
postgres = [ "psycopg[binary]" ]
[dependency-groups]
lint-all = ["ruff"]
test = ["anyio", { include-group = "lint-all" }]
worker = ["celery"]
[tool.uv]
dev-dependencies = [
  "ipdb>=1",
  "ruff==0.8",
]
[tool.poetry]
name = "shop"
[tool.poetry.dependencies]
python = "^3.12"
Flask = "^3"
[tool.poetry.group.dev.dependencies]
black = "24"
mypy = { version = "1", extras = ["d"] }
[tool.poetry.group.ops.dependencies]
boto3 = "1"
[tool.pdm.dev-dependencies]
all = ["tox"]
`;

t.test('manifests: which packages they ask for, and for whom', async (t) => {
  const of = (path: string, content: string): readonly [string, string] => {
    const { development, runtime } = declaredPackages([{ path, content, sizeBytes: content.length }]);
    return [development.map(({ key, from }) => `${key} ${from}`).join('|'), runtime.join('|')];
  };
  t.same(of('package.json', '{"name":"app","dependencies":{"a":"1","c":"1"},"devDependencies":{"b":"1","c":"1"}}'), [
    'node:b devDependencies of package.json',
    'node:a|node:c',
  ]);
  const [development, runtime] = of('pyproject.toml', pyproject);
  t.same(development.split('|'), [
    'python:pytest extra dev of pyproject.toml',
    'python:ruff group lint-all of pyproject.toml',
    'python:anyio group test of pyproject.toml',
    'python:ipdb dev-dependencies of pyproject.toml',
    'python:black group dev of pyproject.toml',
    'python:mypy group dev of pyproject.toml',
    'python:tox dev-dependencies of pyproject.toml',
  ]);
  t.equal(
    runtime,
    'python:fastapi|python:uvicorn|python:psycopg|python:celery|python:python|python:flask|python:boto3',
  );
  t.same(
    of(
      'Pipfile',
      '[[source]]\nurl = "x"\n[packages]\nflask = "*"\n[dev-packages]\npytest = {version = "*"}\nzipp = 3\n',
    ),
    ['python:pytest dev-packages of Pipfile|python:zipp dev-packages of Pipfile', 'python:flask'],
  );
  t.same(
    of(
      'requirements-dev.txt',
      '-r requirements.txt\n# no\npytest==8 \\\n    --hash=sha256:0\nsome words\nblack # why\n-e .\ngit+https://a/b\n',
    ),
    ['python:pytest the packages of requirements-dev.txt|python:black the packages of requirements-dev.txt', ''],
  );
  t.same(of('requirements/production.txt', 'gunicorn @ https://a/b.whl\nDjango>=5\n'), [
    '',
    'python:gunicorn|python:django',
  ]);
  t.same(of('notes/test.txt', 'requests\n'), ['', ''], 'a text is no manifest');
  const gems = [
    'gem "rails"',
    'group :development, :test do',
    "  gem 'rspec', '~> 3' # fast",
    '  platforms :mri do',
    '    gem "byebug"',
    '  end',
    'end',
    'group :production do',
    '  gem "pg"',
    'end',
    'gem "pry", group: %i[development test]',
    'gem "lograge", group: [:test, :production], require: false',
    'gem "brakeman", :group => :development',
  ].join('\n');
  const [forDevelopers, forService] = of('Gemfile', gems);
  t.equal(forDevelopers.replaceAll(/ group[^|]*/g, ''), 'ruby:rspec|ruby:byebug|ruby:pry|ruby:brakeman');
  t.equal(forService, 'ruby:rails|ruby:pg|ruby:lograge');
  t.same(
    of('composer.json', '{"name":"me/app","require":{"php":"8","psr/log":"3"},"require-dev":{"Mockery/Mockery":"1"}}'),
    ['php:mockery/mockery require-dev of composer.json', 'php:php|php:psr/log'],
  );
  for (const path of ['package.json', 'pyproject.toml', 'Pipfile', 'Gemfile', 'composer.json', 'requirements.txt']) {
    for (const text of ['', '{', '[', '"""', "x = '", '[a\n[b]\n= "c"\n]]}', 'group do\nend\nend\n', '\u0000'])
      of(path, text);
  }
});

t.test('a service needs in one manifest what another one asks for its developers', async (t) => {
  const files = {
    'web/package.json': '{"name":"web","devDependencies":{"a":"1","b":"1","web":"1"}}',
    'api/package.json': '{"name":"b","dependencies":{"a":"1"}}',
  };
  const declared = declaredPackages(Object.entries(files).map(([path, content]) => ({ path, content, sizeBytes: 1 })));
  t.same(declared, {
    development: [{ key: 'node:b', from: 'devDependencies of web/package.json' }],
    runtime: ['node:a'],
  });
});

t.test('a manifest that was made to be slow or large is read in no time, and not to its end', async (t) => {
  const size = 256 * 1024;
  const lines = (line: string): string => line.repeat(size / line.length);
  const begun = performance.now();
  for (const text of [
    lines('a\n'),
    lines('['),
    lines('"'),
    lines('a.'),
    lines('a="b"\n'),
    lines('[a]\n'),
    lines('"""'),
    lines('a=['),
  ]) {
    let strings = 0;
    for (const _ of tomlStrings(text)) strings += 1;
    t.ok(strings <= size);
  }
  const many = Array.from({ length: 20_000 }, (_, index) => `package-${index}`).join('\n');
  const declared = declaredPackages([{ path: 'requirements.txt', content: many, sizeBytes: many.length }]);
  t.equal(declared.runtime.length, 5000);
  const gems = lines('group :a, :b, :c do\n');
  declaredPackages([{ path: 'Gemfile', content: gems, sizeBytes: gems.length }]);
  t.ok(performance.now() - begun < 10_000, `${Math.round(performance.now() - begun)} ms`);
});

t.test('tables and settings of a TOML file', async (t) => {
  const text = [
    '  [ tool . uv ] # package = false',
    'package = true',
    'tool.name = "a"',
    'list = [',
    '  "b",',
    ']',
    '[x]',
    'y = { z = false, deep = { z = true }, w = [1] }',
    '[[x.list]]',
  ].join('\r\n');
  t.same(
    [...tomlSettings(text)].map(({ name, word }) => `${name} ${word ?? '-'}`),
    [
      ...['tool.uv -', 'tool.uv.package true', 'tool.uv.tool.name -', 'tool.uv.list -', 'x -', 'x.y -'],
      ...['x.y.z false', 'x.y.deep -', 'x.y.w -', 'x.list -'],
    ],
  );
});

t.test('what serves development alone', async (t) => {
  const declared = {
    development: ['node:tsx', 'node:semver', 'node:types', 'node:left'].map((key) => ({
      key,
      from: 'devDependencies',
    })),
    runtime: ['node:express', 'node:playwright'],
  };
  const needs = new Map([
    ['node:express', ['node:debug', 'node:semver']],
    ['node:tsx', ['node:esbuild', 'node:types']],
    ['node:esbuild', ['node:left']],
    ['node:by-hand', ['node:mocha']],
  ]);
  const names = [
    'express',
    'debug',
    'semver',
    'tsx',
    'esbuild',
    'types',
    'left',
    'playwright',
    'jest',
    'by-hand',
    'mocha',
  ];
  const installed = new Set(names.map((name) => `node:${name}`));
  t.same(
    [...developmentPackages(installed, needs, declared)],
    [
      ['node:tsx', 'devDependencies'],
      ['node:types', 'devDependencies'],
      ['node:left', 'devDependencies'],
      ['node:jest', undefined],
    ],
    'not what the service asks for (playwright), what it needs (semver), what another one needs that nobody brought (mocha)',
  );
  t.same([...developmentPackages(new Set(['node:express']), needs, declared)], [], 'what is left out');
  t.same(
    [...developmentPackages(new Set(['python:pytest']), new Map(), NOTHING_DECLARED)],
    [['python:pytest', undefined]],
  );
  const circle = new Map([
    ['node:jest', ['node:a']],
    ['node:a', ['node:jest']],
  ]);
  t.same([...developmentPackages(new Set(['node:jest', 'node:a']), circle, NOTHING_DECLARED).keys()], ['node:jest']);
});
