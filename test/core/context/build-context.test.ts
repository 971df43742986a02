/** What rules know of the context, which ignore file is in force, and which files are worth reading. */
import t from 'tap';
import { effectiveIgnorePath, makeBuildContext } from '../../../src/core/context/build-context.ts';
import { parseIgnoreFile } from '../../../src/core/context/ignore.ts';
import { wantsContent } from '../../../src/core/context/wanted.ts';

t.test('what is sent is what the ignore file does not leave out, the Dockerfile included', (t) => {
  const files = ['b', '.dockerignore', 'Dockerfile', 'a/x', 'a/y'].map((path) => ({ path, sizeBytes: 1 }));
  const context = makeBuildContext({ files, ignore: parseIgnoreFile('Dockerfile\na/x\n', '.dockerignore') });
  t.same(
    context.files?.map(({ path }) => path),
    ['.dockerignore', 'Dockerfile', 'a/x', 'a/y', 'b'],
    'files are sorted',
  );
  t.same(
    context.sent.map(({ path }) => path),
    ['.dockerignore', 'a/y', 'b'],
  );
  t.equal(context.file('a/x')?.sizeBytes, 1, 'a file that is left out was uploaded all the same');
  t.equal(context.file('c'), undefined);
  t.end();
});

t.test('without an ignore file everything is sent', (t) => {
  const context = makeBuildContext({ files: [{ path: 'a', sizeBytes: 1 }] });
  t.equal(context.ignore, undefined);
  t.equal(context.sent.length, 1);
  t.end();
});

t.test('without files nothing is known of them', (t) => {
  const ignore = parseIgnoreFile('a', '.dockerignore');
  const context = makeBuildContext({ ignore });
  t.equal(context.files, undefined);
  t.same(context.sent, []);
  t.equal(context.ignore, ignore);
  t.end();
});

t.test('the ignore file beside the Dockerfile comes before the one at the root', (t) => {
  const has =
    (...paths: readonly string[]) =>
    (path: string): boolean =>
      paths.includes(path);
  t.equal(effectiveIgnorePath('Dockerfile', has('.dockerignore')), '.dockerignore');
  t.equal(
    effectiveIgnorePath('Dockerfile', has('.dockerignore', 'Dockerfile.dockerignore')),
    'Dockerfile.dockerignore',
  );
  t.equal(effectiveIgnorePath('docker/prod.Dockerfile', has('.dockerignore', 'docker/.dockerignore')), '.dockerignore');
  t.equal(
    effectiveIgnorePath('docker/prod.Dockerfile', has('docker/prod.Dockerfile.dockerignore')),
    'docker/prod.Dockerfile.dockerignore',
  );
  t.equal(effectiveIgnorePath('Dockerfile', has()), undefined);
  t.end();
});

t.test('files that rules ask about are worth reading up to their size, others are not', (t) => {
  const kibibyte = 1024;
  const wanted: readonly (readonly [string, number])[] = [
    ['.dockerignore', 1],
    ['Dockerfile', 1],
    ['docker/Dockerfile.prod', 1],
    ['api.dockerfile', 1],
    ['Containerfile', 1],
    ['compose.yaml', 1],
    ['docker-compose.prod.yml', 1],
    ['a/package.json', 256 * kibibyte],
    ['package-lock.json', 2048 * kibibyte],
    ['uv.lock', 2048 * kibibyte],
    ['pyproject.toml', 1],
    ['requirements.txt', 1],
    ['requirements/dev-requirements.txt', 1],
    ['requirements-dev.in', 1],
    ['go.mod', 1],
    ['Cargo.lock', 1],
    ['Gemfile', 1],
    ['pom.xml', 1],
    ['build.gradle.kts', 1],
    ['src/App.csproj', 1],
    ['entrypoint.sh', 64 * kibibyte],
    ['docker/docker-entrypoint', 1],
    ['bin/start', 1],
    ['start.py', 1],
    ['.npmrc', 1],
    ['.env.local', 1],
    ['prod.env', 1],
  ];
  const unwanted: readonly (readonly [string, number])[] = [
    ['src/app.py', 1],
    ['index.js', 1],
    ['logo.png', 1],
    ['README.md', 1],
    ['data.json', 1],
    ['package.json', 256 * kibibyte + 1],
    ['package-lock.json', 2048 * kibibyte + 1],
    ['entrypoint.sh', 64 * kibibyte + 1],
    ['bin/tool', 64 * kibibyte + 1],
  ];
  for (const [path, size] of wanted) t.ok(wantsContent(path, size), `${path} of ${size} bytes`);
  for (const [path, size] of unwanted) t.notOk(wantsContent(path, size), `${path} of ${size} bytes`);
  t.end();
});
