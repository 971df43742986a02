/**
 * Ignore files, held path by path against moby/patternmatcher itself: the real docker client applies each to a folder of
 * awkward names and sends what is left, and we must say the same of every file.
 *
 * One difference stays (docs/differences.md): the builder finds out that a pattern is broken when it first needs it for a
 * path, and never when no path comes to it; we refuse it in any case.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { parseIgnoreFile } from '../../../src/core/context/ignore.ts';
import { sentToBuilder } from '../../../src/core/plan/prepare-build.ts';
import { type ClassicBuilder, openClassicBuilder } from '../../engine/classic-builder.ts';

/** Apart by two blanks or a line end: names hold single ones. */
const paths: readonly string[] = String.raw`
Dockerfile  a  b  ab  abc  A  a1  aa  d  pL  1  {  ~t  -  a,b  a+b  a.b  a-b  a^b  a$  {a}  (a)  a|b  a{2}  a=b  %
README.md  readme.md  .env  .env.local  .git/config  .git/hooks/x  ..c  ...  #hash  !bang  !!x  back\slash
[x]  a[b]c  x]  [  a*b  a?b  with space  sp dir/in side  é  naïve/ü.txt  日  日本/語  😀/x  😀x
dir/a  dir/b  dir/sub/a  dir/sub/b.go  dir/sub/.hid  dir/sub/deep/er/a  Dir/a  src/a.go  src/x/y/z.go  src/x/a  srcs/a
x/a/y  x/y/a/b  x/.x/a  node_modules/p/i.js  pkg/node_modules/p/i.js  z/Z/1  z/Z/2.TXT  new/x  nl/x
`
  .trim()
  .split(/ {2}|\n/)
  .concat('x\ty', 'e\u0301', 'k\u00a0', 'zero\u200bwidth', '\u2028l', 'two\nlines');

/** Ignore files by what they show; ⏎ is a line feed. */
const written: Readonly<Record<string, string>> = {
  'stars by number': String.raw`* | ** | *** | **** | */* | **/* | */** | **/*/**`,
  'stars and folders': String.raw`*/a | **/a | a/** | **/a/** | dir/**a | dir**/a | **dir | d**r | x/**/y | **/`,
  'names with stars': String.raw`*a* | .* | **/.* | **.go | n*l`,
  'slashes, dots and folders above': String.raw`/ | . | .. | ... | //dir//a/ | dir/. | dir/.. | dir/../a | ../a | **/../a | dir/*/..`,
  exceptions: String.raw`! | !! | *⏎!/ | *⏎!. | **⏎!* | **⏎!!!x | *⏎!\!bang | *⏎! /dir | *⏎!../a | !a⏎a⏎!a`,
  'exceptions and folders': String.raw`dir⏎!dir/a | dir/**⏎!dir | dir⏎!dir/sub⏎dir/sub/deep⏎!dir/sub/deep/er/a | dir⏎!**/a | **/node_modules/⏎!pkg/node_modules`,
  classes: String.raw`[!a] | [a-c]* | [^.]* | a[|]b | a[.-+]b | dir[/]a | dir?a | dir[^x]a | [à-ü]`,
  'classes that hold signs': String.raw`[\]x] | a[[]b]c | [*] | a[?]b | [\-] | a[a^]b | [[:alpha:]]* | [^\d]*`,
  'classes that are none': String.raw`[ | []a] | [a- | [-a] | [c-a] | a*[b | [[:foo:]] | [a]{1001}`,
  'broken, and no path comes to it': String.raw`![c-a] | !a*[b | **⏎a*[b | **⏎[.]}日**{2} | *⏎![c-a]`,
  escapes: String.raw`\ | \\ | a\*b | \[x\] | back\\slash | \#hash | dir\/a | \é | \y`,
  'escapes that Go knows': String.raw`\D* | \w\w | \pL* | \p{Greek}* | \x{61} | \141 | \Qa | a\b* | \A*`,
  'signs of expressions': String.raw`a$ | ^a | a^b | {a} | a|b | (a)* | a+* | a{2}* | *{2} | ?{2} | a{,2}* | a|b* | *|{2} | **|x`,
  'letters and bytes': String.raw`A | ? | ?? | 日? | 😀* | e?`,
};

/** What String.raw cannot hold. */
const withBlanks: readonly string[] = [
  '',
  ' a ',
  '\ta\t',
  ' #hash',
  '#hash',
  '\uFEFFa',
  'a\r\nb\r\n',
  'a\rb',
  'k\u00a0',
  '\u2028l',
  'a\u0085',
  'x\ty',
  'e\u0301',
  'two*',
  'two\nlines',
  `b\n${'a'.repeat(65_536)}\na`,
];

const signs = String.raw`* ** ? / / a b dir sub src x . .. [a-c] [^a] [ \ ! .go y é 日 😀 + $ - ] ^ */ **/ /** {2} | { } \d [*] ( \.`;
const random = fc
  .array(
    fc
      .tuple(
        fc.constantFrom('', '', '!'),
        fc.oneof(
          fc.array(fc.constantFrom(...signs.split(' ')), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('')),
          // A path of the tree with some of its parts, or its end, replaced.
          fc
            .tuple(fc.constantFrom(...paths), fc.constantFrom('*', '**', '?*'), fc.nat(3))
            .map(([path, star, at]) => path.split('/').with(0, at === 0 ? star : (path.split('/')[0] ?? '')))
            .map((parts) => parts.join('/')),
        ),
      )
      .map((parts) => parts.join('')),
    { minLength: 1, maxLength: 4 },
  )
  .map((lines) => lines.join('\n'));

const groups: readonly (readonly [string, readonly string[]])[] = [
  ...Object.entries(written).map(
    ([group, row]) => [group, row.split(' | ').map((one) => one.replaceAll('⏎', '\n'))] as const,
  ),
  ['blanks, line ends and byte order marks', withBlanks],
  ...[1, 2, 3].map((seed) => [`put together at random, ${seed}`, fc.sample(random, { seed, numRuns: 20 })] as const),
];

t.test('every file of a folder is sent, or left out, as the docker client does it', async (t) => {
  const root = t.testdir({});
  const open = [...groups];
  // The time goes to starting clients: two at once.
  const ask = async (name: string): Promise<void> => {
    const folder = join(root, name);
    const intoFolders = makeTree(folder);
    const builder = await openClassicBuilder();
    t.teardown(() => builder.close());
    const plain = await builder.sent(folder, '');
    t.ok('files' in plain && plain.files.size === paths.length + 1, 'an empty ignore file leaves nothing out', {
      plain,
    });
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      const [group, ignoreFiles] = next;
      const differences: string[] = [];
      for (const text of ignoreFiles) {
        const difference = await compare(builder, folder, text, intoFolders);
        if (difference !== undefined) differences.push(`${JSON.stringify(text.slice(0, 100))}: ${difference}`);
      }
      t.same(differences, [], `${group}: ${ignoreFiles.length} files`);
    }
  };
  await Promise.all([ask('one'), ask('two')]);
});

/**
 * Writes the files, and returns lines that make the client walk into every folder: it does not enter one that is left out,
 * unless an exception begins with its name.
 */
function makeTree(folder: string): string {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), 'FROM scratch\n');
  }
  const found = readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' });
  const folders = found.filter((one) => one.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  return `\n${folders.map((path) => `!${relative(folder, path)}/nothing-of-that-name\n`).join('')}`;
}

/** What differs, in words; `undefined` when nothing does. */
async function compare(
  builder: ClassicBuilder,
  folder: string,
  text: string,
  intoFolders: string,
): Promise<string | undefined> {
  const theirs = await builder.sent(folder, text + intoFolders);
  const file = parseIgnoreFile(text, '.dockerignore');
  if ('refused' in theirs) {
    if (!/syntax error|illegal exclusion|token too long/.test(theirs.refused)) return `no answer: ${theirs.refused}`;
    return file.problems.length > 0 ? undefined : `the client alone refuses it: ${theirs.refused}`;
  }
  for (const { span } of file.problems) {
    const pattern = text.slice(span.start.offset, span.end.offset).replace(/^!\s*/, '');
    const alone = await builder.sent(folder, pattern);
    if ('files' in alone) return `we alone refuse ${pattern}`;
  }
  const keeps = sentToBuilder(file, 'Dockerfile');
  const wrong = [...paths, '.dockerignore'].filter((path) => keeps(path, false) !== theirs.files.has(path));
  return wrong.length === 0 ? undefined : wrong.map((path) => `${path} ${keeps(path, false) ? '+' : '-'}`).join(', ');
}
