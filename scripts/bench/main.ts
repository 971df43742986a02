/** `npm run bench NAME -- …`: runs the measurement of that name. What is measured and how stands in docs/benchmarks.md. */

const benches: Readonly<
  Record<string, () => Promise<{ readonly run: (args: readonly string[]) => void | Promise<void> }>>
> = {
  analyze: () => import('./analyze.ts'),
  http: () => import('./http.ts'),
  layers: () => import('./layers.ts'),
  parse: () => import('./parse.ts'),
  queue: () => import('./queue.ts'),
  start: () => import('./start.ts'),
  upload: () => import('./upload.ts'),
  verify: () => import('./verify.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const load = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (load === undefined) {
  console.error(`npm run bench NAME, where NAME is one of: ${Object.keys(benches).join(', ')}`);
  process.exitCode = 2;
} else {
  const { run } = await load();
  await run(args.filter((arg) => arg !== '--'));
}
