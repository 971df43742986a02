/**
 * `npm run bench NAME -- [--json FILE] …`: runs the measurement of that name, and ends with its ratios as JSON, with the machine and the
 * day beside them: printed, or written into FILE. What is measured and how stands in docs/benchmarks.md.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

/** Runs a measurement, prints what a reader wants to see, and answers the figures; `undefined`: there are none to tell. */
type Run = (args: readonly string[]) => object | undefined | Promise<object | undefined>;

const benches: Readonly<Record<string, () => Promise<{ readonly run: Run }>>> = {
  analyze: () => import('./analyze.ts'),
  http: () => import('./http.ts'),
  layers: () => import('./layers.ts'),
  parse: () => import('./parse.ts'),
  queue: () => import('./queue.ts'),
  start: () => import('./start.ts'),
  upload: () => import('./upload.ts'),
  verify: () => import('./verify.ts'),
};

const [name = '', ...given] = process.argv.slice(2);
const load = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (load === undefined) {
  console.error(`npm run bench NAME, where NAME is one of: ${Object.keys(benches).join(', ')}`);
  process.exitCode = 2;
} else {
  const words = given.filter((arg) => arg !== '--');
  const at = words.indexOf('--json');
  const [, file] = at === -1 ? [] : words.splice(at, 2);
  const machine = { cores: availableParallelism(), load: loadavg()[0], node: process.version };
  const { run } = await load();
  const figures = await run(words);
  if (figures !== undefined) {
    const text = JSON.stringify({ bench: name, date: new Date().toISOString(), machine, ...figures }, undefined, 2);
    if (file === undefined) console.log(`\n${text}`);
    else writeFileSync(file, `${text}\n`);
  }
}
