/** What paths, texts, histories and layers say: tables, both sides always. */
import t from 'tap';
import { maskedCommand, ownEntries, secretsInHistory } from '../../../src/core/image/config.ts';
import { DIRECTORY, WHITEOUT, entryOf, emptyLayer } from '../../../src/core/image/layer.ts';
import type { LayerRead } from '../../../src/core/image/layer.ts';
import { layerTree, nodesEach } from '../../../src/core/image/layer-tree.ts';
import { mostOwnLayers, ownSteps } from '../../../src/core/image/own-steps.ts';
import { buildToolOf, cacheOf, isForEverybody, isPackaged, leftoverOf } from '../../../src/core/image/paths.ts';
import { size } from '../../../src/core/image/tell.ts';
import { isWorthReading, secretsInFile } from '../../../src/core/image/texts.ts';
import { makeTree } from '../../../src/core/image/tree.ts';
import type { LayerNode } from '../../../src/schemas/report.ts';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';

const context = { takesContext: true };
const run = { takesContext: false };

t.test('paths', async (t) => {
  const leftovers: readonly (readonly [string, string | undefined, { takesContext: boolean }?])[] = [
    ['app/.env', 'environment files'],
    ['app/prod.env', 'environment files'],
    ['app/.env.example', undefined],
    ['app/.git/HEAD', 'version control'],
    ['app/.gitignore', undefined],
    ['app/tests/test_a.py', 'tests'],
    ['app/src/a.test.ts', 'tests'],
    ['app/contest/a.py', undefined],
    ['app/latest/a.py', undefined],
    ['venv/lib/python3.12/site-packages/numpy/tests/test_a.py', undefined],
    ['usr/share/doc/tests/a', undefined],
    ['app/a.ipynb', 'notebooks'],
    ['app/__pycache__/a.pyc', 'caches', context],
    ['app/__pycache__/a.pyc', undefined, run],
    ['app/node_modules/a/index.js', 'installed packages of another machine', context],
    ['app/node_modules/a/index.js', undefined, run],
  ];
  for (const [path, kind, step = run] of leftovers) t.equal(leftoverOf(path, step), kind, path);
  const tools: readonly (readonly [string, string | undefined])[] = [
    ['usr/bin/gcc', 'gcc'],
    ['usr/bin/gcc-12', 'gcc'],
    ['usr/bin/x86_64-linux-gnu-g++-12', 'g++'],
    ['root/.local/bin/uv', 'uv'],
    ['opt/poetry/bin/poetry', 'poetry'],
    ['usr/bin/git-shell', undefined],
    ['app/node_modules/.bin/npm', undefined],
    ['usr/share/gcc', undefined],
    ['usr/bin/gccgo-like', undefined],
    ['usr/local/bin/server', undefined],
  ];
  for (const [path, tool] of tools) t.equal(buildToolOf(path), tool, path);
  const caches: readonly (readonly [string, string | undefined])[] = [
    ['var/lib/apt/lists/a_Packages', 'apt /var/lib/apt/lists'],
    ['root/.cache/pip/http/a', 'pip /root/.cache/pip'],
    ['home/app/.npm/_cacache/a', 'npm /home/app/.npm/_cacache'],
    ['var/cache/apk/APKINDEX.a.tar.gz', 'apk /var/cache/apk'],
    ['root/.cache/pipette', undefined],
    ['var/lib/apt/extended_states', undefined],
    ['etc/apk/world', undefined],
  ];
  for (const [path, cache] of caches) {
    const found = cacheOf(path);
    t.equal(found && `${found.manager} ${found.folder}`, cache, path);
  }
  t.same(['tmp', 'var/tmp', 'srv/tmp', 'data'].map(isForEverybody), [true, true, false, false]);
  t.same(['app/node_modules/a.js', 'usr/lib/a.so', 'app/a.js'].map(isPackaged), [true, true, false]);
});

const token = `ghp_${'a1B2c3D4'.repeat(5)}`;
const key = (body: string): string => `-----BEGIN RSA PRIVATE KEY-----\n${body}`;
const body = 'MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy';

t.test('texts', async (t) => {
  const cases: readonly (readonly [string, string | undefined, string])[] = [
    ['app/a.py', `x = "${token}"`, 'a GitHub token'],
    ['README.md', `x = "${token}"`, 'perhaps a GitHub token'],
    ['app/a.py', key(body), 'a private key'],
    ['app/a.py', key('" in text: raise'), ''],
    ['app/a.py', 'DB = "postgres://app:h7Gt2xQz@db.internal/app"', 'a password in a URL'],
    ['app/a.py', 'DB = "postgres://app:h7Gt2xQz@localhost:5432/app"', 'perhaps a password in a URL'],
    ['app/a.py', 'DB = "postgres://app:h7Gt2xQz@db/app"', 'perhaps a password in a URL'],
    ['app/a.py', 'DB = "postgres://app:password@db/app"', ''],
    ['app/a.py', 'see https://example.com/a@b and http://x:80/', ''],
    ['app/.env', 'DB_PASSWORD=h7Gt2xQz\n', 'environment files'],
    ['app/.env', 'DEBUG=1\n', ''],
    ['root/.npmrc', '//r.example/:_authToken=abcdef\n', 'settings of a package manager'],
    ['root/.npmrc', '//r.example/:_authToken=${NPM_TOKEN}\n', ''],
    ['app/store.p12', undefined, 'keys and credentials'],
    ['app/logo.png', undefined, ''],
  ];
  for (const [path, text, wanted] of cases) {
    const found = secretsInFile(path, 100, text);
    const told = found.map(({ kind, isCertain }) => (isCertain ? kind : `perhaps ${kind}`)).join(', ');
    t.equal(told, wanted, `${path}: ${text ?? 'no text'}`);
    t.notMatch(JSON.stringify(found), /h7Gt2xQz|a1B2c3D4|MIIEpAI|abcdef/, 'the value is not told');
  }
  t.same(['app/a.py', 'usr/share/a', 'app/node_modules/a/README.md'].map(isWorthReading), [true, false, false]);
  const far = `${'x'.repeat(5000)} ${token} ${'://'.repeat(5000)}`;
  t.equal(secretsInFile('a', far.length, far).length, 1, 'only what stands around a hit is read');
});

t.test('steps of the Dockerfile and entries of the history', async (t) => {
  const steps = ownSteps(
    parseDockerfile(
      'ARG X=1\nFROM a AS b\nARG T\nENV A=1 B=2\nONBUILD RUN c\nFROM b AS c\nCOPY x /\nCOPY --from=b x /\nFROM z\nRUN no\n',
      {
        target: 'c',
      },
    ),
  );
  t.same(
    steps.map(({ keyword, line, takesContext, names }) => [keyword, line, takesContext, names.join()]),
    [
      ['ARG', 3, false, 'T'],
      ['ENV', 4, false, 'A,B'],
      ['RUN', 5, false, ''],
      ['COPY', 7, true, ''],
      ['COPY', 8, false, ''],
    ],
  );
  t.equal(mostOwnLayers(steps), 3);
  const history = ['base', 'ARG T=s3cr3tvalue', 'ENV A=1 B=https://u:h7Gt2xQz@h', 'RUN c', 'COPY x /', 'COPY x /'].map(
    (createdBy, index) => ({ createdBy, isEmptyLayer: index === 1 || index === 2 }),
  );
  const config = { history, env: [], labels: {}, rest: '' };
  const entries = ownEntries(config, 4, steps) ?? [];
  t.same(
    entries.map(({ layer }) => layer),
    [undefined, undefined, 1, 2, 3],
  );
  t.equal(ownEntries(config, 5, steps), undefined, 'a layer too many');
  t.equal(ownEntries({ ...config, history: history.slice(2) }, 3, steps), undefined, 'an entry too few');
  t.equal(ownEntries({ ...config, history: history.toReversed() }, 4, steps), undefined, 'another order');
  const step = (keyword: string, names: readonly string[]) => ({ keyword, line: 1, takesContext: false, names });
  const found = (text: string, names: readonly string[], searched: readonly string[] = []): readonly string[] =>
    secretsInHistory(
      [{ step: step(text.split(' ', 1)[0] ?? '', names), text, layer: undefined }],
      new Set(searched),
    ).map(({ where, masked }) => `${where} ${masked}`);
  t.same(found('ARG TOKEN=s3cr3tvalue', ['TOKEN']), ['history TOKEN=***']);
  t.same(found('ARG TOKEN=s3cr3tvalue', ['TOKEN'], ['TOKEN']), [], 'told as a canary');
  t.same(found('ARG TOKEN', ['TOKEN']), []);
  t.same(found('ENV A=some words DB_PASSWORD=h7Gt 2xQz', ['A', 'DB_PASSWORD']), ['environment DB_PASSWORD=***']);
  t.same(found('ENV DB_PASSWORD=changeme PASSWORD_FILE=/run/p', ['DB_PASSWORD', 'PASSWORD_FILE']), []);
  t.same(found('ENV URL=postgres://u:h7Gt2xQz@h/d', ['URL']), ['environment ***']);
  t.same(found('LABEL api_key=h7Gt2xQz9a', ['api_key']), ['label api_key=***']);
  t.same(found('RUN /bin/sh -c true', []), []);
  t.equal(
    maskedCommand(`RUN |1 TOKEN=abc9xyz /bin/sh -c echo ${token} A=1`),
    'RUN |1 TOKEN=*** /bin/sh -c echo ghp_*** A=1',
  );
});

t.test('the tree: what is there in the end, and what was written for nothing', async (t) => {
  const layerOf = (...entries: readonly (readonly [string, number, 'file' | 'directory'])[]) => {
    const layer = emptyLayer();
    for (const [name, bytes, type] of entries) {
      const { path, marks } = entryOf(name, type === 'directory' ? 0o755 : 0o644, type);
      layer.paths.push(path);
      layer.sizes.push(bytes);
      layer.marks.push(marks);
    }
    return layer;
  };
  const tree = makeTree(1);
  tree.add(layerOf(['./usr/a', 10, 'file'], ['usr/b', 10, 'file'], ['gone/x/y', 10, 'file']));
  tree.add(layerOf(['usr/a', 20, 'file'], ['app/', 0, 'directory'], ['app/c', 5, 'file'], ['.wh.gone', 0, 'file']));
  t.equal(tree.wastedBytes(), 10, 'a file of the base that is replaced; one that is deleted costs nothing more');
  tree.add(layerOf(['app/.wh..wh..opq', 0, 'file'], ['app/d', 1, 'file'], ['usr/.wh.a', 0, 'file']));
  t.equal(tree.wastedBytes(), 35);
  tree.add(layerOf(['app', 3, 'file']));
  t.equal(tree.wastedBytes(), 36, 'a folder that a file takes the place of');
  t.same(
    [...tree.entries()].map(({ path, layer, sizeBytes }) => [path, layer, sizeBytes]),
    [
      ['usr', 0, 0],
      ['usr/b', 0, 10],
      ['app', 3, 3],
    ],
  );
  t.same([tree.has('gone'), tree.has('usr/b'), tree.layerOf('usr/a')], [false, true, undefined]);
  t.same(entryOf('a/.wh..wh.plnk', 0o644, 'file').path, '', 'book-keeping is no file');
});

t.test('sizes are told as registries count', async (t) => {
  t.same([999, 1500, 2_340_000, 7e9].map(size), ['999 bytes', '1.5 kB', '2.3 MB', '7 GB']);
});

t.test('the tree of a layer: the largest by name, the rest summed, and nothing lost', async (t) => {
  const layerOf = (entries: readonly (readonly [string, number, number?])[]): LayerRead => {
    const layer = emptyLayer();
    for (const [path, size, marks = 0] of entries) {
      layer.paths.push(path);
      layer.sizes.push(size);
      layer.marks.push(marks);
      layer.sizeBytes += size;
      if (marks === 0) layer.files += 1;
    }
    return layer;
  };
  const layer = layerOf([
    ['usr', 0, DIRECTORY],
    ['usr/local/lib/a', 50],
    ['usr/local/lib/b', 30],
    ['usr/local/lib/c', 3],
    ['usr/local/lib/d', 2],
    ['app/main', 10],
    ['gone', 0, WHITEOUT],
    ['etc/a\u202Eb', 1],
  ]);
  t.same(layerTree(layer, 100), [
    {
      name: 'usr/local/lib',
      sizeBytes: 85,
      files: 4,
      children: [
        { name: 'a', sizeBytes: 50, files: 1 },
        { name: 'b', sizeBytes: 30, files: 1 },
        { name: 'c', sizeBytes: 3, files: 1 },
        { name: 'd', sizeBytes: 2, files: 1 },
      ],
    },
    { name: 'app/main', sizeBytes: 10, files: 1 },
    { name: 'etc/a\uFFFDb', sizeBytes: 1, files: 1 },
  ]);
  t.same(
    layerTree(layer, 6),
    [
      {
        name: 'usr/local/lib',
        sizeBytes: 85,
        files: 4,
        children: [
          { name: 'a', sizeBytes: 50, files: 1 },
          { name: 'b', sizeBytes: 30, files: 1 },
          { name: '', sizeBytes: 5, files: 2 },
        ],
      },
      { name: 'app/main', sizeBytes: 10, files: 1 },
      { name: '', sizeBytes: 1, files: 1 },
    ],
    'the largest first, wherever it lies',
  );
  t.same(layerTree(emptyLayer(), 100), [], 'of nothing nothing');
  const large = layerOf(
    Array.from({ length: 5000 }, (_, index) => [`d${index % 50}/${'n'.repeat(150)}${index % 7}/f${index}`, index]),
  );
  // Files beyond those that are kept in mind.
  large.sizeBytes += 7;
  large.files += 1;
  for (const most of [nodesEach(1), nodesEach(127), 1, 2]) {
    const tree = layerTree(large, most);
    const all = [...nodes(tree)];
    t.ok(all.length <= most && all.length > 0, `${all.length} of ${most} nodes`);
    t.equal(sum(tree, 'sizeBytes'), large.sizeBytes);
    t.equal(sum(tree, 'files'), large.files);
    for (const { name, sizeBytes, files, children } of all) {
      if (children === undefined) continue;
      t.same([sum(children, 'sizeBytes'), sum(children, 'files')], [sizeBytes, files], name);
    }
  }
  const whole = Array.from({ length: 127 }, () => layerTree(large, nodesEach(127)));
  t.ok(JSON.stringify(whole).length < 200_000 && JSON.stringify(layerTree(large, nodesEach(1))).length < 30_000);
});

function* nodes(tree: readonly LayerNode[]): Generator<LayerNode> {
  for (const node of tree) {
    yield node;
    yield* nodes(node.children ?? []);
  }
}

function sum(tree: readonly LayerNode[], by: 'sizeBytes' | 'files'): number {
  return tree.reduce((total, node) => total + node[by], 0);
}
