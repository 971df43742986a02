/** What becomes of what rules say: rows, doubts, crashes, fingerprints, profiles. */
import t from 'tap';
import { analyze } from '../../src/core/analyze.ts';
import { parseDockerfile } from '../../src/core/dockerfile/parse.ts';
import { fingerprint } from '../../src/core/report/fingerprint.ts';
import { rules } from '../../src/core/rules/index.ts';
import { defineRule } from '../../src/core/rules/rule.ts';
import type { Rule, Subject } from '../../src/core/rules/rule.ts';
import { Finding } from '../../src/schemas/finding.ts';
import { ItemId } from '../../src/schemas/item.ts';
import { subjectOf } from '../helpers/subject.ts';

const plain = 'FROM debian:bookworm-slim\nCMD ["/service"]\n';

/** A rule of one row that says what it is told to. */
function ruleThat(check: Rule['check'], more: Partial<Rule> = {}): Rule {
  return defineRule({
    id: 'made-up',
    item: 'labels',
    severity: 'warning',
    title: 'Made up for this test',
    why: 'To see what becomes of it.',
    fix: 'Nothing to write.',
    source: 'None.',
    aliases: [],
    examples: { bad: plain, good: plain },
    check,
    ...more,
  });
}

function predictedBy(check: Rule['check'], more: Partial<Rule> = {}): string {
  return analyze(subjectOf(plain), [ruleThat(check, more)]).predicted.labels.status;
}

t.test('a row is predicted from what its rules say', async (t) => {
  const at = parseDockerfile(plain).stages[0]?.from.span;
  const trouble = { at, message: 'This is wrong.' };
  t.equal(
    predictedBy(() => []),
    'pass',
    'nothing said is a pass',
  );
  t.equal(
    predictedBy(() => [trouble]),
    'warn',
    'a warning warns',
  );
  t.equal(
    predictedBy(() => [{ ...trouble, severity: 'error' }]),
    'fail',
    'an error fails',
  );
  t.equal(
    predictedBy(() => [trouble, { ...trouble, severity: 'error' }]),
    'fail',
    'the worst counts',
  );
  for (const severity of ['info', 'style'] as const) {
    t.equal(
      predictedBy(() => [{ ...trouble, severity }]),
      'pass',
      `${severity} does not touch it`,
    );
  }
  t.equal(
    predictedBy(() => [{ cannotTell: 'Who knows.' }]),
    'unknown',
    'a doubt leaves it unknown',
  );
  t.equal(
    predictedBy(() => [{ cannotTell: 'Who knows.' }, trouble]),
    'warn',
    'a finding says more than a doubt',
  );
  t.equal(
    predictedBy(() => [{ cannotTell: 'Who knows.' }, { ...trouble, severity: 'info' }]),
    'unknown',
    'info does not',
  );
  t.equal(
    predictedBy(() => [], { needs: 'files' }),
    'unknown',
    'without the files the row is unknown',
  );
  t.equal(analyze(subjectOf(plain), []).predicted.labels.status, 'unknown', 'so it is when no rule looks at it');
});

t.test('a rule with needs is asked when the files are there', async (t) => {
  const rule = ruleThat(() => [], { needs: 'files' });
  const subject = subjectOf({ dockerfile: plain, files: {} });
  t.equal(analyze(subject, [rule]).predicted.labels.status, 'pass');
});

t.test('a rule that throws leaves its row unknown, and the others go on', async (t) => {
  const broken = ruleThat(
    function* () {
      yield { at: undefined, message: 'Said before it broke.', severity: 'info' };
      throw new Error('broken');
    },
    { id: 'broken', item: 'hardened' },
  );
  const { crashes, findings, predicted } = analyze(subjectOf(plain), [broken, ...rules]);
  t.equal(crashes.length, 1);
  t.match(crashes[0], { rule: 'broken', error: { message: 'broken' } });
  t.equal(predicted.hardened.status, 'unknown');
  t.ok(
    findings.some((one) => one.rule === 'broken'),
    'what it had said stays',
  );
  t.ok(
    findings.some((one) => one.rule === 'user-missing'),
    'the others were asked',
  );
});

t.test('without a stage that can be built no row passes', async (t) => {
  for (const text of ['', '# nothing\n', 'RUN true\n']) {
    const { predicted } = analyze(subjectOf(text));
    const passed = ItemId.options.filter((id) => predicted[id].status === 'pass');
    t.same(passed, [], JSON.stringify(text));
    t.equal(predicted['builds-and-starts'].status, 'fail');
  }
  const missing = { ...subjectOf(plain), dockerfile: parseDockerfile(plain, { target: 'nowhere' }) };
  t.equal(analyze(missing).predicted['signal-handling'].status, 'unknown', 'nor when the target is missing');
});

t.test(
  'findings come in file order, have the form of the schema, and a hostile file gets a bounded number',
  async (t) => {
    const { findings } = analyze(
      subjectOf('FROM python\nENV API_KEY=b7Qx93kf\nRUN pip install flask\nCMD python app.py\n'),
    );
    const lines = findings.map((one) => one.span?.line ?? 0);
    t.same(
      lines,
      lines.toSorted((a, b) => a - b),
    );
    for (const one of findings) t.ok(Finding.safeParse(one).success, one.rule);

    const many = analyze(subjectOf(`FROM debian:bookworm-slim\n${'INSTALL x\n'.repeat(50_000)}`));
    t.ok(many.findings.length < 1000, 'the builder is done after the first one, too');
    t.equal(many.predicted['builds-and-starts'].status, 'fail');
  },
);

t.test('build arguments are heeded', async (t) => {
  const text = 'ARG TAG\nFROM python:${TAG}\nARG RUN_AS\nUSER ${RUN_AS}\n';
  const withArgs = (buildArgs: Record<string, string>): Subject => ({
    ...subjectOf(text),
    dockerfile: parseDockerfile(text, { buildArgs }),
  });
  const told = (subject: Subject): readonly string[] => analyze(subject).findings.map((one) => one.rule);
  t.notOk(
    told(subjectOf(text)).some((rule) => /base-latest|user-root/.test(rule)),
    'unknown they are not guessed',
  );
  t.ok(['base-latest', 'user-root'].every((rule) => told(withArgs({ TAG: 'latest', RUN_AS: 'root' })).includes(rule)));
  t.notOk(told(withArgs({ TAG: '3.12-slim', RUN_AS: '1001' })).some((rule) => /base-latest|user-/.test(rule)));
});

t.test('a fingerprint stays while its problem stays', async (t) => {
  const prints = (text: string): readonly string[] =>
    analyze(subjectOf(text))
      .findings.filter((one) => one.rule === 'pip-cache-kept')
      .map((one) => one.fingerprint);
  const before = prints('FROM python:3.12-slim\nRUN pip install flask\n');
  t.same(prints('FROM python:3.12-slim\n\n# the server\nENV A=1\nRUN pip install flask\n'), before, 'on another line');
  t.same(prints('FROM python:3.12-slim\nRUN true && \\\n    pip  install   flask\n'), before, 'with other blanks');
  t.notSame(prints('FROM python:3.12-slim\nRUN pip install httpx\n'), before, 'another problem has another one');
  const twice = prints('FROM python:3.12-slim\nRUN pip install flask\nRUN pip install flask\n');
  t.equal(twice[0], before[0], 'the first of two equal ones keeps it');
  t.not(twice[1], twice[0], 'and the second has its own');

  t.match(fingerprint('a', 'b', 1), /^[0-9a-f]{16}$/);
  t.not(fingerprint('ab', 'c'), fingerprint('a', 'bc'), 'parts are not run together');
});

t.test('a fingerprint tells nothing of a secret', async (t) => {
  const prints = (secret: string): readonly string[] =>
    analyze(subjectOf(`FROM python:3.12-slim\nENV PASSWORD=${secret}\nENV URL=https://a:${secret}@example.org\n`))
      .findings.filter((one) => one.item === 'no-secrets')
      .map((one) => one.fingerprint);
  t.equal(prints('h7Gt2xQz').length, 2);
  t.same(prints('h7Gt2xQz'), prints('b7Qx93kf'));
});

t.test('no finding repeats a secret', async (t) => {
  const { findings } = analyze(
    subjectOf('FROM python:3.12-slim\nARG TOKEN=h7Gt2xQz\nENV URL=https://a:h7Gt2xQz@example.org PASSWORD=h7Gt2xQz\n'),
  );
  t.ok(findings.filter((one) => one.item === 'no-secrets').length >= 3);
  t.notMatch(JSON.stringify(findings), /h7Gt2xQz/);
});
