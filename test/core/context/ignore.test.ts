/**
 * `.dockerignore` against what moby/patternmatcher makes of it. Every row was checked with `docker build` (buildx 0.29, engine
 * 28.5): a context with the file, the ignore file, and `COPY . /`.
 */
import fc from 'fast-check';
import t from 'tap';
import { parseIgnoreFile } from '../../../src/core/context/ignore.ts';

/** An ignore file, and what it leaves out and keeps. */
interface Row {
  readonly why: string;
  readonly ignore: string;
  readonly out?: readonly string[];
  readonly kept?: readonly string[];
}

const rows: readonly Row[] = [
  { why: 'a name fits at the root alone', ignore: 'a', out: ['a', 'a/b/c'], kept: ['x/a', 'ab'] },
  { why: 'a folder goes with all that is in it', ignore: 'dir', out: ['dir/a', 'dir/sub/a'], kept: ['adir/f'] },
  { why: 'slashes around a pattern mean nothing', ignore: '/dir/', out: ['dir/a'], kept: ['x/dir/a'] },
  { why: 'so do doubled ones', ignore: '//dir//sub', out: ['dir/sub/a'], kept: ['dir/a'] },
  { why: 'a star stays within a folder', ignore: '*/a', out: ['dir/a'], kept: ['a', 'x/y/a'] },
  { why: 'a star at the root fits every first part', ignore: '*', out: ['a', 'x/y'] },
  { why: 'a star fits dots in front', ignore: '.*', out: ['.env', '.git/config'], kept: ['a'] },
  { why: 'two stars fit any depth, none too', ignore: '**/a', out: ['a', 'x/a', 'x/y/a/b'], kept: ['ab'] },
  {
    why: 'two stars in the middle',
    ignore: 'src/**/z.go',
    out: ['src/z.go', 'src/x/y/z.go'],
    kept: ['z.go', 'src/z.goo'],
  },
  { why: 'two stars at the end fit what is inside', ignore: 'src/**', out: ['src/a', 'src/b/c'], kept: ['srcs'] },
  {
    why: 'an exception for a folder that is not left out itself takes nothing back',
    ignore: 'src/**\n!src',
    out: ['src/a'],
  },
  { why: 'an exception for a folder that is left out takes all of it back', ignore: 'src\n!src', kept: ['src/a'] },
  { why: 'two stars alone fit all', ignore: '**', out: ['a', 'x/y'] },
  {
    why: 'two stars without a slash fit any beginning',
    ignore: '**er',
    out: ['deep/er', 'xer', 'er/f'],
    kept: ['deep/err'],
  },
  { why: 'two stars at the end of a name cross folders', ignore: 'a**', out: ['abc', 'a/b', 'ax/b'], kept: ['b'] },
  { why: 'three stars are two and one', ignore: '***', out: ['a', 'x/y'] },
  { why: 'a suffix in any folder', ignore: '**/*.go', out: ['a.go', 'x/a.go'], kept: ['a.goo'] },
  {
    why: 'a question mark is one character and no slash',
    ignore: 'a?\na?b',
    out: ['ab', 'axb'],
    kept: ['a', 'abc', 'a/b'],
  },
  { why: 'a question mark is one letter, however it is encoded', ignore: '?', out: ['é', 'a'], kept: ['ab'] },
  {
    why: 'classes, ranges and their negation',
    ignore: '[ab]\n[x-z]1\n[^a-y]2',
    out: ['a', 'b', 'y1', 'z2'],
    kept: ['c', 'w1', 'b2'],
  },
  { why: 'an exclamation mark negates no class', ignore: '[!a]b', out: ['!b', 'ab'], kept: ['cb'] },
  { why: 'a class may hold a dash as the end of nothing', ignore: 'foo[+]bar', out: ['foo+bar'], kept: ['foobar'] },
  {
    why: 'what regular expressions know is plain here',
    ignore: 'foo+bar\nfoo(1)\nfoo{2}\nd$\np|q\n^c',
    out: ['foo+bar', 'foo(1)', 'foo{2}', 'd$', 'p|q', '^c'],
    kept: ['fooobar', 'p', 'c'],
  },
  { why: 'a backslash escapes', ignore: '\\[x\\]\n\\*lit', out: ['[x]', '*lit'], kept: ['x', 'alit'] },
  { why: 'case matters', ignore: 'readme.md', out: ['readme.md'], kept: ['README.md'] },
  {
    why: 'the last pattern that fits decides',
    ignore: '*.md\n!README*.md\nREADME-secret.md',
    out: ['a.md', 'README-secret.md'],
    kept: ['README.md'],
  },
  { why: 'an exception before its rule does nothing', ignore: '!.env\n.env', out: ['.env'] },
  {
    why: 'an exception below an excluded folder brings back a file',
    ignore: 'dir\n!dir/sub/a',
    out: ['dir/a'],
    kept: ['dir/sub/a'],
  },
  { why: 'all but one folder', ignore: '*\n!src', out: ['a', 'x/y'], kept: ['src/a', 'src/x/y'] },
  { why: 'all but one kind of file', ignore: '**\n!src/**/*.go', out: ['a', 'src/a.md'], kept: ['src/x/y/z.go'] },
  { why: 'an exception may have a slash and blanks in front', ignore: '*\n! /dir', out: ['a'], kept: ['dir/a'] },
  { why: 'an exception twice is a name', ignore: '*\n!!x', out: ['x'], kept: ['!x'] },
  { why: 'a sign in the first column makes a comment', ignore: '#x\n# y', kept: ['#x', 'x', '# y'] },
  { why: 'an indented sign is a name', ignore: '  #x', out: ['#x'] },
  { why: 'an escaped sign is a name', ignore: '\\#x', out: ['#x'] },
  { why: 'blanks around a pattern are trimmed, inside they stay', ignore: ' \ta b \r\n', out: ['a b'], kept: ['a'] },
  { why: 'empty lines mean nothing', ignore: '\n\n  \na', out: ['a'], kept: ['b'] },
  { why: 'lines may end with carriage returns', ignore: 'a\r\nb\r\n', out: ['a', 'b'] },
  { why: 'a byte order mark is no part of the first pattern', ignore: '\uFEFFdir', out: ['dir/a'] },
  { why: 'single dots mean nothing', ignore: './a\nb/./c\n.', out: ['a', 'b/c'], kept: ['d'] },
  { why: 'double dots are worked off', ignore: 'x/../a\n../b', out: ['a'], kept: ['b', 'x/a'] },
  { why: 'a slash alone fits nothing', ignore: '/', kept: ['a'] },
  { why: 'nothing leaves out nothing', ignore: '', kept: ['a', '.git/config'] },
  { why: 'an escaped letter is what Go makes of it', ignore: '\\d\n\\w\\w', out: ['1', 'ab'], kept: ['d', 'w'] },
  { why: 'a bar parts expressions, of which either may fit', ignore: 'a|b*', out: ['ax', 'xb'], kept: ['x'] },
  { why: 'braces count', ignore: 'a{2}*', out: ['aa', 'aab'], kept: ['ab'] },
  { why: 'a caret behind the beginning is another beginning', ignore: '^a*', out: ['ab'], kept: ['^ab'] },
  { why: 'classes have names', ignore: '[[:digit:]x]\n[^\\d]y', out: ['1', 'x', 'ay'], kept: ['a', '1y'] },
  { why: 'a star inside brackets breaks them', ignore: 'a[*]b', out: ['a]b', 'a[]b'], kept: ['a*b'] },
  { why: 'what is wrong behind a star may pass', ignore: 'a*[]b]\na*\\', out: ['a]', 'axb', 'a$x'], kept: ['a'] },
  { why: 'a pattern is cleaned and trimmed once more', ignore: 'a/ /', out: ['a/b'], kept: ['b'] },
  { why: 'names of files may hold anything', ignore: 'é\n*.whl', out: ['é', 'a-1.0.dev36+g08-py3.whl'] },
];

t.test('patterns leave out what the builder leaves out', (t) => {
  for (const { why, ignore, out = [], kept = [] } of rows) {
    const file = parseIgnoreFile(ignore, '.dockerignore');
    t.same(file.problems, [], `${why}: nothing is refused`);
    t.same(
      out.filter((path) => !file.excludes(path)),
      [],
      `${why}: left out`,
    );
    t.same(
      kept.filter((path) => file.excludes(path)),
      [],
      `${why}: kept`,
    );
  }
  t.end();
});

t.test('patterns that the builder refuses are told with their place, and exclude nothing', (t) => {
  for (const pattern of [
    '[',
    'a[',
    '[a',
    '[]a]',
    '[]',
    'x[a-',
    '[-a]',
    '[z-a]',
    '\\',
    'dir\\',
    '!',
    '! ',
    '!/',
    '\\é',
    '\\y',
    'a*b[c',
    '*{2}',
    '[[:foo:]]',
    '[[:constructor:]]',
    '[[:__proto__:]]',
  ]) {
    const file = parseIgnoreFile(`ok\n  ${pattern}\n`, '.dockerignore');
    const { problems, patterns } = file;
    t.equal(problems.length, 1, `${pattern} is refused`);
    t.match(problems[0]?.span, { start: { line: 2, column: 3 } }, `${pattern} has its place`);
    t.same(
      patterns.map(({ raw }) => raw),
      ['ok'],
      `${pattern} is no pattern`,
    );
    t.notOk(file.excludes('x'), `${pattern} excludes nothing`);
  }
  t.end();
});

t.test('time grows with pattern and path', (t) => {
  const file = parseIgnoreFile(`${'*a'.repeat(30)}*b\n${'**/a*'.repeat(30)}x`, '.dockerignore');
  t.notOk(file.excludes('a'.repeat(250)));
  t.notOk(file.excludes(Array(200).fill('aa').join('/')));
  t.end();
});

t.test('a line has less than 65,536 bytes', (t) => {
  t.equal(parseIgnoreFile(`b\n${'a'.repeat(65_535)}\nc`, '.dockerignore').problems.length, 0);
  const file = parseIgnoreFile(`b\n${'a'.repeat(65_536)}\nc`, '.dockerignore');
  t.equal(file.problems.length, 1);
  t.end();
});

t.test('patterns keep their text and their place', (t) => {
  const { path, patterns } = parseIgnoreFile('# first\n  *.md  \n\n!README.md\n', 'sub/.dockerignore');
  t.equal(path, 'sub/.dockerignore');
  t.same(
    patterns.map(({ raw, negated, span }) => [raw, negated, span.start.line, span.start.column, span.end.column]),
    [
      ['*.md', false, 2, 3, 7],
      ['!README.md', true, 4, 1, 11],
    ],
  );
  t.end();
});

t.test('any text is read, and any path is asked, without throwing', (t) => {
  const signs = fc.constantFrom(
    '*',
    '**',
    '?',
    '[',
    ']',
    '^',
    '-',
    '\\',
    '/',
    '!',
    '.',
    '..',
    'a',
    'b',
    'é',
    '\n',
    ' ',
    '#',
    '{',
    '+',
    '$',
    '|',
    '(',
  );
  const text = fc.array(signs, { maxLength: 25 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, (ignore, path) => {
      const file = parseIgnoreFile(ignore, '.dockerignore');
      file.excludes(path);
      for (const { raw, span } of file.patterns) {
        if (ignore.slice(span.start.offset, span.end.offset) !== raw) throw new Error('a pattern is not where it says');
      }
    }),
    { numRuns: 5000 },
  );
  t.pass('5000 files');
  t.end();
});
