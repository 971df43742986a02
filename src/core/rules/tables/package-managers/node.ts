/** Package managers of JavaScript: npm, Yarn, pnpm, Bun. */
import { YES, usual } from './types.ts';
import type { DevelopmentSwitch, PackageManager } from './types.ts';

const node = { ...usual, kind: 'language', manifests: ['package.json'] } as const;

const NOT_NO = /^(?!false$|0$)/;
const PRODUCTION = [
  { name: '--production', value: NOT_NO },
  { name: '--prod', value: NOT_NO },
] as const;

const withoutDevelopment: DevelopmentSwitch = {
  comeByDefault: true,
  leftOutBy: {
    flags: [
      ...PRODUCTION,
      { name: '--omit', value: /\bdev\b/ },
      { name: '--only', value: /^prod/ },
      { name: '--no-dev' },
      { name: '-P' },
    ],
    variables: [
      { name: 'NODE_ENV', value: /^production$/ },
      { name: 'NPM_CONFIG_PRODUCTION', value: YES },
      { name: 'npm_config_production', value: YES },
      { name: 'NPM_CONFIG_OMIT', value: /\bdev\b/ },
      { name: 'npm_config_omit', value: /\bdev\b/ },
      { name: 'NPM_CONFIG_ONLY', value: /^prod/ },
      { name: 'YARN_PRODUCTION', value: YES },
    ],
  },
  askedFor: {
    flags: [
      { name: '--include', value: /\bdev\b/ },
      { name: '--production', value: /^(?:false|0)$/ },
      { name: '--prod', value: /^(?:false|0)$/ },
      { name: '--also', value: /^dev/ },
    ],
    variables: [],
  },
  settledBy: [
    ['npm', 'prune'],
    ['pnpm', 'prune'],
    ['pnpm', /^deploy$/],
    ['yarn', 'workspaces', 'focus'],
    ['npm', 'config', 'set', /^(?:omit|only|production)$/],
    ['npm', 'set', /^(?:omit|only|production)$/],
    ['node-prune'],
  ],
  write: 'npm ci --omit=dev',
  listedIn: { 'package.json': /"devDependencies"\s*:\s*\{\s*"/ },
};

/** The package managers of JavaScript. */
export const nodeManagers: readonly PackageManager[] = [
  {
    ...node,
    id: 'npm',
    calls: [['npm']],
    verbs: ['install', 'i', 'ci', 'clean-install', 'ic', 'install-clean', 'add'],
    valued: [
      ...['--registry', '--prefix', '-C', '--omit', '--include', '--loglevel', '-w', '--workspace', '--cache', '--tag'],
      ...[
        '--only',
        '--also',
        '--fetch-timeout',
        '--fetch-retries',
        '--maxsockets',
        '--userconfig',
        '--install-strategy',
      ],
    ],
    lockFiles: ['package-lock.json', 'npm-shrinkwrap.json'],
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
    lock: {
      verbs: ['ci', 'clean-install', 'ic', 'install-clean'],
      flags: [],
      variables: [],
      settledBy: [],
      write: 'npm ci',
    },
    development: withoutDevelopment,
  },
  {
    ...node,
    id: 'yarn',
    calls: [['yarn', 'global'], ['yarn', 'workspaces'], ['yarn'], ['yarnpkg']],
    verbs: ['install', 'add', 'focus', ''],
    valued: ['--cwd', '--cache-folder', '--modules-folder', '--network-timeout', '--registry', '--mode', '--mutex'],
    lockFiles: ['yarn.lock'],
    cache: {
      folders: ['/usr/local/share/.cache', '~/.cache/yarn', '~/.yarn/berry/cache'],
      movedBy: { options: ['--cache-folder'], variables: ['YARN_CACHE_FOLDER'] },
      flags: [],
      variables: [],
      cleaners: [['yarn', 'cache', 'clean']],
    },
    lock: {
      verbs: ['focus'],
      flags: [
        { name: '--frozen-lockfile' },
        { name: '--immutable' },
        { name: '--immutable-cache' },
        { name: '--check-cache' },
      ],
      variables: [{ name: 'CI' }, { name: 'YARN_ENABLE_IMMUTABLE_INSTALLS', value: YES }],
      settledBy: [['yarn', 'config', 'set', 'enableImmutableInstalls']],
      write: 'yarn install --frozen-lockfile` (Yarn 1) or `yarn install --immutable',
    },
    development: { ...withoutDevelopment, write: 'yarn install --frozen-lockfile --production' },
  },
  {
    ...node,
    id: 'pnpm',
    calls: [['pnpm']],
    verbs: ['install', 'i', 'ci', 'add', 'fetch'],
    valued: ['--dir', '-C', '--filter', '-F', '--registry', '--reporter', '--store-dir', '--loglevel', '--node-linker'],
    lockFiles: ['pnpm-lock.yaml'],
    // node_modules links into the store: it is not a copy that could go.
    lock: {
      verbs: ['ci', 'fetch'],
      flags: [{ name: '--frozen-lockfile', value: NOT_NO }, { name: '--offline' }],
      variables: [{ name: 'CI' }, { name: 'PNPM_CONFIG_FROZEN_LOCKFILE' }, { name: 'npm_config_frozen_lockfile' }],
      settledBy: [['pnpm', 'config', 'set', 'frozen-lockfile']],
      write: 'pnpm install --frozen-lockfile',
    },
    development: { ...withoutDevelopment, write: 'pnpm install --frozen-lockfile --prod' },
  },
  {
    ...node,
    id: 'bun',
    calls: [['bun']],
    verbs: ['install', 'i', 'ci', 'add'],
    valued: ['--cwd', '--registry', '--omit', '--filter', '--backend', '--cache-dir', '-c', '--config'],
    lockFiles: ['bun.lock', 'bun.lockb'],
    // Bun links from its cache as pnpm does.
    lock: {
      verbs: ['ci'],
      flags: [{ name: '--frozen-lockfile' }, ...PRODUCTION, { name: '-p' }],
      variables: [],
      settledBy: [],
      write: 'bun install --frozen-lockfile',
    },
    development: {
      ...withoutDevelopment,
      leftOutBy: { ...withoutDevelopment.leftOutBy, flags: [...withoutDevelopment.leftOutBy.flags, { name: '-p' }] },
      write: 'bun install --frozen-lockfile --production',
    },
  },
];
