/**
 * Builds tap without its TypeScript plugin, once per install.
 *
 * TypeScript 7 has no JavaScript API, so @tapjs/typescript crashes; Node runs .ts by itself. Switching the plugin off in
 * .taprc is not enough: the loader that tap was published with still names it, until `tap build` has made a new one.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const built = 'node_modules/@tapjs/test/test-built/src/index.ts';

if (!existsSync(built) || readFileSync(built, 'utf8').includes('@tapjs/typescript')) {
  execFileSync('node_modules/.bin/tap', ['build'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
