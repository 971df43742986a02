/**
 * Which Python packages pip cannot take ready-made on Alpine, whose C library is musl: one table, and what a project asks for
 * of it. A package that is not listed here has wheels for musl, needs none, or nobody has looked.
 * Source: the files of the packages on PyPI; PEP 656 (musllinux).
 */
import { question } from './question.ts';

/** What pip finds of a package on Alpine. */
export interface WheelGap {
  readonly name: string;
  /** `nothing`: no wheel for musl, and no source; `source`: no wheel for any Linux; `older`: this version has none, newer ones have. */
  readonly kind: 'nothing' | 'source' | 'older';
  /** What has wheels. */
  readonly instead: string | undefined;
}

/** Published as wheels for glibc alone: there is nothing that pip could build on musl. */
const NOTHING = new Set([
  ...[
    'torch',
    'torchvision',
    'torchaudio',
    'tensorflow',
    'tensorflow-cpu',
    'jaxlib',
    'onnxruntime',
    'ray',
    'playwright',
  ],
]);
/** Published as source alone, with C inside. */
const SOURCE: ReadonlyMap<string, string> = new Map([
  ['psycopg2', 'psycopg2-binary, or psycopg[binary]'],
  ['mysqlclient', 'PyMySQL'],
  ['uwsgi', 'gunicorn, or pyuwsgi'],
  ['python-ldap', 'ldap3'],
]);
/** Before these versions there were no wheels for musl; before that Python only such versions can be installed. */
const SINCE: ReadonlyMap<string, { readonly version: string; readonly python: string }> = new Map([
  ['numpy', { version: '1.25', python: '3.9' }],
  ['pandas', { version: '2.0', python: '3.8' }],
  ['scipy', { version: '1.9', python: '3.8' }],
  ['scikit-learn', { version: '1.4', python: '3.9' }],
  ['cryptography', { version: '35', python: '3.6' }],
]);

/** A package of the table that is asked for, and the version where exactly one is asked for. */
export interface Asked {
  readonly name: string;
  readonly version: string | undefined;
}

/** What pip finds of a package on the Alpine image of a Python; `undefined`: a wheel, or nobody knows. */
export function wheelGap({ name, version }: Asked, python: string | undefined): WheelGap | undefined {
  if (NOTHING.has(name)) return { name, kind: 'nothing', instead: undefined };
  const source = SOURCE.get(name);
  if (source !== undefined) return { name, kind: 'source', instead: source };
  const since = SINCE.get(name);
  if (since === undefined) return undefined;
  const isOld = isBelow(version, since.version) || isBelow(python, since.python);
  return isOld ? { name, kind: 'older', instead: `${name} ${since.version} or newer` } : undefined;
}

/** The packages of the table among requirements as pip takes them on its command line; those with a condition left out. */
export function askedAmong(requirements: readonly (string | undefined)[]): readonly Asked[] {
  const asked = new Map<string, Asked>();
  for (const text of requirements) {
    const [, written = '', rest = ''] = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^#]*)/.exec(text ?? '') ?? [];
    const name = written.toLowerCase().replace(/[-_.]+/g, '-');
    if (!NOTHING.has(name) && !SOURCE.has(name) && !SINCE.has(name)) continue;
    // `; python_version < "3.9"`, or another address than the index.
    if (/[;@]/.test(rest)) continue;
    asked.set(name, { name, version: /^===?\s*(\d+(?:\.\d+)*)/.exec(rest)?.[1] });
  }
  return [...asked.values()];
}

/** Options that lead pip to wheels of somebody else's. */
export const OTHER_INDEX: readonly string[] = [
  ...['-i', '--index-url', '--extra-index-url', '-f', '--find-links', '--index', '--default-index'],
];

/** What each requirements file and pyproject.toml of the context asks for of the table, by path; files that name another index left out. */
export const askedByFile = question((subject): ReadonlyMap<string, readonly Asked[]> => {
  const asked = new Map<string, readonly Asked[]>();
  for (const { path, content } of subject.context.files ?? []) {
    if (content === undefined) continue;
    if (/(?:^|\/)pyproject\.toml$/.test(path)) asked.set(path, askedAmong(dependenciesOf(content)));
    else if (/requirements[^/]*(?:\/[^/]*)?\.(?:txt|in)$/.test(path)) {
      const lines = content.split('\n');
      const hasOtherIndex = lines.some((line) => OTHER_INDEX.some((option) => line.trimStart().startsWith(option)));
      if (!hasOtherIndex) asked.set(path, askedAmong(lines));
    }
  }
  return asked;
});

/** `[project] dependencies` and `[tool.poetry.dependencies]`, as requirements. */
function dependenciesOf(toml: string): readonly string[] {
  const found: string[] = [];
  let section = '';
  let isInList = false;
  for (const line of toml.split('\n')) {
    const text = line.trim();
    if (!isInList && text.startsWith('[')) section = text;
    if (section === '[project]' && /^dependencies\s*=\s*\[/.test(text)) isInList = true;
    if (isInList) {
      for (const [, double, single] of text.matchAll(/"([^"]*)"|'([^']*)'/g)) found.push(double ?? single ?? '');
      if (/\]\s*(?:#.*)?$/.test(text.replace(/"[^"]*"|'[^']*'/g, ''))) isInList = false;
    } else if (section === '[tool.poetry.dependencies]') {
      const [, name, version] = /^([\w.-]+)\s*=\s*"([^"]*)"\s*$/.exec(text) ?? [];
      if (name !== undefined) found.push(/^\d/.test(version ?? '') ? `${name}==${version}` : name);
    }
  }
  return found;
}

function isBelow(version: string | undefined, limit: string): boolean {
  if (version === undefined) return false;
  const [left, right] = [version, limit].map((one) => one.split('.').map(Number));
  const at = right?.findIndex((part, index) => part !== (left?.[index] ?? 0)) ?? -1;
  return at !== -1 && (left?.[at] ?? 0) < (right?.[at] ?? 0);
}
