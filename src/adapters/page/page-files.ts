/**
 * The page's own files, read from beside the program: its modules, its style, and the libraries that it imports. A browser runs no
 * TypeScript, so where the program itself runs as TypeScript the types are taken out here; the image carries JavaScript already.
 * Comments are taken out of all modules and styles.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { extname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page, PageFile } from '../../use-cases/ports.ts';
import { withoutComments, withoutStyleComments } from './comments.ts';

/** Folders whose modules and styles a browser may have, under `src` or `dist`. The second holds what page and service think alike. */
const FOLDERS = ['dashboard', 'core/context', 'core/dockerfile/text'];

/** Modules of packages by the names under which the page imports them; also those of other packages that these import in turn. */
const LIBRARIES = [
  '@codemirror/commands',
  '@codemirror/language',
  '@codemirror/legacy-modes/mode/dockerfile',
  '@codemirror/lint',
  '@codemirror/state',
  '@codemirror/streamparser',
  '@codemirror/view',
  '@lezer/common',
  '@lezer/highlight',
  '@marijn/find-cluster-break',
  'client-zip',
  'crelt',
  'd3-hierarchy',
  'eventsource-parser',
  'htm',
  'preact',
  'preact/hooks',
  'style-mod',
  'w3c-keyname',
];

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ts': 'text/javascript; charset=utf-8',
};

/**
 * Answers how to load the page. It is read once, when it is first asked for: a service that nobody looks at does not pay for it.
 * @param root  URL of a file in `src` or `dist`; its ending tells which
 */
export function makePageLoader(root: string): () => Promise<Page> {
  let loaded: Promise<Page> | undefined;
  return async () => {
    loaded ??= load(root).catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return await loaded;
  };
}

async function load(root: string): Promise<Page> {
  const ending = extname(new URL(root).pathname);
  const files = new Map<string, PageFile>();
  const own = await Promise.all(FOLDERS.map((folder) => ownFiles(fileURLToPath(new URL('.', root)), folder, ending)));
  for (const [path, file] of own.flat()) files.set(path, file);
  const imports: Record<string, string> = {};
  await Promise.all(
    LIBRARIES.map(async (name) => {
      const main = import.meta.resolve(name);
      imports[name] = `libraries/${name}/${posix.basename(main)}`;
      for (const [path, file] of await withNeighbours(main, imports[name])) files.set(path, file);
    }),
  );
  const digest = createHash('sha256');
  for (const path of [...files.keys()].sort()) digest.update(path).update(files.get(path)?.bytes ?? '');
  const styles = [...files.keys()].filter((path) => path.endsWith('.css')).sort();
  return { version: digest.digest('hex').slice(0, 16), main: `dashboard/main${ending}`, styles, imports, files };
}

/** What a module imports from beside itself: `from './parse.js'`. */
const NEIGHBOUR = /(?:\bfrom|\bimport)\s*["'](\.\/[^"']+\.m?js)["']/g;

/** A module of a library, by the path under which it is served, and those of its own package that it needs. */
async function withNeighbours(
  url: string,
  path: string,
  known: Map<string, PageFile> = new Map(),
): Promise<ReadonlyMap<string, PageFile>> {
  if (known.has(path)) return known;
  const code = withoutComments(await readFile(fileURLToPath(url), 'utf8'));
  known.set(path, fileOf('.js', Buffer.from(code)));
  for (const [, name = ''] of code.matchAll(NEIGHBOUR)) {
    await withNeighbours(new URL(name, url).href, posix.join(posix.dirname(path), name), known);
  }
  return known;
}

async function ownFiles(
  root: string,
  folder: string,
  ending: string,
): Promise<readonly (readonly [string, PageFile])[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  const wanted = names.filter((name) => [ending, '.css', '.svg'].includes(extname(name)));
  return await Promise.all(
    wanted.map(async (name) => {
      const path = join(root, folder, name);
      const text = await readFile(path, 'utf8');
      return [
        relative(root, path).split(sep).join('/'),
        fileOf(extname(name), Buffer.from(plain(text, extname(name)))),
      ] as const;
    }),
  );
}

/** A file of ours, as a browser takes it. */
function plain(code: string, ending: string): string {
  if (ending === '.css') return withoutStyleComments(code);
  if (ending === '.svg') return code;
  return withoutComments(ending === '.ts' ? stripTypeScriptTypes(code) : code);
}

function fileOf(ending: string, bytes: Buffer): PageFile {
  return { bytes, mediaType: MEDIA_TYPES[ending] ?? 'application/octet-stream' };
}
