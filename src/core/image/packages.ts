/**
 * Packages that are installed in an image: whose record a file is, and what such a record says that the package needs.
 * Names are written `python:pytest`, as in declared.ts.
 */

/** Where a package comes from. */
export type Ecosystem = 'python' | 'node' | 'ruby' | 'php';

/** Written as its ecosystem writes it, and `null` where that is not the ecosystem of a name. */
export function packageKey(ecosystem: Ecosystem, name: string): string {
  const plain = name.trim().toLowerCase();
  return `${ecosystem}:${ecosystem === 'python' ? plain.replace(/[-_.]+/g, '-') : plain}`;
}

/** The name alone: `pytest` for `python:pytest`. */
export function packageName(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}

const PYTHON_PACKAGE = /(?:^|\/)(?:site|dist)-packages\/([^/]+?)-[^-/]+(?:-py[\d.]+)?\.(?:dist-info|egg-info)(?:\/|$)/;
/** A `package.json` deep in another package is somebody else's. */
const NODE_PACKAGE = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/;
const RUBY_PACKAGE = /(?:^|\/)specifications\/([^/]+)-\d[^/]*\.gemspec$/;
const PHP_PACKAGE = /(?:^|\/)vendor\/([^/]+\/[^/]+)\/composer\.json$/;
/** pnpm keeps packages here and puts links where others keep packages. */
const PNPM_STORE = /\/\.pnpm\/[^/]+\/node_modules\//;

/** The package that a file is the record of: `python:pytest` for `…/site-packages/pytest-8.3.4.dist-info/METADATA`. */
export function packageOf(path: string): string | undefined {
  if (/\/(?:METADATA|PKG-INFO)$|\.egg-info$/.test(path)) {
    const name = PYTHON_PACKAGE.exec(path)?.[1];
    return name === undefined ? undefined : packageKey('python', name);
  }
  if (path.endsWith('/package.json')) {
    const plain = path.replace(PNPM_STORE, '/');
    if (plain.indexOf('node_modules/') !== plain.lastIndexOf('node_modules/')) return undefined;
    const name = NODE_PACKAGE.exec(plain)?.[1];
    return name === undefined ? undefined : packageKey('node', name);
  }
  if (path.endsWith('.gemspec')) {
    const name = RUBY_PACKAGE.exec(path)?.[1];
    return name === undefined ? undefined : packageKey('ruby', name);
  }
  const name = path.endsWith('/composer.json') ? PHP_PACKAGE.exec(path)?.[1] : undefined;
  return name === undefined ? undefined : packageKey('php', name);
}

const PYTHON_DEV =
  /^(?:pytest(?:-.*)?|coverage|black|ruff|flake8(?:-.*)?|pylint|mypy|pyright|isort|tox|nox|pre-commit|ipython|ipdb|pdbpp|jupyter|jupyterlab|notebook|nbconvert|hypothesis|debugpy|autopep8|yapf|bandit|sphinx|mkdocs|django-debug-toolbar|flask-debugtoolbar|vcrpy|freezegun|locust|twine)$/;
const NODE_DEV =
  /^(?:nodemon|jest|mocha|vitest|ava|tap|eslint|prettier|ts-node-dev|webpack-dev-server|cypress|playwright|@playwright\/test|supertest|nyc|c8|husky|lint-staged|karma|storybook|@biomejs\/biome|oxlint|@vitest\/.*|@testing-library\/.*)$/;
const RUBY_DEV =
  /^(?:rspec(?:-(?:core|rails))?|rubocop(?:-.*)?|pry(?:-byebug)?|byebug|capybara|guard|web-console|solargraph)$/;
const PHP_DEV = /^(?:phpunit\/phpunit|phpstan\/phpstan|vimeo\/psalm|friendsofphp\/php-cs-fixer|mockery\/mockery)$/;

/** True for a package that is of use to nobody but its developers, whatever a manifest says. */
export function isKnownForDevelopment(key: string): boolean {
  const name = packageName(key);
  if (key.startsWith('python:')) return PYTHON_DEV.test(name);
  if (key.startsWith('node:')) return NODE_DEV.test(name);
  return (key.startsWith('ruby:') ? RUBY_DEV : PHP_DEV).test(name);
}

/** Told of one package; a record with more was made to have them. */
const MOST_NEEDS = 500;

/** The packages that a package does not work without, by its record. What does not parse needs nothing. Pure. */
export function needsOf(key: string, record: string): readonly string[] {
  const names = namesIn(key, record);
  // The ecosystem is what stands before the colon.
  const ecosystem = key.slice(0, key.indexOf(':')) as Ecosystem;
  return names.slice(0, MOST_NEEDS).map((name) => packageKey(ecosystem, name.slice(0, 214)));
}

function namesIn(key: string, record: string): readonly string[] {
  if (key.startsWith('python:')) {
    const [head = ''] = record.split(/\n\r?\n/, 1);
    // What belongs to an extra is somebody's wish; whoever has it needs the package himself.
    return [...head.matchAll(/^Requires-Dist:[ \t]*([A-Za-z\d][\w.-]*)(.*)$/gm)].flatMap(([, name, rest]) =>
      name === undefined || /\bextra\s*==/.test(rest ?? '') ? [] : [name],
    );
  }
  if (key.startsWith('ruby:')) {
    const calls = /\badd_(?:runtime_)?dependency\(\s*(?:%q<([^>\n]+)>|"([^"\n]+)"|'([^'\n]+)')/g;
    return [...record.matchAll(calls)].flatMap(([, ...names]) => names.find((name) => name !== undefined) ?? []);
  }
  const manifest = jsonObject(record);
  if (key.startsWith('php:')) return keysIn(manifest['require']);
  const optional = manifest['peerDependenciesMeta'];
  const isOptional = (name: string): boolean =>
    isObject(optional) &&
    Object.hasOwn(optional, name) &&
    isObject(optional[name]) &&
    optional[name]['optional'] === true;
  return [
    ...keysIn(manifest['dependencies']),
    ...keysIn(manifest['optionalDependencies']),
    ...keysIn(manifest['peerDependencies']).filter((name) => !isOptional(name)),
  ];
}

/** A JSON text that is an object; an empty one for every other. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** The keys of a value that is an object. */
export function keysIn(value: unknown): readonly string[] {
  return isObject(value) ? Object.keys(value) : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
