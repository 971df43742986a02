/**
 * Runs the tests that need no Docker engine: every test file but `*.engine.test.ts`.
 *
 * Arguments go to tap; where they name test files, only those run: `npm run test:fast -- test/http/analyze.test.ts`.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const given = process.argv.slice(2);
const namesFiles = given.some((argument) => argument.endsWith('.test.ts'));
const files = namesFiles
  ? []
  : globSync('test/**/*.test.ts')
      .filter((file) => !file.endsWith('.engine.test.ts') && !file.startsWith('test/fixtures/'))
      .toSorted();

const { status, error } = spawnSync('node_modules/.bin/tap', [...given, ...files], { stdio: 'inherit' });
if (error !== undefined) throw error;
process.exitCode = status ?? 1;
