/** The paths of COPY as Go's filepath.Match and the builder read them. */
import t from 'tap';
import { makeBuildContext } from '../../../src/core/context/build-context.ts';
import {
  filesAt,
  plainFolder,
  sourceMatcher,
  sourcePath,
  withoutLinks,
} from '../../../src/core/context/source-paths.ts';

t.test('patterns fit as Go has it, a folder with all that is in it', async (t) => {
  const table: readonly (readonly [string, string, boolean | undefined])[] = [
    ['*.py', 'app.py', true],
    ['*.py', 'src/app.py', false],
    ['s*', 'src/app.py', true],
    ['src/*', 'src/a/b/c', true],
    ['src/**/app.py', 'src/app.py', false],
    ['src/**/app.py', 'src/a/app.py', true],
    ['a*b*c', 'axxbxxc', true],
    ['a*b*c', 'axxbxx', false],
    ['yarn.loc[k]', 'yarn.lock', true],
    ['[^a].txt', 'b.txt', true],
    ['[^a].txt', 'a.txt', false],
    ['[a-c]?', 'bx', true],
    [String.raw`a\*`, 'a*', true],
    [String.raw`a\*`, 'ab', false],
    ['?', '🐳', true],
    ['[a', 'a', undefined],
    ['[]a]', 'a', undefined],
    ['a[', 'a', undefined],
    ['a\\', 'a', undefined],
  ];
  for (const [pattern, path, wanted] of table) t.equal(sourceMatcher(pattern)?.(path), wanted, `${pattern} ${path}`);
});

t.test('many stars do not take for ever', async (t) => {
  const pattern = 'a*'.repeat(2000);
  t.equal(sourceMatcher(`${pattern}b`)?.('a'.repeat(4000)), false);
});

t.test('paths end at the root of the context', async (t) => {
  t.equal(sourcePath('../../a/./b/'), 'a/b');
  t.equal(sourcePath('.'), '');
  t.equal(plainFolder('a/b/*/c'), 'a/b');
  t.equal(plainFolder('*.py'), '');
});

t.test('files at a path, and below it', async (t) => {
  const files = ['a', 'a-b', 'a.txt', 'a/x', 'a/y/z', 'ab'].map((path) => ({ path, sizeBytes: 1 }));
  const { sent } = makeBuildContext({ files });
  t.same(
    filesAt(sent, 'a').map(({ path }) => path),
    ['a', 'a/x', 'a/y/z'],
  );
  t.same(filesAt(sent, 'b'), []);
  t.equal(filesAt(sent, '').length, 6);
});

t.test('links are followed inside the context, and not for ever', async (t) => {
  const context = makeBuildContext({
    files: [
      { path: 'lib/real/x', sizeBytes: 1 },
      { path: 'lib/link', sizeBytes: 0, linkTarget: 'real' },
      { path: 'top', sizeBytes: 0, linkTarget: '/lib/link' },
      { path: 'out', sizeBytes: 0, linkTarget: '../../lib' },
      { path: 'round', sizeBytes: 0, linkTarget: 'round' },
    ],
  });
  t.equal(withoutLinks(context, 'lib/link/x'), 'lib/real/x');
  t.equal(withoutLinks(context, 'top/x'), 'lib/real/x');
  t.equal(withoutLinks(context, 'out/real'), 'lib/real');
  t.equal(withoutLinks(context, 'round/x'), undefined);
  t.equal(withoutLinks(context, 'none/x'), 'none/x');
});
