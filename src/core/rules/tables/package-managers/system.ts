/** Package managers of the system: apt, apk, dnf and its kin, zypper, pacman. */
import { staysPut, usual } from './types.ts';
import type { PackageManager } from './types.ts';

const system = { ...usual, kind: 'system', readsManifest: false } as const;

/** The package managers of the distributions. */
export const systemManagers: readonly PackageManager[] = [
  {
    ...system,
    id: 'apt',
    calls: [['apt-get'], ['apt'], ['aptitude']],
    verbs: ['install', 'build-dep'],
    valued: ['-o', '--option', '-t', '--target-release', '--default-release', '-c', '--config-file', '-a'],
    // The archives are removed by the configuration that Debian's and Ubuntu's images bring; the lists are not.
    cache: { folders: ['/var/lib/apt/lists'], movedBy: staysPut, flags: [], variables: [], cleaners: [] },
  },
  {
    ...system,
    id: 'apk',
    calls: [['apk']],
    verbs: ['add'],
    valued: [
      ...['-t', '--virtual', '--cache-dir', '-X', '--repository', '-p', '--root', '--keys-dir'],
      ...['--repositories-file', '--arch', '--wait'],
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
    ...system,
    id: 'dnf',
    calls: [['dnf'], ['dnf5'], ['microdnf'], ['yum'], ['tdnf']],
    verbs: ['install', 'groupinstall', 'localinstall', 'reinstall'],
    valued: [
      ...['-c', '--config', '--releasever', '--installroot', '--enablerepo', '--disablerepo', '--setopt', '-x'],
      ...['--repo', '--exclude', '--enable-repo', '--disable-repo', '--disableplugin', '--enableplugin'],
    ],
    cache: {
      folders: ['/var/cache/dnf', '/var/cache/yum', '/var/cache/libdnf5', '/var/cache/tdnf'],
      movedBy: staysPut,
      flags: [],
      variables: [],
      cleaners: [
        ['dnf', 'clean', 'all'],
        ['dnf5', 'clean', 'all'],
        ['microdnf', 'clean', 'all'],
        ['yum', 'clean', 'all'],
        ['tdnf', 'clean', 'all'],
      ],
    },
  },
  {
    ...system,
    id: 'zypper',
    calls: [['zypper']],
    verbs: ['install', 'in'],
    valued: ['-r', '--repo', '--from', '-t', '--type', '-C', '--capability', '-R', '--root', '--installroot'],
    cache: {
      folders: ['/var/cache/zypp'],
      movedBy: { options: ['--cache-dir', '--pkg-cache-dir'], variables: [] },
      flags: [],
      variables: [],
      cleaners: [
        ['zypper', 'clean'],
        ['zypper', 'cc'],
      ],
    },
  },
  {
    ...system,
    id: 'pacman',
    calls: ['-S', '-Sy', '-Su', '-Syu', '-Syy', '-Syyu', '-Syuu', '-Suy'].map((verb) => ['pacman', verb]),
    verbs: [],
    cache: {
      folders: ['/var/cache/pacman/pkg'],
      movedBy: { options: ['--cachedir'], variables: [] },
      flags: [],
      variables: [],
      cleaners: [],
    },
  },
];
