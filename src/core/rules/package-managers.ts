/**
 * One table of package managers: how each is called, what it installs from, what it leaves behind and what excuses it.
 * Rules ask installs.ts, which reads RUN with this table; a new package manager is one more row.
 * Source: the manuals of the package managers, and the images they are used in.
 */

/** The cache that an install leaves in the layer. */
export interface PackageCache {
  /** Folders it fills; `~` for the home of whoever installs. */
  readonly folders: readonly string[];
  /** Options and variables that move it elsewhere. */
  readonly movedBy: { readonly options: readonly string[]; readonly variables: readonly string[] };
  /** Flags of the install that leave nothing behind. */
  readonly flags: readonly string[];
  /** Variables that switch the cache off; some are heeded only when they say yes. */
  readonly variables: readonly { readonly name: string; readonly mustSayYes: boolean }[];
  /** Commands that empty it, as leading words. */
  readonly cleaners: readonly (readonly string[])[];
}

/** One package manager. */
export interface PackageManager {
  readonly id: string;
  readonly kind: 'system' | 'language';
  /** The ways to start it, as leading words; program names without their folder. */
  readonly calls: readonly (readonly string[])[];
  /** Words after the call that install. The empty string: the bare call installs (`yarn`). */
  readonly verbs: readonly string[];
  /** Options (before or after the verb) whose value is the next word, so that it is not taken for a package. */
  readonly valued: readonly string[];
  /** Options whose value is a manifest: what is read is not a package by name. */
  readonly manifestOptions: readonly string[];
  /** Files that say what to install, names or `*.ext`. Empty for system packages. */
  readonly manifests: readonly string[];
  readonly lockFiles: readonly string[];
  /** Reads its manifest when no package is named: `npm install`, `uv sync`. */
  readonly readsManifest: boolean;
  readonly cache: PackageCache | undefined;
}

// pip switches its cache off for every value, `false` and `off` among them, to stay compatible with an old mistake of its own.
const PIP_NO_CACHE_DIR = { name: 'PIP_NO_CACHE_DIR', mustSayYes: false } as const;

const python = {
  kind: 'language',
  manifests: ['requirements*.txt', 'pyproject.toml', 'setup.py', 'setup.cfg', 'constraints*.txt'],
} as const;
const node = { kind: 'language', manifests: ['package.json'], manifestOptions: [] } as const;
const none = { manifestOptions: [], manifests: [], lockFiles: [], readsManifest: false } as const;
const staysPut = { options: [], variables: [] } as const;
/** Switches that every command of uv and poetry has. */
const UV_CACHE = {
  folders: ['~/.cache/uv'],
  movedBy: { options: ['--cache-dir'], variables: ['UV_CACHE_DIR'] },
  flags: ['--no-cache', '-n'],
  variables: [{ name: 'UV_NO_CACHE', mustSayYes: true }],
  cleaners: [['uv', 'cache', 'clean']],
} as const;

/** Every package manager that is known. */
export const packageManagers: readonly PackageManager[] = [
  {
    id: 'apt',
    kind: 'system',
    ...none,
    calls: [['apt-get'], ['apt'], ['aptitude']],
    verbs: ['install', 'build-dep'],
    valued: ['-o', '--option', '-t', '--target-release', '--default-release', '-c', '--config-file', '-a'],
    // The archives are removed by the configuration that Debian's and Ubuntu's images bring; the lists are not.
    cache: { folders: ['/var/lib/apt/lists'], movedBy: staysPut, flags: [], variables: [], cleaners: [] },
  },
  {
    id: 'apk',
    kind: 'system',
    ...none,
    calls: [['apk']],
    verbs: ['add'],
    valued: [
      '-t',
      '--virtual',
      '--cache-dir',
      '-X',
      '--repository',
      '-p',
      '--root',
      '--keys-dir',
      '--repositories-file',
    ],
    cache: {
      folders: ['/var/cache/apk', '/etc/apk/cache'],
      movedBy: { options: ['--cache-dir'], variables: [] },
      flags: ['--no-cache'],
      variables: [],
      cleaners: [['apk', 'cache', 'clean']],
    },
  },
  {
    id: 'dnf',
    kind: 'system',
    ...none,
    calls: [['dnf'], ['microdnf'], ['yum'], ['tdnf']],
    verbs: ['install', 'groupinstall', 'localinstall', 'reinstall'],
    valued: ['-c', '--config', '--releasever', '--installroot', '--enablerepo', '--disablerepo', '--setopt', '-x'],
    cache: {
      folders: ['/var/cache/dnf', '/var/cache/yum', '/var/cache/libdnf5'],
      movedBy: staysPut,
      flags: [],
      variables: [],
      cleaners: [
        ['dnf', 'clean', 'all'],
        ['microdnf', 'clean', 'all'],
        ['yum', 'clean', 'all'],
        ['tdnf', 'clean', 'all'],
      ],
    },
  },
  {
    id: 'pip',
    ...python,
    calls: [['pip'], ['pip2'], ['pip3'], ['python', '-m', 'pip'], ['python2', '-m', 'pip'], ['python3', '-m', 'pip']],
    verbs: ['install'],
    valued: [
      ...['-c', '--constraint', '-i', '--index-url', '--extra-index-url', '-f', '--find-links', '-t', '--target'],
      ...['--prefix', '--root', '--src', '--platform', '--python-version', '--implementation', '--abi', '--cache-dir'],
      ...['--trusted-host', '--timeout', '--retries', '--proxy', '--cert', '--progress-bar', '--no-binary'],
      ...['--only-binary', '--use-feature', '--config-settings', '-C', '--upgrade-strategy', '--log', '--report'],
    ],
    manifestOptions: ['-r', '--requirement', '-e', '--editable', '--group'],
    lockFiles: [],
    readsManifest: false,
    cache: {
      folders: ['~/.cache/pip'],
      movedBy: { options: ['--cache-dir'], variables: ['PIP_CACHE_DIR'] },
      // pip takes any beginning of an option that fits no other.
      flags: ['--no-cache-dir', '--no-cache'],
      variables: [PIP_NO_CACHE_DIR],
      cleaners: [
        ['pip', 'cache', 'purge'],
        ['pip3', 'cache', 'purge'],
      ],
    },
  },
  {
    id: 'uv pip',
    ...python,
    calls: [['uv', 'pip']],
    verbs: ['install', 'sync'],
    valued: [
      ...['-c', '--constraint', '-i', '--index-url', '--extra-index-url', '-p', '--python', '--target', '--prefix'],
      ...['--cache-dir', '--extra', '--index', '--default-index', '-f', '--find-links'],
    ],
    manifestOptions: ['-r', '--requirement', '--requirements', '-e', '--editable', '--group'],
    lockFiles: [],
    readsManifest: false,
    cache: UV_CACHE,
  },
  {
    id: 'uv',
    ...python,
    calls: [['uv']],
    verbs: ['sync'],
    valued: [
      ...['--group', '--only-group', '--no-group', '--extra', '--no-extra', '--package', '-p', '--python', '--project'],
      ...['--directory', '--cache-dir', '--index', '--default-index', '--link-mode', '--no-install-package'],
    ],
    manifestOptions: [],
    lockFiles: ['uv.lock'],
    readsManifest: true,
    cache: UV_CACHE,
  },
  {
    id: 'poetry',
    ...python,
    calls: [['poetry']],
    verbs: ['install', 'sync'],
    valued: ['--with', '--without', '--only', '-E', '--extras', '-C', '--directory', '-P', '--project'],
    manifestOptions: [],
    lockFiles: ['poetry.lock'],
    readsManifest: true,
    cache: {
      folders: ['~/.cache/pypoetry'],
      movedBy: { options: [], variables: ['POETRY_CACHE_DIR'] },
      flags: ['--no-cache'],
      variables: [],
      cleaners: [['poetry', 'cache', 'clear']],
    },
  },
  {
    id: 'pipenv',
    kind: 'language',
    calls: [['pipenv']],
    verbs: ['install', 'sync'],
    valued: ['--categories', '--python', '-i', '--index'],
    manifestOptions: ['-r', '--requirements'],
    manifests: ['Pipfile'],
    lockFiles: ['Pipfile.lock'],
    readsManifest: true,
    cache: {
      folders: ['~/.cache/pipenv', '~/.cache/pip'],
      movedBy: { options: [], variables: ['PIPENV_CACHE_DIR'] },
      flags: [],
      variables: [PIP_NO_CACHE_DIR],
      cleaners: [],
    },
  },
  {
    id: 'npm',
    ...node,
    calls: [['npm']],
    verbs: ['install', 'i', 'ci', 'clean-install', 'add'],
    valued: ['--registry', '--prefix', '--omit', '--include', '--loglevel', '-w', '--workspace', '--cache', '--tag'],
    lockFiles: ['package-lock.json', 'npm-shrinkwrap.json'],
    readsManifest: true,
    cache: {
      folders: ['~/.npm'],
      movedBy: { options: ['--cache'], variables: ['npm_config_cache', 'NPM_CONFIG_CACHE'] },
      flags: [],
      variables: [],
      cleaners: [
        ['npm', 'cache', 'clean'],
        ['npm', 'cache', 'rm'],
      ],
    },
  },
  {
    id: 'yarn',
    ...node,
    calls: [['yarn', 'global'], ['yarn'], ['yarnpkg']],
    verbs: ['install', 'add', ''],
    valued: ['--cwd', '--cache-folder', '--modules-folder', '--network-timeout', '--registry'],
    lockFiles: ['yarn.lock'],
    readsManifest: true,
    cache: {
      folders: ['/usr/local/share/.cache', '~/.cache/yarn', '~/.yarn/berry/cache'],
      movedBy: { options: ['--cache-folder'], variables: ['YARN_CACHE_FOLDER'] },
      flags: [],
      variables: [],
      cleaners: [['yarn', 'cache', 'clean']],
    },
  },
  {
    id: 'pnpm',
    ...node,
    calls: [['pnpm']],
    verbs: ['install', 'i', 'add', 'fetch'],
    valued: ['--dir', '-C', '--filter', '-F', '--registry', '--reporter', '--store-dir'],
    lockFiles: ['pnpm-lock.yaml'],
    readsManifest: true,
    cache: undefined, // node_modules links into the store: it is not a copy that could go
  },
  {
    id: 'bundler',
    kind: 'language',
    calls: [['bundle'], ['bundler']],
    verbs: ['install', ''],
    valued: ['--jobs', '-j', '--path', '--gemfile', '--retry', '--without', '--with'],
    manifestOptions: [],
    manifests: ['Gemfile'],
    lockFiles: ['Gemfile.lock'],
    readsManifest: true,
    cache: undefined,
  },
  {
    id: 'composer',
    kind: 'language',
    calls: [['composer']],
    verbs: ['install', 'i'],
    valued: ['-d', '--working-dir'],
    manifestOptions: [],
    manifests: ['composer.json'],
    lockFiles: ['composer.lock'],
    readsManifest: true,
    cache: undefined,
  },
  {
    id: 'go',
    kind: 'language',
    calls: [['go', 'mod']],
    verbs: ['download'],
    valued: [],
    manifestOptions: [],
    manifests: ['go.mod'],
    lockFiles: ['go.sum'],
    readsManifest: true,
    cache: undefined,
  },
];
