/** Building on the real engine: steps, cache, lines, output, and each way to fail. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import t from 'tap';
import type { BuildStep } from '../../../src/schemas/report.ts';
import { BuildFailure, BuildStep as Step } from '../../../src/schemas/report.ts';
import { buildOf, direct, engineUnderTest, leftOver, never } from './engine-under-test.ts';

const instance = `test-build-${randomUUID()}`;
const engine = engineUnderTest({ instance });
/** A failure before it is explained. */
const Failure = BuildFailure.omit({ cause: true, advice: true });
/** Makes a RUN that no cache knows. */
const fresh = randomUUID();

t.teardown(async () => {
  await engine.sweep([]);
  engine.close();
});

const told = (steps: readonly BuildStep[]): readonly string[] =>
  steps.filter(({ line }) => line !== null).map(({ line, name }) => `${line} ${name}`);
const step = (steps: readonly BuildStep[], part: string): BuildStep | undefined =>
  steps.find(({ name }) => name.includes(part));

await t.test('a build tells its steps, and the second time takes them from the cache', async (t) => {
  const dockerfile = `FROM busybox\nWORKDIR /app\nCOPY a .\nRUN echo ${fresh}; sleep 0.3; printf '\\033[31mred\\033[0m'\nCMD ["./a"]\n`;
  const seen: (readonly BuildStep[])[] = [];
  const request = buildOf(dockerfile, { files: { a: 'x' }, onStep: (steps) => seen.push(steps) });
  const first = await engine.build(request, never);

  t.equal(first.failure, undefined);
  t.match(first.image, { id: /^sha256:[0-9a-f]{64}$/, sizeBytes: Number });
  t.ok(first.durationMs > 0);
  const run = step(first.steps, 'RUN echo');
  t.match(run, { line: 4, cached: false, error: null, log: `${fresh}\nred` });
  t.ok((run?.durationMs ?? 0) > 0, 'a RUN takes time');
  t.ok(
    first.steps.every((one) => Step.safeParse(one).success),
    'every step has the form of the report',
  );
  t.same(seen.at(-1), first.steps, 'the last word of onStep is the result');
  t.ok(
    seen.some((steps) => step(steps, 'RUN echo')?.durationMs === null),
    'and there are words before it',
  );

  const image = await direct.getImage(first.image?.id ?? '').inspect();
  t.match(image.Config.Labels, { 'drydock.build': request.buildId, 'drydock.instance': instance });
  t.same(image.RepoTags, [`drydock/${request.buildId}:build`]);

  const second = await engine.build(buildOf(dockerfile, { files: { a: 'x' } }), never);
  t.same(
    ['WORKDIR', 'COPY', 'RUN'].map((name) => step(second.steps, name)?.cached),
    [true, true, true],
  );
  const changed = await engine.build(buildOf(dockerfile, { files: { a: `${fresh} changed` } }), never);
  t.same(
    ['WORKDIR', 'COPY', 'RUN'].map((name) => step(changed.steps, name)?.cached),
    [true, false, false],
    'what follows a changed file is built anew',
  );
});

await t.test('every step of several stages finds its line', async (t) => {
  // Names that nobody else builds upon at the same time: a step that is shared is called what it is called there.
  const own = `drydock-test-${fresh}`;
  for (const [image, tag] of [
    ['busybox', 'base'],
    ['alpine:3.20', 'final'],
    ['debian:bookworm-slim', 'copied'],
    ['alpine:3.22', 'mounted'],
  ] as const) {
    await direct.getImage(image).tag({ repo: own, tag });
    t.teardown(() => direct.getImage(`${own}:${tag}`).remove());
  }
  const dockerfile = [
    `ARG BASE=${own}:base`,
    '# the builder',
    'FROM $BASE AS Builder',
    `RUN echo ${fresh} \\`,
    '    && echo more',
    'ONBUILD RUN echo inherited',
    'FROM builder',
    'WORKDIR /',
    'WORKDIR /w',
    `FROM ${own}:final AS unused`,
    'RUN false',
    `FROM ${own}:final`,
    'WORKDIR /',
    'COPY --from=1 /bin/true /x',
    `COPY --from=${own}:copied /etc/debian_version /y`,
    `RUN --mount=type=bind,from=${own}:mounted,target=/m <<EOF`,
    `echo ${fresh}`,
    'echo b',
    'EOF',
    'COPY <<ONE /z/one',
    '1',
    'ONE',
    '',
  ].join('\n');
  const built = await engine.build(buildOf(dockerfile), never);
  t.ok(built.image, built.failure?.message ?? '');
  t.same(told(built.steps), [
    `3 [internal] load metadata for docker.io/library/${own}:base`,
    `3 [builder 1/2] FROM docker.io/library/${own}:base`,
    `4 [builder 2/2] RUN echo ${fresh}     && echo more`,
    '7 [stage-1 1/3] ONBUILD RUN echo inherited',
    '9 [stage-1 2/3] WORKDIR /w',
    `10 [internal] load metadata for docker.io/library/${own}:final`,
    `12 [stage-3 1/6] FROM docker.io/library/${own}:final`,
    '14 [stage-3 2/6] COPY --from=1 /bin/true /x',
    `15 [internal] load metadata for docker.io/library/${own}:copied`,
    `15 FROM docker.io/library/${own}:copied`,
    `15 [stage-3 3/6] COPY --from=${own}:copied /etc/debian_version /y`,
    `16 [internal] load metadata for docker.io/library/${own}:mounted`,
    `16 FROM docker.io/library/${own}:mounted`,
    `16 [stage-3 4/6] RUN --mount=type=bind,from=${own}:mounted,target=/m <<EOF (echo ${fresh}...)`,
    '20 [stage-3 5/6] COPY <<ONE /z/one',
  ]);
  const target = await engine.build(buildOf(dockerfile, { target: 'builder' }), never);
  t.same(told(target.steps).slice(-1), [`4 [builder 2/2] RUN echo ${fresh}     && echo more`]);
});

const failures: readonly {
  readonly title: string;
  readonly dockerfile: string;
  readonly expected: object;
  readonly more?: Parameters<typeof buildOf>[1];
}[] = [
  {
    title: 'a RUN that fails names step, line, exit code and last words',
    dockerfile: `FROM busybox\nRUN echo ${fresh}\nRUN echo going; \\\n  sleep 0.2; echo wrong >&2; exit 7\nRUN echo never\n`,
    expected: {
      step: /^\[3\/4\] RUN echo going/,
      line: 3,
      exitCode: 7,
      log: 'going\nwrong\n',
      message: /exit code: 7$/,
    },
  },
  {
    title: 'of two stages side by side, the one at fault is named and not the one that was ended with it',
    dockerfile: `FROM busybox AS a\nRUN sleep 60 # ${fresh}\nFROM busybox AS b\nRUN sleep 0.2; exit 3\nFROM a\nCOPY --from=b /etc /e\n`,
    expected: { step: '[b 2/2] RUN sleep 0.2; exit 3', line: 4, exitCode: 3 },
  },
  {
    title: 'an unknown instruction is found by the line that BuildKit names',
    dockerfile: 'FROM busybox\n\nRUNN echo hi\n',
    expected: { step: null, line: 3, exitCode: null, message: /unknown instruction: RUNN/ },
  },
  {
    title: 'a COPY of a file that is not there',
    dockerfile: 'FROM busybox\nCOPY nope.txt /x\n',
    expected: { step: '[2/2] COPY nope.txt /x', line: 2, exitCode: null, message: /nope\.txt.*not found/ },
  },
  {
    title: 'a base image that cannot be had',
    dockerfile: 'FROM busybox AS one\n\nFROM drydock-test.invalid/none:1\nCOPY --from=one /etc /e\n',
    expected: { step: /load metadata for drydock-test\.invalid\/none:1/, line: 3, exitCode: null },
  },
  {
    title: 'an empty Dockerfile',
    dockerfile: '',
    expected: { step: null, line: null, exitCode: null, message: /empty/ },
  },
  {
    title: 'a stage that does not exist',
    dockerfile: 'FROM busybox\n',
    more: { target: 'nope' },
    expected: { step: null, line: null, message: /nope/ },
  },
  {
    title: 'a context that is not an archive',
    dockerfile: 'FROM busybox\n',
    more: { context: Readable.from([Buffer.from('this is no tar')]) },
    expected: { step: null, message: /./ },
  },
  {
    title: 'the network of the machine is refused',
    dockerfile: 'FROM busybox\nRUN --network=host ls /sys/class/net\n',
    expected: { message: /network\.host is not allowed/ },
  },
];
for (const { title, dockerfile, expected, more } of failures) {
  await t.test(`failure: ${title}`, async (t) => {
    const built = await engine.build(buildOf(dockerfile, more), never);
    t.equal(built.image, undefined);
    t.match(built.failure, expected);
    t.ok(Failure.safeParse(built.failure).success, 'has the form of the report');
  });
}

await t.test('a step that was never reached is neither cached nor timed', async (t) => {
  const dockerfile = `FROM busybox\nRUN echo ${randomUUID()}\nRUN echo later\nCOPY nope.txt /x\n`;
  const { steps, failure } = await engine.build(buildOf(dockerfile), never);
  t.equal(failure?.line, 4);
  t.match(step(steps, 'RUN echo later'), { cached: false, durationMs: null, error: null });
});

await t.test('output is bounded at its end, which is the part that tells', async (t) => {
  const noise = `i=0; while [ $i -lt 3000 ]; do echo "line $i of a lot"; i=$((i+1)); done; printf 'bad \\001\\377 end'; exit 1`;
  const { failure } = await engine.build(buildOf(`FROM busybox\nRUN ${noise} # ${fresh}\n`), never);
  t.ok((failure?.log.length ?? 0) <= 20_000 && (failure?.log.length ?? 0) > 15_000);
  t.match(failure?.log, /^line \d+ of a lot\n/, 'it begins with a whole line');
  t.match(failure?.log, /line 2999 of a lot\nbad \uFFFD end$/);
});

await t.test('cache mounts are shared inside a namespace and nowhere else', async (t) => {
  const look = async (cacheNamespace: string): Promise<string> => {
    const run = `RUN --mount=type=cache,id=${fresh},target=/c ls /c; touch /c/mine # ${randomUUID()}`;
    const { steps } = await engine.build(buildOf(`FROM busybox\n${run}\n`, { cacheNamespace }), never);
    return step(steps, 'RUN')?.log ?? 'no step';
  };
  t.equal(await look(`a-${fresh}`), '');
  t.equal(await look(`b-${fresh}`), '', 'another project sees nothing');
  t.equal(await look(`a-${fresh}`), 'mine\n', 'the same project finds what it left');
});

await t.test('build arguments arrive; one that names a frontend does not', async (t) => {
  const buildArgs = {
    WHO: 'drydock & co',
    BUILDKIT_SYNTAX: 'drydock-test.invalid/frontend:1',
    BUILDKIT_CACHE_MOUNT_NS: 'x',
  };
  const { steps, failure } = await engine.build(
    buildOf(`FROM busybox\nARG WHO\nRUN echo "hello $WHO" # ${fresh}\n`, { buildArgs }),
    never,
  );
  t.equal(failure, undefined);
  t.equal(step(steps, 'RUN')?.log, 'hello drydock & co\n');
});

await t.test('afterwards the engine is as it was', async (t) => {
  await engine.sweep([]);
  t.same(await leftOver(instance, [fresh]), []);
});
