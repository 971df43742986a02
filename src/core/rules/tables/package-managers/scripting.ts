/** Package managers of Ruby, PHP and Elixir: Bundler, RubyGems, Composer, Mix. */
import { YES, usual } from './types.ts';
import type { PackageManager } from './types.ts';

const language = { ...usual, kind: 'language' } as const;

/** The package managers of Ruby, PHP and Elixir. */
export const scriptingManagers: readonly PackageManager[] = [
  {
    ...language,
    id: 'bundler',
    calls: [['bundle'], ['bundler']],
    verbs: ['install', 'i', ''],
    valued: ['--jobs', '-j', '--path', '--gemfile', '--retry', '--without', '--with', '--binstubs'],
    manifests: ['Gemfile', '*.gemspec'],
    lockFiles: ['Gemfile.lock', 'gems.locked'],
    lock: {
      verbs: [],
      flags: [{ name: '--deployment' }, { name: '--frozen' }],
      variables: [{ name: 'BUNDLE_DEPLOYMENT' }, { name: 'BUNDLE_FROZEN' }],
      settledBy: [
        ['bundle', 'config', /^(?:deployment|frozen)$/],
        ['bundle', 'config', 'set', /^(?:deployment|frozen)$/],
      ],
      write: 'BUNDLE_DEPLOYMENT=1 bundle install',
    },
    development: {
      comeByDefault: true,
      leftOutBy: {
        flags: [{ name: '--without', value: /development/ }],
        variables: [{ name: 'BUNDLE_WITHOUT', value: /development/ }, { name: 'BUNDLE_ONLY' }],
      },
      askedFor: { flags: [{ name: '--with', value: /development|test/ }], variables: [] },
      settledBy: [
        ['bundle', 'config', /^(?:without|only)$/],
        ['bundle', 'config', 'set', /^(?:without|only)$/],
        ['bundle', 'clean'],
      ],
      write: 'BUNDLE_WITHOUT="development:test" bundle install',
      listedIn: { Gemfile: /^ *group\b.*:(?:development|test)\b|\bgroups?(?::| ?=>) ?\[? ?:(?:development|test)\b/m },
    },
  },
  {
    ...language,
    id: 'gem',
    calls: [['gem']],
    verbs: ['install', 'i'],
    valued: ['-v', '--version', '-i', '--install-dir', '-n', '--bindir', '-s', '--source', '-P', '--platform', '-p'],
    readsManifest: false,
  },
  {
    ...language,
    id: 'composer',
    calls: [['composer'], ['composer.phar'], ['php', 'composer.phar']],
    verbs: ['install', 'i'],
    valued: ['-d', '--working-dir', '--ignore-platform-req'],
    manifests: ['composer.json'],
    lockFiles: ['composer.lock'],
    cache: {
      folders: ['~/.composer/cache', '~/.cache/composer', '/tmp/cache'],
      movedBy: { options: [], variables: ['COMPOSER_CACHE_DIR', 'COMPOSER_HOME'] },
      flags: ['--no-cache'],
      variables: [{ name: 'COMPOSER_NO_CACHE', mustSayYes: true }],
      cleaners: [
        ['composer', 'clear-cache'],
        ['composer', 'clearcache'],
        ['composer', 'cc'],
      ],
    },
    development: {
      comeByDefault: true,
      leftOutBy: { flags: [{ name: '--no-dev' }], variables: [{ name: 'COMPOSER_NO_DEV', value: YES }] },
      askedFor: { flags: [{ name: '--dev' }], variables: [] },
      settledBy: [],
      write: 'composer install --no-dev',
      listedIn: { 'composer.json': /"require-dev"\s*:\s*\{\s*"/ },
    },
  },
  {
    ...language,
    id: 'mix',
    calls: [['mix']],
    verbs: ['deps.get'],
    valued: ['--only'],
    manifests: ['mix.exs'],
    lockFiles: ['mix.lock'],
  },
];
