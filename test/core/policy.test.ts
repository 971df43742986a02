/** Which policy is in force, what it makes of findings, and what becomes of waivers. */
import t from 'tap';
import { parse } from '../../src/http/parse.ts';
import { analyze } from '../../src/core/analyze.ts';
import type { PoliciesGiven } from '../../src/core/policy/policy.ts';
import { policyInForce, severityUnder } from '../../src/core/policy/policy.ts';
import { analysisReport } from '../../src/core/report/report.ts';
import { Policy } from '../../src/schemas/policy.ts';
import type { Report } from '../../src/schemas/report.ts';
import { readPolicyFile } from '../../src/use-cases/policy-file.ts';
import { readProjectFile } from '../../src/use-cases/project-file.ts';
import { subjectOf } from '../helpers/subject.ts';

const stamp = { id: 'a1', createdAt: '2026-06-01T00:00:00.000Z', durationMs: 1, toolVersion: '0.1.0' };

/** A report on a text, under these policies. */
function report(dockerfile: string, given: PoliciesGiven = {}, today: string | undefined = '2026-06-01'): Report {
  const policy = policyInForce(given);
  const subject = subjectOf(dockerfile, 'service', { facts: { today, leaks: undefined }, policy });
  const profile = { name: 'service', detected: false, why: 'for this test' } as const;
  return analysisReport(
    analyze(subject, undefined, policy),
    { project: null, profile, assumptions: [], policy },
    stamp,
  );
}

/** What a report says of one rule: its severities, `waived` where somebody accepted it. */
function told(dockerfile: string, rule: string, given: PoliciesGiven = {}, today?: string): readonly string[] {
  return report(dockerfile, given, today)
    .findings.filter((one) => one.rule === rule)
    .map((one) => (one.waived === undefined ? one.severity : `waived by ${one.waived.by}`));
}

const NO_USER = 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y curl\nCMD ["sleep", "1"]\n';

t.test('a rule is switched off, made stricter, made milder', async (t) => {
  const under = (setting: 'off' | 'error' | 'info' | 'on'): readonly string[] =>
    told(NO_USER, 'apt-lists-kept', { request: { rules: { 'apt-lists-kept': setting } } });
  t.same(under('on'), ['warning']);
  t.same(under('off'), []);
  t.same(under('error'), ['error']);
  t.same(under('info'), ['info']);
});

t.test('a finding that is softer than its rule stays so when the rule is made stricter', async (t) => {
  t.equal(severityUnder('error', 'warning', 'info'), 'info');
  t.equal(severityUnder('error', 'warning', 'warning'), 'error');
  t.equal(severityUnder('style', 'error', 'warning'), 'style');
  t.equal(severityUnder('off', 'error', 'info'), undefined);
  t.equal(severityUnder(undefined, 'error', 'info'), 'info');
});

t.test('a row whose every rule is switched off does not apply', async (t) => {
  const row = (rules: Record<string, 'off'>): string | undefined =>
    report(NO_USER, { operator: { rules } }).items.find((item) => item.id === 'base-image-pinned')?.status;
  const { rules } = await import('../../src/core/rules/index.ts');
  const own = rules.filter((rule) => rule.item === 'base-image-pinned');
  t.equal(row(Object.fromEntries(own.map(({ id }) => [id, 'off']))), 'not-applicable');
  t.equal(row(Object.fromEntries(own.slice(1).map(({ id }) => [id, 'off']))), 'pass');
});

t.test('nobody can loosen what the operator set, everybody can ask for more', async (t) => {
  const operator = { rules: { 'apt-lists-kept': 'warning' as const } };
  const loosened = policyInForce({ operator, request: { rules: { 'apt-lists-kept': 'off' } } });
  t.equal(loosened.rules.get('apt-lists-kept'), 'warning');
  t.match(loosened.notHeeded, [/request sets apt-lists-kept to off/]);
  t.equal(
    policyInForce({ operator, repository: { rules: { 'apt-lists-kept': 'error' } } }).rules.get('apt-lists-kept'),
    'error',
  );
  t.equal(
    policyInForce({
      request: { rules: { 'apt-lists-kept': 'info' } },
      repository: { rules: { 'apt-lists-kept': 'error' } },
    }).rules.get('apt-lists-kept'),
    'info',
    'the request wins over the repository',
  );
  const off = policyInForce({
    operator: { rules: { 'labels-missing': 'off' } },
    request: { rules: { 'labels-missing': 'info' } },
  });
  t.equal(off.rules.get('labels-missing'), 'info', 'a rule that the operator does not need may be switched on');
});

t.test('the threshold is the highest that the operator or the others ask for', async (t) => {
  t.equal(policyInForce({ operator: { threshold: 80 }, request: { threshold: 10 } }).threshold, 80);
  t.equal(policyInForce({ operator: { threshold: 80 }, repository: { threshold: 95 } }).threshold, 95);
  t.equal(policyInForce({ request: { threshold: 10 }, repository: { threshold: 95 } }).threshold, 10);
  const good = 'FROM debian:bookworm-slim\nUSER 1001\nHEALTHCHECK CMD ["true"]\nCMD ["sleep", "1"]\n';
  const below = report(good, { operator: { threshold: 100 } });
  t.ok(below.score < 100);
  t.equal(below.verdict, 'not-ready');
  t.equal(below.policy?.threshold, 100);
});

t.test('registries are narrowed from above to below, never widened', async (t) => {
  const trusted = (operator: string[] | undefined, request: string[]): readonly string[] | undefined =>
    policyInForce({
      ...(operator === undefined ? {} : { operator: { trustedRegistries: operator } }),
      request: { trustedRegistries: request },
    }).trustedRegistries;
  t.same(trusted(undefined, ['ghcr.io']), ['ghcr.io']);
  t.same(trusted(['ghcr.io'], ['ghcr.io/acme']), ['ghcr.io/acme']);
  t.same(trusted(['ghcr.io/acme'], ['ghcr.io', 'docker.io']), ['ghcr.io/acme']);
  t.same(trusted(['ghcr.io/acme'], ['ghcr.io/acme-other']), ['ghcr.io/acme'], 'parts of names do not count');
});

t.test('labels of all policies count, the form that the operator wants first', async (t) => {
  const { labels } = policyInForce({
    operator: { labels: { owner: 'email' } },
    request: { labels: { owner: 'text', tier: 'text' } },
  });
  t.same(labels, { owner: 'email', tier: 'text' });
});

t.test('a rule that does not exist is told', async (t) => {
  t.match(policyInForce({ request: { rules: { 'no-such-rule': 'off' } } }).notHeeded, [/no-such-rule/]);
});

t.test('a name that objects have of themselves is a name like any other, or refused', async (t) => {
  for (const name of ['constructor', 'valueof']) {
    t.match(policyInForce({ request: { rules: { [name]: 'off' } } }).notHeeded, [new RegExp(name)]);
  }
  for (const text of ['rules: {__proto__: off}', 'rules: {toString: off}', 'labels: {__proto__: url}']) {
    t.throws(() => readProjectFile('drydock.yaml', `policy: {${text}}`), { code: 'project-file-invalid' }, text);
    t.throws(() => readPolicyFile(text), text);
  }
  t.throws(() => readProjectFile('drydock.yaml', 'buildArgs: {__proto__: x}'), /__proto__/);
  t.throws(() => parse(Policy, JSON.parse('{"rules": {"__proto__": "off"}}'), '#/options'), /options.rules.__proto__/);
});

t.test('a waiver in a policy needs the rule, and where given the file and the fingerprint', async (t) => {
  const rule = 'apt-lists-kept';
  const finding = report(NO_USER).findings.find((one) => one.rule === rule);
  const waived = (more: object): readonly string[] =>
    told(NO_USER, rule, { request: { waivers: [{ rule, reason: 'squashed later', ...more }] } });
  t.same(waived({}), ['waived by policy: request']);
  t.same(waived({ path: 'Dockerfile' }), ['waived by policy: request']);
  t.same(waived({ path: 'api/Dockerfile' }), ['warning']);
  t.same(waived({ fingerprint: finding?.fingerprint }), ['waived by policy: request']);
  t.same(waived({ fingerprint: 'another' }), ['warning']);
  t.same(waived({ expires: '2026-06-01' }), ['waived by policy: request'], 'it holds on its last day');
  t.same(waived({ expires: '2026-05-31' }), ['warning']);
});

t.test('a waived row is waived, counts as reached, and no longer blocks', async (t) => {
  const waivers = ['user-missing', 'healthcheck-missing'].map((rule) => ({ rule, reason: 'the platform sees to it' }));
  const accepted = report(NO_USER, { operator: { waivers } });
  t.equal(accepted.items.find((item) => item.id === 'non-root-user')?.status, 'waived');
  t.equal(accepted.verdict, 'ready');
  t.ok(accepted.score > report(NO_USER).score);
});

t.test('waivers that have run out, name nothing or are not needed are findings of their own', async (t) => {
  const all = (rule: string, more: object = {}): readonly string[] =>
    report(NO_USER, { request: { waivers: [{ rule, reason: 'because', ...more }] } })
      .findings.filter((one) => one.rule.startsWith('waiver-'))
      .map((one) => `${one.rule} ${one.item} ${one.severity}`);
  t.same(all('apt-lists-kept'), []);
  t.same(all('apt-lists-kept', { expires: '2020-01-01' }), ['waiver-expired no-package-cache info']);
  t.same(all('pip-cache-kept'), ['waiver-unused no-package-cache info']);
  t.same(all('no-such-rule'), ['waiver-not-heeded builds-and-starts info']);
  t.same(all('processes-not-root'), [], 'a probe has not looked yet');
});

t.test('the operator may forbid all waivers but their own, and those of a rule that they set', async (t) => {
  const waivers = [{ rule: 'apt-lists-kept', reason: 'because' }];
  const inline = NO_USER.replace('RUN', '# drydock: ignore apt-lists-kept because I say so\nRUN');
  t.same(told(inline, 'apt-lists-kept'), ['waived by comment in line 2']);
  for (const operator of [{ allowWaivers: false }, { rules: { 'apt-lists-kept': 'warning' as const } }]) {
    t.same(told(NO_USER, 'apt-lists-kept', { operator, request: { waivers } }), ['warning']);
    t.same(told(inline, 'apt-lists-kept', { operator }), ['warning']);
    t.equal(told(inline, 'waiver-not-heeded', { operator }).length, 1);
    t.same(told(NO_USER, 'apt-lists-kept', { operator: { ...operator, waivers } }), ['waived by policy: operator']);
  }
});

t.test('a comment speaks of the instruction below it, of the one it stands in, or of the whole file', async (t) => {
  const twice = (one: string, other = ''): string =>
    `FROM debian:bookworm-slim\n${one}RUN apt-get update && apt-get install -y curl\n${other}RUN apt-get update\n`;
  const waiver = '# drydock: ignore apt-lists-kept because the layer is squashed\n';
  const rule = 'apt-lists-kept';
  t.same(told(twice(waiver), rule), ['waived by comment in line 2', 'warning']);
  t.same(told(twice('', waiver), rule), ['warning', 'waived by comment in line 3']);
  t.same(told(twice(waiver.replace('ignore', 'ignore-file')), rule).length, 2);
  t.notMatch(told(twice(waiver.replace('ignore', 'ignore-file')), rule), ['warning']);
  t.same(
    told(
      'FROM debian:bookworm-slim\nRUN apt-get update \\\n  # drydock: ignore apt-lists-kept because of it\n  && true\n',
      rule,
    ),
    ['waived by comment in line 3'],
  );
  t.same(told(twice(waiver.replace('ignore apt', 'ignore pip-cache-kept, apt')), rule).length, 2);
  t.match(told(twice(waiver.replace('ignore apt', 'ignore pip-cache-kept, apt')), rule), [
    'waived by comment in line 2',
  ]);
});

t.test('a comment that cannot be a waiver says so, and does not count', async (t) => {
  const under = (comment: string, today?: string): readonly string[] =>
    report(NO_USER.replace('RUN', `# ${comment}\nRUN`), {}, today)
      .findings.filter((one) => one.rule.startsWith('waiver-') || one.rule === 'apt-lists-kept')
      .map((one) => (one.waived === undefined ? one.rule : 'waived'))
      .toSorted();
  t.same(under('drydock: ignore apt-lists-kept'), ['apt-lists-kept', 'waiver-not-heeded'], 'no reason');
  t.same(under('drydock: ignore apt-lists-kept until soon because x'), ['apt-lists-kept', 'waiver-not-heeded']);
  t.same(under('drydock: ignore apt-lists-kept until 2026-05-31 because x'), ['apt-lists-kept', 'waiver-expired']);
  t.same(under('drydock: ignore apt-lists-kept until 2026-06-01 because x'), ['waived']);
  t.same(under('drydock: ignore'), ['apt-lists-kept'], 'that is prose');
  t.same(under('we use drydock: ignore apt-lists-kept because x'), ['apt-lists-kept'], 'that is prose');
  const last = report(`${NO_USER}# drydock: ignore apt-lists-kept because x\n`);
  t.ok(
    last.findings.some((one) => one.rule === 'waiver-not-heeded'),
    'nothing stands below it',
  );
});
