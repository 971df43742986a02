/** What a build may be given, on the real engine: secrets, logins, labels, platform, network; and the checks it makes itself. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';
import { warningFindings } from '../../../src/core/report/build-warnings.ts';
import { analyze } from '../../../src/core/analyze.ts';
import { Finding } from '../../../src/schemas/finding.ts';
import type { BuildStep } from '../../../src/schemas/report.ts';
import { startRegistry } from '../../helpers/small-registry.ts';
import { subjectOf } from '../../helpers/subject.ts';
import { buildOf, direct, engineUnderTest, never } from './engine-under-test.ts';

const instance = `test-options-${randomUUID()}`;
const engine = engineUnderTest({ instance });
/** Makes a RUN that no cache knows. */
const fresh = randomUUID();

t.teardown(async () => {
  await engine.sweep([]);
  engine.close();
});

const step = (steps: readonly BuildStep[], part: string): BuildStep | undefined =>
  steps.find(({ name }) => name.includes(part));

await t.test('a secret is there while its step runs, and nowhere afterwards', async (t) => {
  const value = `k7Gt2xQz-${fresh}`;
  const dockerfile = [
    'FROM busybox',
    'RUN --mount=type=secret,id=token test "$(wc -c < /run/secrets/token)" = 45 && sha1sum /run/secrets/token',
    'RUN --mount=type=secret,id=token,env=TOKEN test -n "$TOKEN"',
    'RUN --mount=type=secret,id=other test ! -e /run/secrets/other',
    'RUN test ! -e /run/secrets/token',
  ].join('\n');
  const built = await engine.build(buildOf(dockerfile, { secrets: { token: value }, noCache: true }), never);
  t.ok(built.image, built.failure?.message ?? '');
  const image = direct.getImage(built.image?.id ?? '');
  const whole: Buffer[] = [];
  for await (const chunk of await image.get()) whole.push(Buffer.from(chunk));
  t.notOk(Buffer.concat(whole).includes(value), 'not in a layer, not in the configuration');
  t.notOk(JSON.stringify(built).includes(value), 'not in what is told of the build');
});

await t.test('names that every object has are not the names of secrets', async (t) => {
  const dockerfile = 'FROM busybox\nRUN --mount=type=secret,id=constructor,required=true true\n';
  const { failure } = await engine.build(buildOf(dockerfile, { secrets: { token: 'value' } }), never);
  t.match(failure?.message, /constructor: not found/);
});

await t.test('a login opens its own registry, and no other host is told of it', async (t) => {
  const mine = await startRegistry({ username: 'ship', password: `pw-${fresh}` });
  const other = await startRegistry({ username: 'ship', password: `pw-${fresh}` });
  t.teardown(() => {
    mine.close();
    other.close();
  });
  const registries = { [mine.host]: { username: 'ship', password: `pw-${fresh}` } };
  const good = await engine.build(
    buildOf(`FROM ${mine.host}/private/app:1\nCOPY --from=${other.host}/open/app:1 /hello /again\n`, { registries }),
    never,
  );
  t.ok(good.image, good.failure?.message ?? '');
  t.ok(mine.logins.includes(`ship:pw-${fresh}`));

  const evil = await engine.build(buildOf(`FROM ${other.host}/private/app:2\n`, { registries }), never);
  t.match(evil.failure?.message, /401|authorization|unauthorized/i);
  t.same(other.logins, [], 'the other registry was never shown a login');
});

await t.test('labels are put on the image, and cannot take the place of ours', async (t) => {
  const request = buildOf('FROM busybox\nLABEL a=file\n', {
    labels: { a: 'given', 'org.opencontainers.image.revision': 'abc', 'drydock.build': 'evil' },
  });
  const { image } = await engine.build(request, never);
  const { Config } = await direct.getImage(image?.id ?? '').inspect();
  t.match(Config.Labels, {
    a: 'given',
    'org.opencontainers.image.revision': 'abc',
    'drydock.build': request.buildId,
    'drydock.instance': instance,
  });
});

await t.test('without the cache every step is run anew', async (t) => {
  const dockerfile = `FROM busybox\nRUN echo ${fresh}\n`;
  await engine.build(buildOf(dockerfile), never);
  const cached = await engine.build(buildOf(dockerfile), never);
  const anew = await engine.build(buildOf(dockerfile, { noCache: true }), never);
  t.equal(step(cached.steps, 'RUN')?.cached, true);
  t.equal(step(anew.steps, 'RUN')?.cached, false);
});

await t.test('the platform is that of the image, and a build without network has none', async (t) => {
  const { image, failure } = await engine.build(
    buildOf('FROM scratch\nCOPY a /a\n', { files: { a: 'x' }, platform: 'linux/s390x' }),
    never,
  );
  t.equal(failure, undefined);
  t.equal((await direct.getImage(image?.id ?? '').inspect()).Architecture, 's390x');

  const alone = await engine.build(
    buildOf(`FROM busybox\nRUN ls /sys/class/net # ${fresh}\n`, { network: 'none' }),
    never,
  );
  t.equal(step(alone.steps, 'RUN')?.log.trim(), 'lo');
});

await t.test('steps tell when they began and ended, and what was run', async (t) => {
  const { steps, durationMs } = await engine.build(
    buildOf(`FROM busybox\nRUN sleep 0.3 # ${fresh}\nRUN sleep 0.2 # ${fresh}\n`),
    never,
  );
  const [one, two] = [step(steps, 'sleep 0.3'), step(steps, 'sleep 0.2')];
  t.equal(one?.command, `RUN sleep 0.3 # ${fresh}`);
  t.ok((one?.endedMs ?? 0) - (one?.startedMs ?? 0) >= 300, JSON.stringify(one));
  t.ok((two?.startedMs ?? 0) >= (one?.endedMs ?? Infinity), 'one after the other');
  // Two clocks: the builder's and ours. From the first RUN on, as the base may be unpacked for another build that began earlier.
  const spent = (two?.endedMs ?? Infinity) - (one?.startedMs ?? 0);
  t.ok(spent <= durationMs + 100, `${spent} of ${durationMs}`);
  t.equal(Math.min(...steps.flatMap(({ startedMs }) => startedMs ?? [])), 0);
  t.equal(step(steps, '[internal]')?.command, null);
});

await t.test('a step that another build has begun tells its whole time', async (t) => {
  const shared = `FROM busybox\nRUN sleep 3 # ${fresh}\n`;
  const earlier = engine.build(buildOf(`${shared}RUN echo earlier`), never);
  await sleep(2000);
  const { steps, durationMs } = await engine.build(buildOf(`${shared}RUN echo later`), never);
  await earlier;
  const [context, slept] = [step(steps, '[internal] load'), step(steps, 'sleep 3')];
  t.ok((slept?.durationMs ?? 0) >= 3000, JSON.stringify(slept));
  t.ok(durationMs < 3000, 'of which this build waited for the rest');
  t.ok((context?.startedMs ?? 0) > 0, 'what is its own came later');
  t.equal(slept?.cached, false);
});

await t.test("the builder's own checks become findings, and nothing is said twice", async (t) => {
  const dockerfile = [
    'FROM busybox as Base',
    'WORKDIR /app',
    'ARG KNOWN=1',
    'ENV GREETING hello',
    'RUN echo ${NO_SUCH}',
    'CMD echo one',
    'FROM base',
    'CMD echo $MISSPELT',
  ].join('\n');
  const { warnings, failure } = await engine.build(buildOf(dockerfile), never);
  t.equal(failure, undefined);
  const parsed = parseDockerfile(dockerfile);
  const ours = analyze(subjectOf(dockerfile)).findings;
  const findings = warningFindings(warnings, parsed, 'Dockerfile', ours);
  const said = findings.map(({ aliases, span, severity }) => `${span?.line} ${aliases[0]} ${severity}`);
  const named = ours.flatMap(({ aliases, span }) => aliases.map((alias) => `${span?.line} ${alias}`));
  t.ok(named.includes('8 JSONArgsRecommended'), 'a rule of ours sees the CMD of the target');
  t.notOk(
    said.some((one) => one.startsWith('8 JSONArgsRecommended')),
    'so the builder does not repeat it',
  );
  t.notOk(
    said.some((one) => named.some((other) => one.startsWith(`${other} `))),
    'nor anything else',
  );
  for (const wanted of ['1 FromAsCasing style', '1 StageNameCasing style', '4 LegacyKeyValueFormat style']) {
    t.ok(said.includes(wanted) || named.includes(wanted.replace(/ \w+$/, '')), `${wanted} in ${said.join(', ')}`);
  }
  for (const finding of findings) {
    t.ok(Finding.safeParse(finding).success, 'has the form of a finding');
    t.match(finding, { rule: 'build-check', item: 'builds-and-starts', why: /./, fix: /# check=skip=/ });
  }
  t.equal(new Set(findings.map(({ fingerprint }) => fingerprint)).size, findings.length);
  const skipped = await engine.build(buildOf(`# check=skip=all\n${dockerfile}`), never);
  t.same(skipped.warnings, [], 'and the author can switch them off');
});

t.test('a warning of an older engine, or of a form that is not known, is no finding', async (t) => {
  const dockerfile = parseDockerfile('FROM busybox\n');
  t.same(warningFindings([], dockerfile, 'Dockerfile', []), []);
  const odd = { text: 'something odd', detail: '', url: '', line: null };
  t.same(warningFindings([odd], dockerfile, 'Dockerfile', []), []);
  const [undefinedVar] = warningFindings(
    [{ text: "UndefinedVar: Usage of undefined variable '$A' (line 1)", detail: '', url: '', line: 1 }],
    dockerfile,
    'Dockerfile',
    [],
  );
  t.match(undefinedVar, { severity: 'warning', aliases: ['UndefinedVar'], span: { line: 1 } });
});
