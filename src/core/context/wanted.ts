/** Which uploaded files are worth reading as text: those that rules ask about by name, as long as they are small. */

const kibibyte = 1024;
const mostOfLockFile = 2048 * kibibyte;
const mostOfManifest = 256 * kibibyte;
const mostOfScript = 64 * kibibyte;

/** Lock files: what exactly is installed. */
const lockFiles = new Set([
  ...['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'deno.lock'],
  ...['uv.lock', 'poetry.lock', 'pdm.lock', 'pipfile.lock', 'pylock.toml', 'conda-lock.yml'],
  ...[
    'cargo.lock',
    'go.sum',
    'gemfile.lock',
    'composer.lock',
    'mix.lock',
    'packages.lock.json',
    'gradle.lockfile',
    'pubspec.lock',
  ],
]);

/** Manifests: what is asked for; and what tools are told. */
const manifests = new Set([
  ...[
    'package.json',
    'pnpm-workspace.yaml',
    'bunfig.toml',
    'deno.json',
    'deno.jsonc',
    'lerna.json',
    'nx.json',
    'turbo.json',
  ],
  ...[
    'pyproject.toml',
    'setup.py',
    'setup.cfg',
    'pipfile',
    'uv.toml',
    'environment.yml',
    'environment.yaml',
    'tox.ini',
    'manage.py',
  ],
  ...[
    'cargo.toml',
    'go.mod',
    'go.work',
    'gemfile',
    'gems.rb',
    'composer.json',
    'mix.exs',
    'rebar.config',
    'pubspec.yaml',
    'build.sbt',
  ],
  ...[
    'pom.xml',
    'build.gradle',
    'build.gradle.kts',
    'settings.gradle',
    'settings.gradle.kts',
    'gradle.properties',
    'libs.versions.toml',
  ],
  ...[
    'nuget.config',
    'global.json',
    'directory.build.props',
    'directory.packages.props',
    'procfile',
    'makefile',
    'justfile',
  ],
  ...[
    'drydock.yaml',
    'drydock.yml',
    'vercel.json',
    'supervisord.conf',
    'nginx.conf',
    'gunicorn.conf.py',
    'ecosystem.config.js',
  ],
  ...[
    '.npmrc',
    '.yarnrc',
    '.yarnrc.yml',
    '.pypirc',
    '.netrc',
    'pip.conf',
    'auth.json',
    'wp-config.php',
    '.node-version',
    '.nvmrc',
    '.python-version',
    '.tool-versions',
  ],
]);

/**
 * True when a file of that name and size should be read as text.
 *
 * @param path  relative to the context root, `/` between parts
 */
export function wantsContent(path: string, sizeBytes: number): boolean {
  return sizeBytes <= limitOf(path);
}

/** Size up to which a file is read; -1 for one that is not. */
function limitOf(path: string): number {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (lockFiles.has(name)) return mostOfLockFile;
  if (manifests.has(name) || isBuildFile(name) || isManifest(name) || isRequirements(path)) return mostOfManifest;
  if (isScript(name) || mayHoldKey(name)) return mostOfScript;
  return -1;
}

/** Dockerfiles, ignore files, compose files. */
function isBuildFile(name: string): boolean {
  return (
    /(^|[._-])(dockerfile|containerfile)([._-]|$)/.test(name) ||
    name.endsWith('.dockerignore') ||
    /^(docker-)?compose([._-].*)?\.ya?ml$/.test(name)
  );
}

function isManifest(name: string): boolean {
  return (
    /^(requirements|constraints|dev-requirements|test-requirements)([._-].*)?\.(txt|in)$/.test(name) ||
    /[._-]requirements\.(txt|in)$/.test(name) ||
    /\.(csproj|fsproj|vbproj|sln|gemspec|cabal)$/.test(name) ||
    /^\.env([._-].*)?$/.test(name) ||
    name.endsWith('.env')
  );
}

/** `requirements/production.txt`: the folder says what it is. */
function isRequirements(path: string): boolean {
  return /(?:^|\/)requirements\/[^/]+\.(?:txt|in)$/i.test(path);
}

/** Shell scripts, entry points, and files without an extension, which are scripts often enough. */
function isScript(name: string): boolean {
  return (
    /\.(sh|bash|ash|zsh|ksh)$/.test(name) ||
    /(^|[._-])(entrypoint|entry-point|start|run|boot|init|healthcheck|health)([._-]|$)/.test(name) ||
    !name.includes('.')
  );
}

/** Keys and credentials, whose names leave open whether they are private. */
function mayHoldKey(name: string): boolean {
  return (
    /\.(pem|key)$/.test(name) ||
    /(service[-_]?account|firebase-adminsdk|client_secret|gcloud|gcp|credential|kubeconfig).*\.(json|ya?ml)$/.test(name)
  );
}
