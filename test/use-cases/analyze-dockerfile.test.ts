/** Policies, drydock.yaml and fixes on their way through the use case. */
import t from 'tap';
import { makeSecretScanner } from '../../src/adapters/secretlint/secret-scanner.ts';
import { everybody } from '../../src/use-cases/access.ts';
import { makeAnalyzeDockerfile } from '../../src/use-cases/analyze-dockerfile.ts';
import type { AnalyzeInput } from '../../src/use-cases/analyze-dockerfile.ts';
import { makeThink } from '../../src/use-cases/think.ts';
import { readPolicyFile } from '../../src/use-cases/policy-file.ts';
import type { OperatorPolicy } from '../../src/schemas/policy.ts';
import type { Report } from '../../src/schemas/report.ts';

const stored: Report[] = [];
const think = makeThink(makeSecretScanner());

function analyse(input: Partial<AnalyzeInput>, operatorPolicy?: OperatorPolicy): Promise<Report> {
  const silent = (): undefined => undefined;
  const run = makeAnalyzeDockerfile({
    thinker: { analyze: (question) => think(question, () => undefined) },
    store: {
      saveAnalysis: async (report) => {
        stored.push(report);
      },
    },
    clock: { now: () => '2026-06-01T00:00:00.000Z', elapsed: () => 0, newId: () => 'a1' },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    version: '0.1.0',
    operatorPolicy,
  });
  return run({
    dockerfile: TEXT,
    path: 'Dockerfile',
    files: undefined,
    ignore: undefined,
    store: true,
    access: everybody,
    ...input,
  });
}

const TEXT = 'FROM alpine:3.22 AS app\nRUN apk add curl\nUSER 1001\nCMD ["sleep", "1"]\n';

function file(content: string): AnalyzeInput['files'] {
  return [
    { path: 'Dockerfile', sizeBytes: TEXT.length, content: TEXT },
    { path: 'drydock.yaml', sizeBytes: content.length, content },
  ];
}

t.test('drydock.yaml is heeded where the request is silent', async (t) => {
  const files = file('project: shop/api\nprofile: job\ntarget: missing\npolicy:\n  rules: { apk-cache-kept: off }\n');
  const report = await analyse({ files });
  t.match(report, { project: 'shop/api', profile: { name: 'job' }, policy: { sources: ['drydock.yaml'] } });
  t.notOk(report.findings.some((one) => one.rule === 'apk-cache-kept'));
  t.match(report.items[0]?.status, 'unknown', 'there is no stage of that name');
  const asked = await analyse({ files, project: 'other', profile: 'cli', target: 'app' });
  t.match(asked, { project: 'other', profile: { name: 'cli' } });
  t.not(asked.items[0]?.status, 'unknown');
});

t.test('drydock.yaml cannot loosen what the operator set, and the report says so', async (t) => {
  const files = file('policy:\n  rules: { apk-cache-kept: off }\n');
  const report = await analyse({ files }, { rules: { 'apk-cache-kept': 'error' } });
  t.match(report.findings.find((one) => one.rule === 'apk-cache-kept')?.severity, 'error');
  t.match(report.policy, { sources: ['operator', 'drydock.yaml'], notHeeded: [/apk-cache-kept to off/] });
});

t.test('a drydock.yaml that cannot be used is refused, never passed over', async (t) => {
  for (const [content, wanted] of [
    ['profile: [', /cannot be read/],
    ['profle: service', /profle/],
    ['profile: services', /profile/],
    ['policy: { rules: { a: loud } }', /policy\.rules\.a/],
    ['buildArgs: { A: b }', /buildArgs/],
    ['- a', /the file/],
    [`a:\n${' - ! '.repeat(10)}`, /cannot be read\. .* at line 2, column 4/],
    [`# ${'x'.repeat(32 * 1024)}`, /32770 characters, and 32768 are read/],
  ] as const) {
    await t.rejects(analyse({ files: file(content) }), { code: 'project-file-invalid', message: wanted }, content);
  }
  t.equal((await analyse({ files: file('') })).profile.name, 'service', 'an empty one says nothing');
  t.equal((await analyse({ files: file('# nothing\n') })).policy, undefined);
});

t.test('a drydock.yaml that is made of mistakes is refused quickly, and not told to the log', async (t) => {
  const warned: string[] = [];
  const onWarning = ({ message }: Error): void => void warned.push(message);
  process.on('warning', onWarning);
  t.teardown(() => process.off('warning', onWarning));
  for (const mistake of ['! ', '&a ', '%A\n', 'a: 1\n', '? ', '[']) {
    const begun = performance.now();
    const text = mistake.repeat(32_000 / mistake.length);
    await t.rejects(analyse({ files: file(text) }), { code: 'project-file-invalid' }, mistake);
    t.ok(performance.now() - begun < 5000, `${mistake}: with a megabyte it was a minute`);
  }
  t.same(warned, []);
});

t.test('what can be mended is mended, and nothing of it is stored', async (t) => {
  stored.length = 0;
  const { fixed, findings } = await analyse({ fix: 'safe' });
  t.ok(findings.some((one) => one.rule === 'apk-cache-kept' && one.edits !== undefined));
  t.match(fixed?.dockerfile, /apk add --no-cache curl/);
  t.match(fixed?.diff, /^--- a\/Dockerfile\n\+\+\+ b\/Dockerfile\n/m);
  t.match(fixed?.diff, /^-RUN apk add curl\n\+RUN apk add --no-cache curl$/m);
  t.match(fixed?.applied, [{ rule: 'apk-cache-kept', line: 2 }]);
  t.equal(stored[0]?.fixed, undefined);
  const again = await analyse({ dockerfile: fixed?.dockerfile ?? '', fix: 'safe' });
  t.match(again.fixed, { dockerfile: fixed?.dockerfile, diff: '', applied: [] }, 'a second time nothing is left');
});

t.test('what somebody accepted is not mended', async (t) => {
  const policy = { waivers: [{ rule: 'apk-cache-kept', reason: 'squashed' }] };
  t.equal((await analyse({ fix: 'safe', policy })).fixed?.dockerfile, TEXT);
});

t.test("the operator's file is YAML or JSON, and has to be right", async (t) => {
  t.same(readPolicyFile('threshold: 80\nrules:\n  apk-cache-kept: error\n').rules, { 'apk-cache-kept': 'error' });
  t.same(readPolicyFile('{"allowWaivers": false}'), { allowWaivers: false });
  t.same(readPolicyFile(''), {});
  for (const [text, wanted] of [
    ['threshold: 101', /threshold/],
    ['rules: { no-such-rule: error }', /no-such-rule/],
    ['treshold: 5', /treshold/],
    ['a: [', /neither YAML nor JSON/],
  ] as const) {
    t.throws(() => readPolicyFile(text), { message: wanted }, text);
  }
});
