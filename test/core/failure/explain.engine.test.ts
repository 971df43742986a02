/** Builds that are broken in every way of the list, on the real engine: each cause is named, and its near neighbours are not. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';
import { makeBuildContext } from '../../../src/core/context/build-context.ts';
import { parseIgnoreFile } from '../../../src/core/context/ignore.ts';
import { sentToBuilder, withoutFrontend } from '../../../src/core/plan/prepare-build.ts';
import { explainFailure } from '../../../src/core/failure/explain.ts';
import type { FailureSeen } from '../../../src/core/failure/types.ts';
import { BuildCause, BuildFailure } from '../../../src/schemas/report.ts';
import { buildWithDeadline } from '../../../src/use-cases/build-image.ts';
import type { BuildJob } from '../../../src/use-cases/build-image.ts';
import type { ImageBuildRequest } from '../../../src/use-cases/engine-port.ts';
import { buildOf, clock, engineUnderTest, never } from '../../adapters/docker/engine-under-test.ts';
import { startRegistry } from '../../helpers/small-registry.ts';
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
async function failureOf(
  { dockerfile: text, files = {}, more = {}, seconds = 60 }: Pick<Broken, 'dockerfile' | 'files' | 'more' | 'seconds'>,
  means: Partial<BuildJob> = {},
): Promise<BuildFailure | undefined> {
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
  const request = (): ImageBuildRequest =>
    buildOf(text, { files: { ...Object.fromEntries(sent), Dockerfile: withoutFrontend(dockerfile).text }, ...more });
  const explain = async (seen: FailureSeen): Promise<BuildFailure> => explainFailure(seen, { dockerfile, context });
  const job = { engine, clock, buildTimeoutMs: seconds * 1000, dockerfile, explain, ...means };
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

await t.test(
  'a registry that cannot be reached is no result: it is tried again, and then Drydock is at its end',
  async (t) => {
    const { host } = registry;
    const one = { patience: { pausesMs: [], answerMs: 20_000 } };
    const cases: readonly (readonly [string, RegExp])[] = [
      [`FROM ${host}/broken/app`, /^The image localhost:\d+\/broken\/app:latest .*is out of order \(500\)/],
      [`FROM ${host}/reset/app`, /breaks the connection off/],
      [`FROM ${host}/busy/app`, /\(429\)/],
      ['FROM localhost:1/x/y', /the registry localhost:1 accepts no connection/],
      [`FROM ${host.replace('localhost', '127.0.0.2')}/open/app`, /accepts no connection/],
      ['FROM drydock-test.invalid/none:1', /the registry drydock-test\.invalid is not known by name/],
      [`FROM busybox\nCOPY --from=${host}/broken/tool /x /x`, /broken\/tool/],
      [`FROM busybox\nRUN --mount=type=bind,from=${host}/broken/mounted,target=/m true`, /broken\/mounted/],
      ['FROM busybox\nCOPY --from=builder /dist /x', /No stage is called builder/],
    ];
    await Promise.all(
      cases.map(async ([dockerfile, message]) => {
        await t.rejects(failureOf({ dockerfile }, one), { name: 'AppError', message }, dockerfile);
      }),
    );
    await t.rejects(
      failureOf({ dockerfile: `FROM ${host}/mute/app` }, { patience: { pausesMs: [], answerMs: 3000 } }),
      { name: 'AppError', message: /mute\/app.*does not answer in time/ },
      'one that never answers is not waited for until the deadline',
    );
    await t.rejects(
      failureOf({ dockerfile: `FROM ${host}/mute/app`, seconds: 4 }, { patience: { pausesMs: [], answerMs: 60_000 } }),
      { name: 'AppError' },
      'and the deadline in such a wait is not the deadline of the author',
    );
  },
);

await t.test('a registry that is well again at the third try serves its image', async (t) => {
  const told: string[] = [];
  const failure = await failureOf(
    { dockerfile: `FROM ${registry.host}/flaky/app\n` },
    {
      patience: { pausesMs: [100, 100], answerMs: 20_000 },
      onRetry: ({ host, what, failedTries }) => told.push(`${failedTries} ${host} ${what}`),
    },
  );
  t.equal(failure, undefined);
  t.same(
    told,
    [1, 2].map((tries) => `${tries} ${registry.host} is out of order (500)`),
  );

  const given = registry.asked('broken/thrice');
  await t.rejects(
    failureOf(
      { dockerfile: `FROM ${registry.host}/broken/thrice\n` },
      { patience: { pausesMs: [50, 50], answerMs: 20_000 } },
    ),
    { message: /It was tried 3 times\./ },
  );
  t.ok(registry.asked('broken/thrice') - given >= 3, 'and no more often');
  const stop = AbortSignal.timeout(2000);
  await t.rejects(
    failureOf(
      { dockerfile: `FROM ${registry.host}/broken/long\n`, seconds: 3 },
      { patience: { pausesMs: [600_000], answerMs: 20_000 } },
    ),
    { name: 'AppError', message: /tried once/ },
    'the deadline ends a pause as well',
  );
  t.ok(stop.aborted);
});

await t.test('every cause is broken at least twice', async (t) => {
  for (const cause of BuildCause.options.filter((one) => one !== 'unknown')) {
    t.ok(broken.filter((one) => one.cause === cause).length >= 2, cause);
  }
});
