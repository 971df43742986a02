/** Package managers of Python: pip, uv, poetry, pipenv, PDM, conda. */
import { YES, usual } from './types.ts';
import type { PackageManager } from './types.ts';

const python = {
  ...usual,
  kind: 'language',
  manifests: ['requirements*.txt', 'pyproject.toml', 'setup.py', 'setup.cfg', 'constraints*.txt'],
} as const;

// pip switches its cache off for every value, `false` and `off` among them, to stay compatible with an old mistake of its own.
const PIP_NO_CACHE_DIR = { name: 'PIP_NO_CACHE_DIR', mustSayYes: false } as const;

/** Switches that every command of uv has. */
const UV_CACHE = {
  folders: ['~/.cache/uv'],
  movedBy: { options: ['--cache-dir'], variables: ['UV_CACHE_DIR'] },
  flags: ['--no-cache', '--no-cache-dir', '-n'],
  variables: [{ name: 'UV_NO_CACHE', mustSayYes: true }],
  cleaners: [['uv', 'cache', 'clean']],
} as const;

/** Names of groups and extras that serve development. */
export const DEV_GROUP = /\b(?:dev|develop|development|tests?|testing|lint|linting)\b/i;

/** What pip is asked for by a group: `--group dev`. */
const askedByGroup = {
  comeByDefault: false,
  leftOutBy: { flags: [], variables: [] },
  askedFor: {
    flags: [
      { name: '--group', value: DEV_GROUP },
      { name: '--extra', value: DEV_GROUP },
    ],
    variables: [],
  },
  settledBy: [],
  write: 'the runtime requirements alone',
  listedIn: {},
} as const;

/** The package managers of Python. */
export const pythonManagers: readonly PackageManager[] = [
  {
    ...python,
    id: 'pip',
    calls: [['pip'], ['pip2'], ['pip3'], ['python', '-m', 'pip'], ['python2', '-m', 'pip'], ['python3', '-m', 'pip']],
    verbs: ['install'],
    valued: [
      ...['-c', '--constraint', '-i', '--index-url', '--extra-index-url', '-f', '--find-links', '-t', '--target'],
      ...['--prefix', '--root', '--src', '--platform', '--python-version', '--implementation', '--abi', '--cache-dir'],
      ...['--trusted-host', '--timeout', '--retries', '--proxy', '--cert', '--progress-bar', '--no-binary'],
      ...['--only-binary', '--use-feature', '--config-settings', '-C', '--upgrade-strategy', '--log', '--report'],
      ...['--root-user-action', '--install-option', '--global-option', '--exists-action', '--default-timeout'],
      ...['--build-option', '--python', '--keyring-provider', '--use-deprecated'],
    ],
    manifestOptions: ['-r', '--requirement', '-e', '--editable', '--group'],
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
        ['python', '-m', 'pip', 'cache', 'purge'],
        ['python3', '-m', 'pip', 'cache', 'purge'],
      ],
    },
    development: askedByGroup,
  },
  {
    ...python,
    id: 'uv pip',
    calls: [
      ['uv', 'pip'],
      ['python', '-m', 'uv', 'pip'],
      ['python3', '-m', 'uv', 'pip'],
    ],
    verbs: ['install', 'sync'],
    valued: [
      ...['-c', '--constraint', '--constraints', '-i', '--index-url', '--extra-index-url', '-p', '--python'],
      ...['--target', '--prefix', '--cache-dir', '--extra', '--index', '--default-index', '-f', '--find-links'],
      ...[
        '--link-mode',
        '--index-strategy',
        '--python-version',
        '--python-platform',
        '--torch-backend',
        '--prerelease',
      ],
      ...['--no-binary', '--only-binary', '--override', '--overrides', '--config-setting', '-C', '--resolution'],
    ],
    manifestOptions: ['-r', '--requirement', '--requirements', '-e', '--editable', '--group'],
    readsManifest: false,
    cache: UV_CACHE,
    development: askedByGroup,
  },
  {
    ...python,
    id: 'uv',
    calls: [['uv'], ['python', '-m', 'uv'], ['python3', '-m', 'uv']],
    verbs: ['sync'],
    valued: [
      ...['--group', '--only-group', '--no-group', '--extra', '--no-extra', '--package', '-p', '--python', '--project'],
      ...['--directory', '--cache-dir', '--index', '--default-index', '--link-mode', '--no-install-package'],
      ...[
        '--index-url',
        '--extra-index-url',
        '--index-strategy',
        '--python-preference',
        '--config-file',
        '--resolution',
      ],
      ...['--refresh-package', '--reinstall-package', '--upgrade-package', '-P', '--python-platform'],
    ],
    lockFiles: ['uv.lock'],
    cache: UV_CACHE,
    lock: {
      verbs: [],
      flags: [{ name: '--frozen' }, { name: '--locked' }],
      variables: [
        { name: 'UV_FROZEN', value: YES },
        { name: 'UV_LOCKED', value: YES },
      ],
      settledBy: [],
      write: 'uv sync --locked',
    },
    development: {
      comeByDefault: true,
      leftOutBy: {
        flags: [
          { name: '--no-dev' },
          { name: '--no-default-groups' },
          { name: '--only-group' },
          { name: '--no-group', value: /^dev$/ },
        ],
        variables: [
          { name: 'UV_NO_DEV', value: YES },
          { name: 'UV_NO_DEFAULT_GROUPS', value: YES },
        ],
      },
      askedFor: {
        flags: [
          { name: '--dev' },
          { name: '--only-dev' },
          { name: '--all-groups' },
          { name: '--group', value: DEV_GROUP },
          { name: '--only-group', value: DEV_GROUP },
          { name: '--extra', value: DEV_GROUP },
        ],
        variables: [],
      },
      settledBy: [],
      write: 'uv sync --locked --no-dev',
      listedIn: {
        'pyproject.toml':
          /^\[dependency-groups\].*(?:\n(?!\[).*)*\n["']?dev["']? *= *\[\s*[^\]\s]|^dev-dependencies *= *\[\s*[^\]\s]|^default-groups *=/m,
      },
    },
  },
  {
    ...python,
    id: 'poetry',
    calls: [['poetry'], ['python', '-m', 'poetry'], ['python3', '-m', 'poetry']],
    verbs: ['install', 'sync'],
    valued: ['--with', '--without', '--only', '-E', '--extras', '-C', '--directory', '-P', '--project'],
    lockFiles: ['poetry.lock'],
    cache: {
      folders: ['~/.cache/pypoetry'],
      movedBy: { options: [], variables: ['POETRY_CACHE_DIR'] },
      flags: ['--no-cache'],
      variables: [],
      cleaners: [['poetry', 'cache', 'clear']],
    },
    development: {
      comeByDefault: true,
      leftOutBy: {
        flags: [{ name: '--no-dev' }, { name: '--without' }, { name: '--only' }, { name: '--only-root' }],
        variables: [],
      },
      askedFor: {
        flags: [{ name: '--with', value: DEV_GROUP }, { name: '--only', value: DEV_GROUP }, { name: '--all-groups' }],
        variables: [],
      },
      settledBy: [],
      write: 'poetry install --only main',
      listedIn: {
        'pyproject.toml':
          /^\[tool\.poetry\.(?:dev-dependencies|group\.[\w-]*(?:dev|test|lint)[\w-]*\.dependencies)\]|^\[dependency-groups\]/m,
      },
    },
  },
  {
    ...usual,
    id: 'pipenv',
    kind: 'language',
    calls: [['pipenv'], ['python', '-m', 'pipenv'], ['python3', '-m', 'pipenv']],
    verbs: ['install', 'sync'],
    valued: ['--categories', '--python', '-i', '--index', '--pypi-mirror', '--extra-pip-args'],
    manifestOptions: ['-r', '--requirements'],
    manifests: ['Pipfile'],
    lockFiles: ['Pipfile.lock'],
    cache: {
      folders: ['~/.cache/pipenv', '~/.cache/pip'],
      movedBy: { options: [], variables: ['PIPENV_CACHE_DIR'] },
      flags: [],
      variables: [PIP_NO_CACHE_DIR],
      cleaners: [['pipenv', '--clear']],
    },
    lock: {
      verbs: ['sync'],
      flags: [{ name: '--deploy' }, { name: '--ignore-pipfile' }],
      variables: [{ name: 'PIPENV_IGNORE_PIPFILE', value: YES }],
      settledBy: [],
      write: 'pipenv install --deploy',
    },
    development: {
      comeByDefault: false,
      leftOutBy: { flags: [], variables: [] },
      askedFor: {
        flags: [{ name: '--dev' }, { name: '-d' }, { name: '--categories', value: DEV_GROUP }],
        variables: [{ name: 'PIPENV_DEV', value: YES }],
      },
      settledBy: [],
      write: 'pipenv install --deploy',
      listedIn: {},
    },
  },
  {
    ...python,
    id: 'pdm',
    calls: [['pdm'], ['python', '-m', 'pdm'], ['python3', '-m', 'pdm']],
    verbs: ['install', 'sync'],
    valued: ['-G', '--group', '--with', '--without', '-p', '--project', '-L', '--lockfile', '-c', '--config', '--venv'],
    lockFiles: ['pdm.lock'],
    lock: {
      verbs: ['sync'],
      flags: [{ name: '--frozen-lockfile' }, { name: '--no-lock' }, { name: '--check' }],
      variables: [{ name: 'PDM_FROZEN_LOCKFILE' }, { name: 'PDM_NO_LOCK' }],
      settledBy: [],
      write: 'pdm install --check --prod',
    },
    development: {
      comeByDefault: true,
      leftOutBy: {
        flags: [{ name: '--prod' }, { name: '--production' }, { name: '--no-dev' }, { name: '--without' }],
        variables: [],
      },
      askedFor: { flags: [{ name: '--dev' }, { name: '-d' }], variables: [] },
      settledBy: [],
      write: 'pdm install --check --prod',
      listedIn: { 'pyproject.toml': /^\[(?:tool\.pdm\.dev-dependencies|dependency-groups)\]/m },
    },
  },
  {
    ...usual,
    id: 'conda',
    kind: 'language',
    calls: ['conda', 'mamba', 'micromamba'].flatMap((program) => [[program, 'env'], [program]]),
    verbs: ['install', 'create', 'update'],
    valued: ['-n', '--name', '-p', '--prefix', '-c', '--channel', '--solver', '--repodata-fn'],
    manifestOptions: ['-f', '--file'],
    manifests: ['environment*.yml', 'environment*.yaml', 'env.yml', 'env.yaml'],
    lockFiles: ['conda-lock.yml'],
    readsManifest: false,
    cache: {
      folders: ['/opt/conda/pkgs', '~/.conda/pkgs', '~/miniconda3/pkgs', '~/micromamba/pkgs'],
      movedBy: { options: [], variables: ['CONDA_PKGS_DIRS'] },
      flags: [],
      variables: [],
      cleaners: [
        ['conda', 'clean'],
        ['mamba', 'clean'],
        ['micromamba', 'clean'],
      ],
    },
  },
];
