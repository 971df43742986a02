/**
 * Runs every test, in two turns: first all that needs no browser, then the page. A browser drops what it is loading whenever an engine
 * on the same machine makes or removes a network, which the tests of the first turn do all the time; those of the page that need an
 * engine themselves come last, one by one. Arguments go to tap; where they name test files, only those run.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const given = process.argv.slice(2);
const isPage = (file: string): boolean => file.startsWith('test/dashboard/');
const isEngine = (file: string): boolean => file.endsWith('.engine.test.ts');

const all = globSync('test/**/*.test.ts')
  .filter((file) => !file.startsWith('test/fixtures/'))
  .toSorted();
const turns = given.some((argument) => argument.endsWith('.test.ts'))
  ? [given]
  : [
      [...given, ...all.filter((file) => !isPage(file))],
      [...given, '--jobs=2', ...all.filter((file) => isPage(file) && !isEngine(file))],
      [...given, '--jobs=1', ...all.filter((file) => isPage(file) && isEngine(file))],
    ];
for (const turn of turns) {
  const { status, error } = spawnSync('node_modules/.bin/tap', turn, { stdio: 'inherit' });
  if (error !== undefined) throw error;
  // What comes after is told all the same: one run, one list of what is wrong.
  if (status !== 0) process.exitCode = status ?? 1;
}
