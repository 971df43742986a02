/**
 * What the path of a file says about it: package-manager caches, build tools, leftovers. Paths are of the
 * image, without the leading slash. Only what a production image has no use for stands here; in doubt a thing is left out.
 */
import type { OwnStep } from './own-steps.ts';

/** Folders that package managers fill: what is in there was published by somebody else. */
const PACKAGED =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|gems|vendor\/bundle|\.cargo\/registry|\.m2\/repository|pkg\/mod)\/|^(?:usr\/(?:share|lib|lib64|libexec|include)|lib|lib64|usr\/local\/(?:lib\/(?:python[\d.]+|ruby)|go|share|include|rustup)|var\/lib\/(?:apt|dpkg|rpm|dnf)|etc\/ssl\/certs|etc\/ca-certificates|proc|sys)\//;

/** True for files that a package manager installed. */
export function isPackaged(path: string): boolean {
  return PACKAGED.test(path);
}

const HOME = '(?:root|home/[^/]+)';
const CACHES: readonly { readonly manager: string; readonly folder: RegExp }[] = [
  { manager: 'apt', folder: /^var\/lib\/apt\/lists|^var\/cache\/apt/ },
  { manager: 'apk', folder: /^var\/cache\/apk|^etc\/apk\/cache/ },
  { manager: 'dnf', folder: /^var\/cache\/(?:dnf|yum|libdnf5|tdnf)/ },
  { manager: 'zypper', folder: /^var\/cache\/zypp/ },
  { manager: 'pacman', folder: /^var\/cache\/pacman\/pkg/ },
  { manager: 'pip', folder: new RegExp(`^${HOME}/\\.cache/pip`) },
  { manager: 'uv', folder: new RegExp(`^${HOME}/\\.cache/uv`) },
  { manager: 'poetry', folder: new RegExp(`^${HOME}/\\.cache/pypoetry/(?:cache|artifacts)`) },
  { manager: 'pipenv', folder: new RegExp(`^${HOME}/\\.cache/pipenv`) },
  { manager: 'conda', folder: /^opt\/(?:mini)?conda\d?\/pkgs/ },
  { manager: 'npm', folder: new RegExp(`^${HOME}/\\.npm/_(?:cacache|logs)`) },
  {
    manager: 'yarn',
    folder: new RegExp(`^usr/local/share/\\.cache|^${HOME}/(?:\\.cache/yarn|\\.yarn/berry/cache)`),
  },
  { manager: 'pnpm', folder: new RegExp(`^${HOME}/(?:\\.local/share/pnpm/store|\\.cache/pnpm)`) },
  { manager: 'bun', folder: new RegExp(`^${HOME}/\\.bun/install/cache`) },
  { manager: 'go', folder: new RegExp(`^${HOME}/\\.cache/go-build|^(?:${HOME}/)?go/pkg/mod`) },
  { manager: 'cargo', folder: new RegExp(`^(?:${HOME}/\\.cargo|usr/local/cargo)/registry`) },
  { manager: 'maven', folder: new RegExp(`^${HOME}/\\.m2/repository`) },
  { manager: 'gradle', folder: new RegExp(`^${HOME}/\\.gradle/caches`) },
  { manager: 'composer', folder: new RegExp(`^${HOME}/\\.(?:composer/cache|cache/composer)`) },
  { manager: 'bundler', folder: new RegExp(`^${HOME}/\\.bundle/cache|^usr/local/bundle/cache`) },
];

/** The package manager whose cache a file lies in, and the folder of that cache. */
export function cacheOf(path: string): { readonly manager: string; readonly folder: string } | undefined {
  for (const { manager, folder } of CACHES) {
    const found = folder.exec(path)?.[0];
    if (found !== undefined && path.charAt(found.length) === '/') return { manager, folder: `/${found}` };
  }
  return undefined;
}

/** Programs that build or fetch, by the name of their file; versions and target names are taken off first. */
const TOOLS = new Set(
  (
    'gcc g++ cc c++ cpp clang clang++ gfortran ld make gmake cmake ninja meson autoconf automake libtool bison flex ' +
    'cargo rustc rustup go javac mvn gradle sbt git svn hg uv uvx poetry pipenv pdm hatch rye npm npx yarn yarnpkg pnpm pnpx ' +
    'corepack composer bazel'
  ).split(' '),
);
const IN_PATH = /(?:^|\/)(?:bin|sbin)\/([^/]+)$/;

/** The build tool that a file is: `gcc` for `usr/bin/x86_64-linux-gnu-gcc-12`. */
export function buildToolOf(path: string): string | undefined {
  const name = IN_PATH.exec(path)?.[1];
  if (name === undefined || /(?:^|\/)node_modules\//.test(path)) return undefined;
  const plain = name.replace(/^(?:[a-z\d_]+-)+(?:linux|alpine)-(?:gnu|musl)[a-z]*-/, '').replace(/-\d[\d.]*$/, '');
  return TOOLS.has(plain) ? plain : undefined;
}

const LEFTOVERS: readonly { readonly kind: string; readonly form: RegExp; readonly fromContextOnly?: true }[] = [
  { kind: 'version control', form: /(?:^|\/)\.(?:git|hg|svn)\// },
  {
    kind: 'environment files',
    form: /(?:^|\/)(?!(?:[^/]*[._-])?(?:example|sample|template|dist|defaults?)(?:[._-][^/]*)?$)(?:\.env(?:[._-][^/]*)?|[^/]+\.env)$/,
  },
  {
    kind: 'caches',
    form: /(?:^|\/)(?:\.pytest_cache|\.mypy_cache|\.ruff_cache|\.tox|\.nox|\.hypothesis|\.nyc_output)\//,
  },
  // Compiled by a RUN they are of use, copied from another machine they are not.
  { kind: 'caches', form: /(?:^|\/)__pycache__\//, fromContextOnly: true },
  {
    kind: 'tests',
    form: /(?:^|\/)(?:tests?|__tests__)\/|(?:^|\/)(?:test_[^/]*\.py|conftest\.py)$|\.(?:test|spec)\.[cm]?[jt]sx?$/,
  },
  { kind: 'notebooks', form: /\.ipynb$/ },
  // `npm ci` in a RUN makes the same folder rightly.
  { kind: 'installed packages of another machine', form: /(?:^|\/)node_modules\//, fromContextOnly: true },
];

/** The kind of leftover that a file is; `undefined` for everything that may be there. */
export function leftoverOf(path: string, step: Pick<OwnStep, 'takesContext'>): string | undefined {
  const kind = LEFTOVERS.find((one) => (one.fromContextOnly !== true || step.takesContext) && one.form.test(path));
  if (kind === undefined) return undefined;
  return isPackaged(path) && kind.fromContextOnly !== true ? undefined : kind.kind;
}

/** Folders that are there to be written by everybody. */
export function isForEverybody(path: string): boolean {
  return /^(?:var\/)?tmp$|^(?:dev\/shm|run\/lock|var\/lock)$/.test(path);
}
