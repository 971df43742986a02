/**
 * What integrations/drydock.sh packs, beside what the service makes of the same ignore file: never less than the service keeps,
 * and where the patterns are simple not a file more.
 */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { extract } from 'tar-stream';
import { parseIgnoreFile } from '../src/core/context/ignore.ts';
import { drydock } from './helpers/client-script.ts';

/** Writes files, named by their paths, below a folder. */
function lay(folder: string, paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
}

/** Packs a folder and answers the paths of the files in the archive. */
async function packed(folder: string, out: string, args: readonly string[] = []): Promise<readonly string[]> {
  const ran = await drydock(['pack', '-q', '-o', out, ...args, folder], { env: { TMPDIR: dirname(out) } });
  if (ran.status !== 0) throw new Error(`${ran.status}: ${ran.stderr}`);
  const paths: string[] = [];
  const archive = extract();
  const bytes = readFileSync(out);
  archive.end(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
  for await (const entry of archive) {
    if (entry.header.type !== 'directory') paths.push(entry.header.name.replace(/^\.\//, ''));
    entry.resume();
  }
  return paths.sort();
}

const plain = [
  ...[
    'Dockerfile',
    '.dockerignore',
    '.env',
    'README.md',
    'a.log',
    'c++',
    'package.json',
    '-rf',
    '--checkpoint-action=x',
  ],
  ...['src/main.ts', 'src/README.md', 'src/deep/er/x.pyc', 'src/deep/er/x.py', 'src/node_modules/left/index.js'],
  ...['node_modules/left/index.js', 'node_modules/right/package.json', '.git/HEAD', '.git/objects/00/11', 'docs/a.md'],
  ...['docs/b.txt', 'dist/out.js', 'dist/keep/me.js', 'star*name', 'starXname', 'br[ack]et', 'back\\slash', 'q?', 'qx'],
  ...['with space/in it.txt', 'émile/é.txt', '!bang', '#hash', '^caret'],
];
const odd = [...plain, 'qé', 'ends with blank ', 'new\nline', 'dist/new\nline.js', 'src\n.'];

const simple: Readonly<Record<string, string>> = {
  'nothing but a comment': '# node_modules\n\n   \n',
  names: 'node_modules\n.git\n.env\n',
  'with slashes and dots around them': '/node_modules/\n./dist\n  docs//  \r\nsrc/../.git\n',
  'a byte order mark': '\ufeffdist\n',
  'no line feed at its end': 'dist',
  stars: '*.md\ndocs/*.txt\n.e*\n',
  'stars over folders': '**/*.pyc\n**/node_modules\n**/README.md\n',
  'all below a folder': 'src/**\ndist/**\n',
  all: '*\n',
  'all, in another way': '**\n',
  'a question mark': 'q?\n',
  'the same name twice': 'docs\ndocs\n',
  'letters that tar would read': 'star*\nc++\n-rf\n--checkpoint-action=x\n',
  'blanks within': 'with space\n',
  'an allow list': '*\n!src\n!package.json\n',
  'and what it leaves out again': '*\n!src\n!package.json\n**/README.md\nsrc/node_modules\n**/*.pyc\n',
  'a file taken back': 'dist\n!dist/keep/me.js\n',
  'folders in between': 'node_modules\n!node_modules/right/package.json\ndocs\n.git\n',
};

/** More may be sent here, as long as nothing is missing. */
const hard: Readonly<Record<string, string>> = {
  'a class': '[a-d]*\n',
  'an exception with a class': '*\n![a-d]*\n',
  'an exception that stars take back': '**\n!**/*.md\n',
  'an exception that a question mark takes back': '*\n!q?\n!?mile\n',
  'question marks for one letter': 'q??\n??mile\n',
  'an exception for all': 'dist\n!**\n',
  'a class that is broken': '[a\n![\n!\n',
  'a slash in front of a !': '*\n/!src\n',
  '! with blanks': '*\n!  src  \n! \n',
  'two !': '*\n!!bang\n',
  'blanks that are not ASCII': '\u00a0dist\u00a0\nsrc\u00a0\n!docs\u2003\n',
  'another name for the folder above': '../x\n..\n!..\n/\n!/\n.\n',
  'a pattern that is not asked about the folder': 'dist\n!dist/keep\ndist\n',
  'two levels of it': 'dist\n!dist/keep\ndist\n!dist/keep/me.js\ndist\n',
  'an expression of Go': 'a|src*\n(src)*\nsrc{1}*\n^src*\n',
  'an escape': '\\!bang\n\\#hash\nback\\\\slash\nstar\\*name\n',
  'stars in a name': '**src\nsrc**\ns**c\n***\n',
  'a line that is too long': `dist\n${'x'.repeat(65_536)}\nsrc\n*\n`,
  'a NUL': 'src\0x\n*\0\n',
  'a name of several lines': 'new*\n!new*line\ndist\n!dist/*line.js\n',
};

const folder = t.testdir({ plain: {}, odd: {}, small: {}, read: {}, lines: {}, alike: {} });
lay(join(folder, 'plain'), plain);
lay(join(folder, 'odd'), odd);

/** What the service keeps of a tree, and what is sent of it. */
async function both(
  name: string,
  tree: readonly string[],
  text: string,
): Promise<{ kept: string[]; sent: readonly string[] }> {
  const place = join(folder, name);
  writeFileSync(join(place, '.dockerignore'), text);
  const ignore = parseIgnoreFile(text, '.dockerignore');
  // The builder reads these two whatever the ignore file says.
  const kept = tree.filter((path) => ['Dockerfile', '.dockerignore'].includes(path) || !ignore.excludes(path));
  return { kept: kept.sort(), sent: await packed(place, join(folder, 'out')) };
}

await t.test('what is simple is packed as the service reads it', async (t) => {
  for (const [title, text] of Object.entries(simple)) {
    const { kept, sent } = await both('plain', plain, text);
    t.same(sent, kept, title);
  }
});

await t.test('where it is hard more is sent, and never less', async (t) => {
  for (const [title, text] of Object.entries({
    ...hard,
    'names of all kinds': '*\n',
    'names of all kinds, some kept': 'new*\nq*\nsrc\n',
  })) {
    const { kept, sent } = await both('odd', odd, text);
    t.same(
      kept.filter((path) => !sent.includes(path)),
      [],
      `${title}: ${sent.length - kept.length} more`,
    );
  }
});

await t.test('names of several lines keep nothing else from being left out', async (t) => {
  const lines = [
    ...['Dockerfile', '.dockerignore', '.env', '.git/HEAD', 'app.py', 'new\nline', 'newXline', 'a\n./.env', 'a\n./b'],
    ...['dist/new\nline.js', 'dist/out.js', 'old\nsecrets/.env', 'old\nsecrets/deep/\n\n', 'b\n.py', '\n', 'blank \n '],
  ];
  lay(join(folder, 'lines'), lines);
  for (const text of [
    '.env\n.git\n',
    '.env\n.git\ndist\n!app.py\n',
    '*\n!app.py\n',
    '**\n!app.py\n',
    '**/.env\n.git\n!.env.example\n',
    'dist\n!dist/*line.js\n.git\n*/.env\n',
    'old*\n!old*/deep\n',
    '*.py\n*line\n!app*\n',
    '**/deep/**\n**/*line*\n!dist\n',
  ]) {
    const { kept, sent } = await both('lines', lines, text);
    t.same(sent, kept, JSON.stringify(text));
  }
});

await t.test('a name that no list can tell is sent, and it is said', async (t) => {
  const tree = ['Dockerfile', '.dockerignore', 'new\nline', 'newXline', '.env'];
  const place = join(folder, 'alike');
  lay(place, tree);
  const { kept, sent } = await both('alike', tree, '*\n!newX*\n');
  t.same(sent, [...kept, 'new\nline'].sort());
  const ran = await drydock(['pack', '-o', join(folder, 'out'), place], { env: { TMPDIR: folder } });
  t.match(ran, {
    status: 0,
    stderr: /^drydock: Sent although \.dockerignore excludes it: .* \(1 of them\)\. Rename it/m,
  });
});

await t.test('whatever the ignore file says, nothing that it keeps is missing', async (t) => {
  const small = join(folder, 'small');
  const paths = [
    'a',
    'b',
    'ab',
    'd/a',
    'd/b',
    'd/d/a',
    'd/d/b',
    'e/d/a',
    'e/d/ab',
    'e/a.b',
    'f/x\ny',
    'a\nb',
    'd\n./a',
  ];
  const part = fc.constantFrom(
    'a',
    'b',
    'ab',
    'd',
    'e',
    'f',
    '*',
    '**',
    '?',
    'a*',
    '*b',
    '.',
    '..',
    '[a-d]',
    '\\a',
    '',
    'x',
    ' ',
  );
  const line = fc
    .tuple(
      fc.constantFrom('', '', '', '!', '!', '/', '! '),
      fc.array(part, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '/', ' '),
    )
    .map(([front, parts, back]) => `${front}${parts.join('/')}${back}`);
  lay(small, ['Dockerfile', ...paths]);
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 6 }), async (lines) => {
      const text = lines.join('\n');
      writeFileSync(join(small, '.dockerignore'), text);
      const ignore = parseIgnoreFile(text, '.dockerignore');
      const sent = await packed(small, join(folder, 'small-out'));
      return paths.every((path) => ignore.excludes(path) || sent.includes(path));
    }),
    { numRuns: Number(process.env['RUNS'] ?? 20) },
  );
  t.pass('no such ignore file was found');
});

await t.test('what the service reads although the builder does not get it is sent', async (t) => {
  const place = join(folder, 'read');
  const out = join(folder, 'out');
  lay(place, [
    'api/Dockerfile',
    'api/app.py',
    'drydock.yaml',
    'compose.yaml',
    'deploy/k8s/api.yaml',
    'deploy/notes',
    'app.py',
  ]);
  writeFileSync(join(place, '.dockerignore'), '**\n');
  const always = ['.dockerignore', 'compose.yaml', 'deploy/k8s/api.yaml', 'drydock.yaml'];
  writeFileSync(join(place, 'drydock.yaml'), 'dockerfile: api/Dockerfile\n');
  t.same(await packed(place, out), ['api/Dockerfile', ...always].sort(), 'the Dockerfile of drydock.yaml');
  writeFileSync(join(place, 'drydock.yaml'), '{ "dockerfile": "api/Dockerfile" }\n');
  t.equal((await packed(place, out)).length, 8, 'one that is not named plainly: all of it');
  t.same(await packed(place, out, ['-f', 'api/Dockerfile']), ['api/Dockerfile', ...always].sort(), 'the one of --file');

  writeFileSync(join(place, 'api/Dockerfile.dockerignore'), 'deploy\n');
  const own = ['api/Dockerfile', 'api/Dockerfile.dockerignore', 'api/app.py', 'app.py', ...always].sort();
  t.same(await packed(place, out, ['-f', join(place, 'api/Dockerfile')]), own, 'its own ignore file goes first');

  rmSync(join(place, '.dockerignore'));
  rmSync(join(place, 'drydock.yaml'));
  symlinkSync('app.py', join(place, '.dockerignore'));
  t.ok((await packed(place, out)).includes('app.py'), 'where the ignore file is a link, all of it');
});

await t.test('the folder for temporary files may lie in the context, and is not packed', async (t) => {
  const place = t.testdir({ Dockerfile: 'FROM scratch\n', 'tmp [x]': {} });
  t.same(await packed(place, join(place, 'tmp [x]', 'out')), ['Dockerfile', 'tmp [x]/out'].slice(0, 1));
});
