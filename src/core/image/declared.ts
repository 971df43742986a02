/**
 * Which packages the manifests of the context ask for, and whether for the service or for its developers. A package that is asked
 * for both ways is the service's. Read leniently: what is not understood is not told.
 * Sources: npm package.json; PEP 508, 621 and 735; Poetry, uv, PDM and Pipenv manuals; Bundler gemfile(5); Composer schema.
 */
import type { ContextFile } from '../context/types.ts';
import { isDevelopmentRequirements } from '../rules/tables/development-files.ts';
import { DEV_GROUP } from '../rules/tables/package-managers/python.ts';
import { jsonObject, keysIn, packageKey } from './packages.ts';
import type { Ecosystem } from './packages.ts';
import { tomlStrings } from './toml.ts';

/** What manifests ask for. Names as packages.ts writes them. */
export interface DeclaredPackages {
  /** With where that stands: `devDependencies of package.json`. */
  readonly development: readonly { readonly key: string; readonly from: string }[];
  readonly runtime: readonly string[];
}

/** Of a project without manifests, or one that nobody asked about. */
export const NOTHING_DECLARED: DeclaredPackages = { development: [], runtime: [] };

/** A name in a manifest; `group: undefined`: the service needs it. */
interface Asked {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly group: string | undefined;
}

/** In place of a group: the project itself, which its extras may ask for (`app[postgres]`). */
const OWN_NAME = 'name';

function keyOf({ ecosystem, name }: Asked): string {
  return packageKey(ecosystem, name);
}

/** A project with more was made to have them. */
const MOST = 5000;
const LONGEST = 214;

/** Reads every manifest among the files. Pure. */
export function declaredPackages(files: readonly ContextFile[]): DeclaredPackages {
  const development = new Map<string, string>();
  const runtime = new Set<string>();
  for (const { path, content } of files) {
    if (content === undefined || /(?:^|\/)(?:node_modules|vendor|site-packages)\//.test(path)) continue;
    const asked = [...askedIn(path, content)];
    const own = new Set(asked.filter(({ group }) => group === OWN_NAME).map(keyOf));
    for (const one of asked) {
      const { name, group } = one;
      const key = keyOf(one);
      if (own.has(key) || name.length > LONGEST || development.size + runtime.size >= MOST) continue;
      if (group === undefined) runtime.add(key);
      else if (!development.has(key)) development.set(key, `${group} of ${path}`.slice(0, 200));
    }
  }
  return {
    development: [...development].filter(([key]) => !runtime.has(key)).map(([key, from]) => ({ key, from })),
    runtime: [...runtime],
  };
}

function askedIn(path: string, text: string): Iterable<Asked> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  switch (name) {
    case 'package.json':
      return byKey('node', text, 'devDependencies', ['dependencies', 'optionalDependencies', 'peerDependencies']);
    case 'composer.json':
      return byKey('php', text, 'require-dev', ['require']);
    case 'pyproject.toml':
      return pyproject(text);
    case 'Pipfile':
      return pipfile(text);
    case 'Gemfile':
    case 'gems.rb':
      return gemfile(text);
    default:
      return REQUIREMENTS.test(path) ? requirements(path, text) : [];
  }
}

function* byKey(ecosystem: Ecosystem, text: string, group: string, runtime: readonly string[]): Generator<Asked> {
  const manifest = jsonObject(text);
  if (typeof manifest['name'] === 'string') yield { ecosystem, name: manifest['name'], group: OWN_NAME };
  for (const key of runtime) {
    for (const name of keysIn(manifest[key])) yield { ecosystem, name, group: undefined };
  }
  for (const name of keysIn(manifest[group])) yield { ecosystem, name, group };
}

/** The name at the beginning of `uvicorn[standard]>=0.30; python_version > "3.9"`. */
function* requirement(text: string | undefined, group: string | undefined): Generator<Asked> {
  const name = /^\s*([A-Za-z\d][\w.-]*)\s*(?:$|[[(<>=!~;@,\\])/.exec(text ?? '')?.[1];
  if (name !== undefined) yield { ecosystem: 'python', name, group };
}

function* pyproject(text: string): Generator<Asked> {
  for (const { path, text: value, key } of tomlStrings(text)) {
    const [first = '', second = '', third = '', fourth = '', fifth = '', sixth] = path;
    switch (first === 'tool' ? `${first}.${second}.${third}` : first === 'project' ? `${first}.${second}` : first) {
      case 'project.name':
      case 'tool.poetry.name':
        yield* requirement(value, OWN_NAME);
        break;
      case 'project.dependencies':
        yield* requirement(value, undefined);
        break;
      case 'project.optional-dependencies':
        yield* requirement(value, groupNamed('extra', third));
        break;
      case 'dependency-groups':
        // What has a key includes another group.
        if (key === undefined) yield* requirement(value, groupNamed('group', second));
        break;
      case 'tool.uv.dev-dependencies':
      case 'tool.pdm.dev-dependencies':
        yield* requirement(value, third);
        break;
      case 'tool.poetry.dependencies':
        yield* requirement(fourth, undefined);
        break;
      case 'tool.poetry.dev-dependencies':
        yield* requirement(fourth, third);
        break;
      case 'tool.poetry.group':
        if (fifth === 'dependencies') yield* requirement(sixth, groupNamed('group', fourth));
        break;
    }
  }
}

/** A group that is named like development; every other one may be the service's. */
function groupNamed(kind: string, name: string): string | undefined {
  return DEV_GROUP.test(name) ? `${kind} ${name}` : undefined;
}

function* pipfile(text: string): Generator<Asked> {
  const seen = new Set<string>();
  for (const { path } of tomlStrings(text)) {
    const [section = '', name = ''] = path;
    if (['source', 'requires', 'scripts', 'pipenv'].includes(section) || seen.has(`${section} ${name}`)) continue;
    seen.add(`${section} ${name}`);
    yield* requirement(name, section !== 'packages' && DEV_GROUP.test(section) ? section : undefined);
  }
}

/** `requirements.txt`, `requirements-dev.in`, `dev-requirements.txt`, `requirements/local.txt`. */
const REQUIREMENTS = /(?:^|\/)(?:[^/]*requirements[^/]*|requirements\/[^/]+)\.(?:txt|in)$/i;

function* requirements(path: string, text: string): Generator<Asked> {
  const group = isDevelopmentRequirements(path) ? 'the packages' : undefined;
  for (const line of text.split('\n', 10_000)) yield* requirement(line.replace(/(?:^|\s)#.*$/, ''), group);
}

const GEM = /^\s*gem[\s(]+["']([\w.-]+)["'](.*)$/;
/** Groups as a line names them: `group :development, :test do`, `group: [:test]`, `:group => :test`. */
const IN_GROUP = /:([a-z_]+)/g;

function* gemfile(text: string): Generator<Asked> {
  /** What each open block makes of the gems in it; `undefined` for one that is no group. */
  const blocks: (string | undefined)[] = [];
  for (const line of text.split('\n', 10_000)) {
    const plain = line.replace(/(?:^|\s)#.*$/, '');
    const opens = /^\s*group\b(.*)\bdo\s*$/.exec(plain)?.[1];
    if (opens !== undefined) blocks.push(groupIn(opens));
    else if (/\bdo\s*(?:\|[^|]*\|\s*)?$|^\s*(?:if|unless|case|begin)\b/.test(plain)) blocks.push(undefined);
    else if (/^\s*end\b/.test(plain)) blocks.pop();
    const [, name, rest = ''] = GEM.exec(plain) ?? [];
    if (name === undefined) continue;
    const own = /\bgroups?(?::|\s*=>)(.*)$/.exec(rest)?.[1];
    const group = own === undefined ? blocks.findLast((one) => one !== undefined) : groupIn(own);
    yield { ecosystem: 'ruby', name, group };
  }
}

/** The groups of a line, where all of them serve development. */
function groupIn(text: string): string | undefined {
  const symbols = text.replace(/%[iw]\[([^\]]*)\]/, (_, words: string) => words.replaceAll(/\w+/g, ':$&'));
  const names = [...symbols.matchAll(IN_GROUP)].flatMap(([, name]) => name ?? []);
  return names.length > 0 && names.every((name) => DEV_GROUP.test(name)) ? `group ${names.join(', ')}` : undefined;
}
