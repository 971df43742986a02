/**
 * `npm run release -- VERSION [--dry-run]`: everything that has to be true of a release, then the image and the tag. Pushes nothing.
 * A dry run checks the same and prints what would be run.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/** Words of a command. */
type Command = readonly [program: string, ...words: string[]];

const VERSION = /^\d+\.\d+\.\d+(?:-[\da-z.]+)?$/;
const Manifest = z.object({ version: z.string() });

/** What keeps this version from being released, in sentences; none: nothing. */
function obstacles(version: string): readonly string[] {
  if (!VERSION.test(version)) return [`${version} is no version: three numbers, such as 1.2.3.`];
  const said = Manifest.parse(JSON.parse(readFileSync('package.json', 'utf8'))).version;
  const changes = existsSync('CHANGELOG.md') ? readFileSync('CHANGELOG.md', 'utf8') : '';
  const heading = new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\] - \\d{4}-\\d{2}-\\d{2}$`, 'm');
  return [
    ...(answers('docker', 'buildx', 'version')
      ? []
      : ["`docker buildx version` does not answer. Dockerfile.prod needs it: install docker's plugin buildx."]),
    ...(said === version ? [] : [`package.json says ${said}: npm version ${version} --no-git-tag-version`]),
    ...(heading.test(changes)
      ? []
      : [`CHANGELOG.md has no heading "## [${version}] - YYYY-MM-DD": put it below "## [Unreleased]".`]),
    ...(asked('git', 'status', '--porcelain') === ''
      ? []
      : ['The working tree is not clean: commit or remove what it holds.']),
    ...(asked('git', 'tag', '--list', `v${version}`) === '' ? [] : [`The tag v${version} is there already.`]),
  ];
}

/** What is run, in this order: nothing has a tag that was not tested and built. */
function steps(version: string): readonly Command[] {
  const labels = {
    version,
    revision: asked('git', 'rev-parse', 'HEAD'),
    // Of the commit, so that the same source is the same image.
    created: asked('git', 'show', '-s', '--format=%cI', 'HEAD'),
  };
  const labelled = Object.entries(labels).flatMap(([key, value]) => [
    '--label',
    `org.opencontainers.image.${key}=${value}`,
  ]);
  return [
    ['npm', 'run', 'ready'],
    ['docker', 'build', '--file', 'Dockerfile.prod', ...labelled, '--tag', `drydock:${version}`, '.'],
    ['git', 'tag', '--annotate', `v${version}`, '--message', `Drydock ${version}`],
  ];
}

function asked(...[program, ...words]: Command): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** Whether a command is there and ends well. */
function answers(...[program, ...words]: Command): boolean {
  return spawnSync(program, words, { stdio: 'ignore' }).status === 0;
}

function release(version: string, isDry: boolean): number {
  const why = obstacles(version);
  for (const sentence of why) console.error(sentence);
  if (why.length > 0) return 1;
  for (const [program, ...words] of steps(version)) {
    console.log([program, ...words.map((word) => (/\s/.test(word) ? `'${word}'` : word))].join(' '));
    if (isDry) continue;
    const { status, error } = spawnSync(program, words, { stdio: 'inherit' });
    if (error !== undefined) console.error(error.message);
    if (status !== 0) return status ?? 1;
  }
  console.log(isDry ? 'Nothing was run.' : `Now: git push origin v${version}, and push the image drydock:${version}.`);
  return 0;
}

const [version, ...options] = process.argv
  .slice(2)
  .toSorted((one, other) => Number(one.startsWith('--')) - Number(other.startsWith('--')));
if (version === undefined || version.startsWith('--') || options.some((one) => one !== '--dry-run')) {
  console.error('npm run release -- VERSION [--dry-run]');
  process.exitCode = 2;
} else {
  process.exitCode = release(version, options.includes('--dry-run'));
}
