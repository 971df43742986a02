/** Builds that are broken in every way of the list, on the real engine: each cause is named, and its near neighbours are not. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import { parseDockerfile } from '../../src/core/dockerfile/parse.ts';
import { makeBuildContext } from '../../src/core/context/build-context.ts';
import { parseIgnoreFile } from '../../src/core/context/ignore.ts';
import { sentToBuilder, withoutFrontend } from '../../src/core/prepare-build.ts';
import { BuildCause, BuildFailure } from '../../src/schemas/report.ts';
import { explainFailure } from '../../src/core/build-failure.ts';
import type { FailureSeen } from '../../src/core/build-failure.ts';
import { buildWithDeadline } from '../../src/use-cases/build-image.ts';
import { buildOf, clock, engineUnderTest, never } from '../adapters/docker/engine-under-test.ts';
import { startRegistry } from '../helpers/small-registry.ts';
import { lacking } from './broken-builds.ts';
import type { Broken } from './broken-builds.ts';
import { failing } from './broken-commands.ts';

const engine = engineUnderTest({ instance: `test-causes-${randomUUID()}` });
const registry = await startRegistry({ username: 'ship', password: 'k7Gt2xQz' });

t.teardown(async () => {
  registry.close();
  await engine.sweep([]);
  engine.close();
});

/** Builds it as a verification would: ignored files left out, the frontend taken out, the failure explained. */
async function failureOf({
  dockerfile: text,
  files = {},
  more = {},
  seconds = 60,
}: Broken): Promise<BuildFailure | undefined> {
  const dockerfile = parseDockerfile(text, more.target === undefined ? {} : { target: more.target });
  const ignoreText = files['.dockerignore'];
  const ignore = ignoreText === undefined ? undefined : parseIgnoreFile(ignoreText, '.dockerignore');
  const keeps = sentToBuilder(ignore, 'Dockerfile');
  const all = { Dockerfile: text, ...files };
  const context = makeBuildContext({
    files: Object.entries(all).map(([path, content]) => ({ path, sizeBytes: content.length, content })),
    ...(ignore === undefined ? {} : { ignore }),
  });
  const sent = Object.entries(files).filter(([path]) => keeps(path, false));
  const request = buildOf(text, {
    files: { ...Object.fromEntries(sent), Dockerfile: withoutFrontend(dockerfile).text },
    ...more,
  });
  const job = {
    engine,
    clock,
    buildTimeoutMs: seconds * 1000,
    explain: async (seen: FailureSeen) => explainFailure(seen, { dockerfile, context }),
  };
  return (await buildWithDeadline(job, never, request)).failure;
}

// Those that wait for their deadline first: the others run beside them.
const broken = [...failing, ...lacking(registry.host)].toSorted(
  (one, other) => (one.seconds ?? 60) - (other.seconds ?? 60),
);

await t.test('each cause is named, and the advice names what it is about', { jobs: 4 }, async (t) => {
  for (const one of broken) {
    void t.test(`${one.cause}: ${one.title}`, async (t) => {
      const failure = await failureOf(one);
      t.equal(failure?.cause, one.cause, `${failure?.message ?? 'it was built'}\n${failure?.log ?? ''}`);
      t.match(failure?.advice, one.names);
      t.ok(BuildFailure.safeParse(failure).success, 'has the form of the report');
      t.notMatch(failure?.advice, /k7Gt2xQz/);
    });
  }
});

await t.test('every cause is broken at least twice', async (t) => {
  for (const cause of BuildCause.options.filter((one) => one !== 'unknown')) {
    t.ok(broken.filter((one) => one.cause === cause).length >= 2, cause);
  }
});
