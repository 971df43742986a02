/** What the page weighs, with everything that any of its views loads, and that what is left out of it for that changes nothing. */
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { parseSync } from 'oxc-parser';
import t from 'tap';
import { makePageLoader } from '../../src/adapters/page/page-files.ts';
import { withoutComments, withoutStyleComments } from '../../src/adapters/page/comments.ts';
import { openPageFor, startBrowser } from '../helpers/browser.ts';
import { startService } from '../helpers/service.ts';

const MOST_BYTES = 400_000;

t.test('all views together weigh less than 400 kB, compressed', async (t) => {
  const service = await startService({ DRYDOCK_DATA_DIR: t.testdir({}) });
  t.teardown(() => service.stop('SIGKILL'));
  const shell = await fetch(service.url, { headers: { 'accept-encoding': 'gzip' } });
  const text = await shell.text();
  const map = JSON.parse(/<script type="importmap">(.*?)<\/script>/.exec(text)?.[1] ?? '') as {
    readonly imports: Readonly<Record<string, string>>;
  };
  const left = [...text.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g)].map(([, path = '']) => path);
  const sizes = new Map<string, number>();
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (sizes.has(path)) continue;
    const reply = await fetch(service.url + path, { headers: { 'accept-encoding': 'gzip' } });
    t.equal(reply.status, 200, path);
    t.equal(reply.headers.get('content-encoding'), 'gzip');
    sizes.set(path, Number(reply.headers.get('content-length')));
    const body = await reply.text();
    if (reply.headers.get('content-type')?.startsWith('text/javascript') !== true) continue;
    for (const name of importsOf(body)) left.push(map.imports[name] ?? new URL(name, service.url + path).pathname);
  }
  const total = [...sizes.values()].reduce((sum, one) => sum + one, Buffer.byteLength(text));
  t.ok(sizes.size > 100, `${sizes.size} files`);
  t.ok(total > 100_000 && total < MOST_BYTES, `${total} bytes`);
  t.comment(`${total} bytes in ${sizes.size} files`);
});

t.test('every module is the same program without its comments', async (t) => {
  const root = new URL('../../src/compose.ts', import.meta.url);
  const { files, imports } = await makePageLoader(root.href)();
  const libraries = Object.keys(imports).sort((one, other) => other.length - one.length);
  for (const [path, { bytes, mediaType }] of files) {
    if (!mediaType.startsWith('text/javascript')) continue;
    const library = libraries.find((name) => path.startsWith(`libraries/${name}/`));
    const before =
      library === undefined
        ? stripTypeScriptTypes(await readFile(new URL(path, root), 'utf8'))
        : await readFile(new URL(path.slice(`libraries/${library}/`.length), import.meta.resolve(library)), 'utf8');
    const after = bytes.toString('utf8');
    if (programOf(after) !== programOf(before)) t.fail(path);
    t.equal(after.split('\n').length, before.split('\n').length, `${path}: lines keep their numbers`);
  }
});

t.test('a comment on lines of its own is left out, and nothing else', async (t) => {
  for (const [code, left] of [
    ['/** a\n * b\n */\nlet x;\n', '\n\n\nlet x;\n'],
    ['  // a\n  f(); // b\n', '\n  f(); // b\n'],
    ['/* @__PURE__ */ f();\n/* a */ g(); /* b */\n', '/* @__PURE__ */ f();\n/* a */ g(); /* b */\n'],
    ['// Copyright A. Author\n', '// Copyright A. Author\n'],
    ['/**/\n', '\n'],
  ] as const) {
    t.equal(withoutComments(code), left);
  }
});

t.test('every style sheet says the same without its comments', async (t) => {
  const root = new URL('../../src/compose.ts', import.meta.url);
  const { files, styles } = await makePageLoader(root.href)();
  t.ok(styles.length > 10);
  const browser = await startBrowser();
  t.teardown(() => browser.close());
  const { page } = await openPageFor(t, browser);
  /** What a browser makes of it. */
  const rulesOf = async (style: string): Promise<string> =>
    await page.evaluate<string>(`(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(${JSON.stringify(style)});
      return [...sheet.cssRules].map(({ cssText }) => cssText).join('\\n');
    })()`);
  for (const path of styles) {
    const before = await readFile(new URL(path, root), 'utf8');
    const after = files.get(path)?.bytes.toString('utf8') ?? '';
    t.notMatch(after, '/*', path);
    const rules = await rulesOf(before);
    t.ok(rules.length > 100, path);
    t.equal(await rulesOf(after), rules, path);
    t.equal(after.split('\n').length, before.split('\n').length, `${path}: lines keep their numbers`);
  }
});

t.test('of a style sheet a comment on lines of its own is left out, and nothing that looks like one', async (t) => {
  for (const [style, left] of [
    ['/* a */\n.b {\n  /* c\n     d */\n  color: red;\n}\n', '\n.b {\n\n\n  color: red;\n}\n'],
    ['.a/* no gap */.b {}\n', '.a/* no gap */.b {}\n'],
    ['.a { /* b\n  c */ color: red }\n', '.a { /* b\n  c */ color: red }\n'],
    ['.a::after { content: "\\\n/* b */\\\n"; }\n', '.a::after { content: "\\\n/* b */\\\n"; }\n'],
    [
      ".a { content: '\\'/*'; }\n/* b */\n.c { content: '*/'; }\n",
      ".a { content: '\\'/*'; }\n\n.c { content: '*/'; }\n",
    ],
    [
      '.a { background: url(/*); }\n/* b */\n.c { background: url(x*/y); }\n',
      '.a { background: url(/*); }\n\n.c { background: url(x*/y); }\n',
    ],
    ['.a { background: url(\n/*b*/\n); }\n', '.a { background: url(\n/*b*/\n); }\n'],
    ['.a { background: url( "b)/*" ); }\n/* c */\n', '.a { background: url( "b)/*" ); }\n\n'],
    ["/* it's */\n.a { content: ''; }\n/* it's */\n", "\n.a { content: ''; }\n\n"],
    [
      ".a { color: red; } /* it's */\n/* b */\n.c { content: 'd'; }\n",
      ".a { color: red; } /* it's */\n\n.c { content: 'd'; }\n",
    ],
    ['/* Copyright A. Author */\n', '/* Copyright A. Author */\n'],
    ['/* never closed\n', '/* never closed\n'],
  ] as const) {
    t.equal(withoutStyleComments(style), left);
  }
});

/** What a parser makes of a module, wherever in it that stands. */
function programOf(code: string, look: (key: string, value: unknown) => void = () => undefined): string {
  const { program, errors } = parseSync('module.js', code);
  if (errors.length > 0) throw new Error(errors[0]?.message);
  return JSON.stringify(program, (key, value: unknown) => {
    look(key, value);
    if (key === 'start' || key === 'end') return undefined;
    return typeof value === 'bigint' ? String(value) : value;
  });
}

/** Where a module imports from, also what it imports late: `import('./views/write/write.ts')`. */
function importsOf(code: string): readonly string[] {
  const names: string[] = [];
  programOf(code, (key, value) => {
    if (key === 'source' && typeof value === 'object' && value !== null && 'value' in value) {
      names.push(String(value.value));
    }
  });
  return names;
}
