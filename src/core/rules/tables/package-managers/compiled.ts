/**
 * Package managers of languages that compile: Go, Cargo, Maven, Gradle, .NET. Each stands here twice: the step that fetches
 * dependencies alone, and the compilation, which needs the source and fetches what is not there yet.
 */
import { usual } from './types.ts';
import type { PackageManager } from './types.ts';

const go = { ...usual, kind: 'language', manifests: ['go.mod'], lockFiles: ['go.sum'] } as const;

const cargo = {
  ...usual,
  kind: 'language',
  manifests: ['Cargo.toml'],
  lockFiles: ['Cargo.lock'],
  valued: [
    ...['--bin', '--package', '-p', '--target', '--features', '-F', '--profile', '--path', '--manifest-path', '--root'],
    ...['--target-dir', '-j', '--jobs', '--config', '--example', '--test', '--version', '--git', '--tag', '--branch'],
    ...['--rev', '--recipe-path', '--exclude'],
  ],
} as const;

const maven = {
  ...usual,
  kind: 'language',
  calls: [['mvn'], ['mvnw'], ['mvnd']],
  manifests: ['pom.xml'],
  manyVerbs: true,
  takesPaths: true,
  valued: ['-f', '--file', '-s', '--settings', '-gs', '-P', '-pl', '--projects', '-T', '--threads', '-l'],
} as const;

const gradle = {
  ...usual,
  kind: 'language',
  calls: [['gradle'], ['gradlew']],
  manifests: ['*.gradle', '*.gradle.kts', 'gradle.properties', 'libs.versions.toml'],
  manyVerbs: true,
  takesPaths: true,
  valued: ['-p', '--project-dir', '-b', '--build-file', '-x', '--exclude-task', '-c', '-g', '--gradle-user-home', '-I'],
} as const;

const dotnet = {
  ...usual,
  kind: 'language',
  calls: [['dotnet']],
  manifests: [
    ...['*.csproj', '*.fsproj', '*.vbproj', '*.sln', '*.slnx', 'nuget.config', 'NuGet.Config', 'NuGet.config'],
    ...['Directory.Build.props', 'Directory.Packages.props', 'global.json'],
  ],
  lockFiles: ['packages.lock.json'],
  takesPaths: true,
  valued: ['-r', '--runtime', '-c', '--configuration', '-o', '--output', '-f', '--framework', '-v', '--verbosity'],
} as const;

/** The package managers of languages that compile. */
export const compiledManagers: readonly PackageManager[] = [
  { ...go, id: 'go', calls: [['go', 'mod']], verbs: ['download', 'vendor'] },
  {
    ...go,
    id: 'go build',
    step: 'compile',
    fetchedBy: 'go mod download',
    calls: [['go']],
    verbs: ['build', 'install', 'get', 'test'],
    valued: ['-o', '-ldflags', '-tags', '-gcflags', '-asmflags', '-mod', '-p', '-C', '-buildmode', '-overlay', '-pgo'],
  },
  { ...cargo, id: 'cargo', calls: [['cargo', 'chef'], ['cargo']], verbs: ['cook', 'fetch', 'vendor'] },
  {
    ...cargo,
    id: 'cargo build',
    step: 'compile',
    fetchedBy: 'cargo chef cook',
    calls: [['cargo']],
    verbs: ['build', 'b', 'install', 'zigbuild', 'leptos', 'test'],
    lock: {
      verbs: [],
      flags: [{ name: '--locked' }, { name: '--frozen' }],
      variables: [],
      settledBy: [],
      write: 'cargo build --release --locked',
    },
  },
  {
    ...maven,
    id: 'maven',
    verbs: [],
    verbForm: /^dependency:|offline|resolve/,
  },
  {
    ...maven,
    id: 'maven build',
    step: 'compile',
    fetchedBy: 'mvn dependency:go-offline',
    verbs: ['package', 'install', 'verify', 'compile', 'test', 'deploy', 'build', 'repackage', 'assembly', 'single'],
  },
  {
    ...gradle,
    id: 'gradle',
    verbs: [],
    verbForm: /download|resolve|dependenc|offline|fetch/i,
  },
  {
    ...gradle,
    id: 'gradle build',
    step: 'compile',
    fetchedBy: 'gradle dependencies',
    verbs: [
      ...['build', 'assemble', 'bootJar', 'bootWar', 'shadowJar', 'installDist', 'jar', 'war', 'test', 'classes'],
      ...[
        'compileJava',
        'compileKotlin',
        'distTar',
        'distZip',
        'buildFatJar',
        'fatJar',
        'nativeCompile',
        'quarkusBuild',
      ],
    ],
  },
  { ...dotnet, id: 'dotnet', calls: [['dotnet'], ['nuget']], verbs: ['restore'] },
  {
    ...dotnet,
    id: 'dotnet build',
    step: 'compile',
    fetchedBy: 'dotnet restore',
    verbs: ['publish', 'build', 'test', 'pack'],
  },
];
