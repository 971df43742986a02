/** From findings and proofs to items, score, grade and verdict: docs/decisions/0001, row by row. */
import t from 'tap';
import { checklist } from '../../src/core/report/checklist.ts';
import type { Proof } from '../../src/core/probes/probe.ts';
import { dropped } from '../../src/core/policy/profiles.ts';
import { provenRows } from '../../src/core/report/proven.ts';
import type { Proven } from '../../src/core/report/proven.ts';
import type { Finding, Severity } from '../../src/schemas/finding.ts';
import { ItemId } from '../../src/schemas/item.ts';
import type { Item, Status } from '../../src/schemas/item.ts';
import { ProfileName, Report } from '../../src/schemas/report.ts';

import { ROW, finding, analysis, analysed, proof, verified, row } from './reports.ts';

t.test('a report has its form, its twenty rows and says what it was made with', async (t) => {
  const report = analysed(analysis());
  t.ok(Report.safeParse(report).success);
  t.same(
    report.items.map(({ id, category, level, title }) => ({ id, category, level, title })),
    ItemId.options.map((id) => ({ id, ...checklist[id] })),
  );
  t.match(report, { kind: 'analysis', verdict: 'ready', score: 100, grade: 'A', tool: { version: '0.1.0' } });

  const later = verified(analysis(), [proof('pass')]);
  t.ok(Report.safeParse(later).success);
  t.match(later, { kind: 'verification', tool: { engine: '28.5.2' }, assumptions: ['assumed'] });
});

t.test('without a probe a row is what the text predicts', async (t) => {
  const status = (predicted: Status, ...severities: readonly Severity[]): Status =>
    row(
      analysed(
        analysis(
          { [ROW]: predicted },
          severities.map((one) => finding(one)),
        ),
      ),
    ).status;
  t.equal(status('pass'), 'pass');
  t.equal(status('unknown'), 'unknown');
  t.equal(status('fail', 'error'), 'fail');
  t.equal(status('warn', 'warning'), 'warn');
  t.equal(status('fail', 'warning', 'error'), 'fail', 'the worst counts');
  t.equal(status('pass', 'info', 'style'), 'pass', 'info and style do not touch it');
  t.equal(status('unknown', 'info'), 'unknown');
});

t.test('a finding that is waived does not count, and the row says so', async (t) => {
  const waived = { waived: { by: 'policy', reason: 'agreed' } };
  t.equal(row(analysed(analysis({ [ROW]: 'fail' }, [finding('error', waived)]))).status, 'waived');
  t.equal(row(analysed(analysis({ [ROW]: 'fail' }, [finding('error', waived), finding('warning')]))).status, 'warn');
});

t.test('where probes looked, text and container stand side by side', async (t) => {
  // [predicted, finding, proven, status]: the table of docs/decisions/0001.
  const table: readonly (readonly [Status, Severity | undefined, Proof['status'], Status])[] = [
    ['pass', undefined, 'pass', 'pass'],
    ['pass', undefined, 'warn', 'warn'],
    ['pass', undefined, 'fail', 'fail'],
    ['pass', undefined, 'unknown', 'unknown'],
    ['unknown', undefined, 'pass', 'pass'],
    ['unknown', undefined, 'fail', 'fail'],
    ['unknown', undefined, 'unknown', 'unknown'],
    ['warn', 'warning', 'pass', 'warn'],
    ['warn', 'warning', 'fail', 'fail'],
    ['warn', 'warning', 'unknown', 'warn'],
    ['fail', 'error', 'pass', 'fail'],
    ['fail', 'error', 'warn', 'fail'],
    ['fail', 'error', 'unknown', 'fail'],
    ['pass', 'info', 'pass', 'pass'],
    ['pass', 'info', 'unknown', 'unknown'],
  ];
  for (const [predicted, severity, status, expected] of table) {
    const said = analysis({ [ROW]: predicted }, severity === undefined ? [] : [finding(severity)]);
    const item = row(verified(said, [proof(status)]));
    t.equal(item.status, expected, `${predicted} with ${severity ?? 'no finding'}, proven ${status}`);
    t.equal(item.predicted?.status, predicted, 'the prediction is not rewritten');
    t.equal(item.proven?.status, status);
  }
});

t.test('a rule that names the probe is taken back by its pass, and by nothing else', async (t) => {
  const shellForm = { rule: 'shell-form-command' };
  const said = analysis({ [ROW]: 'fail' }, [finding('error', shellForm)]);
  const stops = { id: 'stops-on-signal' };

  const right = verified(said, [proof('pass', stops, 'it ended by itself')]);
  t.equal(row(right).status, 'pass');
  t.equal(row(right).predicted?.status, 'fail', 'a reader sees both');
  t.match(right.findings, [{ waived: { by: 'stops-on-signal', reason: /it ended by itself/ } }]);

  for (const status of ['warn', 'fail', 'unknown'] as const) {
    const wrong = verified(said, [proof(status, stops)]);
    t.equal(row(wrong).status, 'fail', status);
    t.equal(wrong.findings[0]?.waived, undefined);
  }
  t.equal(
    row(verified(said, [proof('pass', { id: 'another-probe' })])).status,
    'fail',
    'another probe proves nothing here',
  );
  const other = analysis({ [ROW]: 'fail' }, [finding('error', shellForm), finding('error')]);
  t.equal(row(verified(other, [proof('pass', stops)])).status, 'fail', 'a rule that names no probe is not overruled');
});

t.test('of several probes on one row the worst that was seen counts', async (t) => {
  const both = (one: Proof['status'], other: Proof['status']): Item =>
    row(verified(analysis(), [proof(one, {}, 'first'), proof(other, { id: 'second' }, 'second')]));
  t.equal(both('pass', 'fail').status, 'fail');
  t.equal(both('warn', 'pass').status, 'warn');
  t.equal(both('pass', 'unknown').status, 'pass', 'each proves the row on its own');
  t.equal(both('unknown', 'unknown').status, 'unknown', 'unknown when none saw anything');
  t.equal(both('not-applicable', 'pass').status, 'pass');
  t.equal(both('not-applicable', 'not-applicable').status, 'pass', 'the text decides where no probe applies');
  t.equal(both('pass', 'fail').proven?.summary, 'second', 'it is told by those who saw it');
  t.same(
    both('pass', 'fail').proven?.evidence.map((one) => one.value),
    ['first', 'second'],
    'the evidence of all is kept',
  );
});

t.test('what a probe could not see is told beside what the others saw', async (t) => {
  const summary = (...proofs: readonly (readonly [Proof['status'], string])[]): string | undefined =>
    row(
      verified(
        analysis(),
        proofs.map(([status, text], n) => proof(status, { id: `probe-${n}` }, text)),
      ),
    ).proven?.summary;
  t.equal(
    summary(['unknown', 'Nobody was asked.'], ['pass', 'Healthy after 1 s.']),
    'Healthy after 1 s; not seen: Nobody was asked.',
  );
  t.equal(summary(['fail', 'It fell.'], ['not-applicable', 'There is none.']), 'It fell.');
  t.equal(summary(['unknown', 'Not built.'], ['unknown', 'Not built.'], ['unknown', 'No.']), 'Not built. No.');
  t.equal(summary(['pass', 'Up.'], ['unknown', 'Not built.'], ['unknown', 'Not built.']), 'Up; not seen: Not built.');
  t.equal(summary(['pass', 'x'.repeat(900)], ['unknown', 'y'.repeat(900)])?.length, 1000);
});

t.test('a probe that objects is a finding too', async (t) => {
  const of = (status: Proof['status'], severity: Severity = 'error'): readonly Finding[] =>
    verified(analysis(), [proof(status, { severity })]).findings;
  t.match(of('fail'), [{ rule: 'made-up-probe', item: ROW, severity: 'error', span: null, message: 'fail' }]);
  t.match(of('warn'), [{ severity: 'warning' }]);
  t.same(of('pass'), []);
  t.same(of('unknown'), []);
});

t.test('a profile drops its rows, whatever was found and seen', async (t) => {
  for (const profile of ProfileName.options) {
    for (const id of dropped[profile]) {
      const said = analysis({ [id]: 'fail' }, [finding('error', { item: id })]);
      t.equal(
        row(verified(said, [proof('fail', { item: id })], profile), id).status,
        'not-applicable',
        `${profile}: ${id}`,
      );
    }
  }
  const report = analysed(analysis({ healthcheck: 'fail' }, [finding('error', { item: 'healthcheck' })]), 'kubernetes');
  t.equal(report.verdict, 'ready', 'a dropped row decides nothing');
  t.equal(report.score, 100, 'and is not counted');
});

t.test('ready: no required row fails, and in a verification none is unknown', async (t) => {
  for (const id of ItemId.options) {
    const isRequired = checklist[id].level === 'required';
    const expected = isRequired ? 'not-ready' : 'ready';
    const failed = analysis({ [id]: 'fail' }, [finding('error', { item: id })]);
    t.equal(analysed(failed).verdict, expected, `${id} fails`);
    t.equal(analysed(analysis({ [id]: 'unknown' })).verdict, 'ready', `${id} unknown from the text`);
    t.equal(verified(analysis({ [id]: 'unknown' }), []).verdict, expected, `${id} unknown in a verification`);
    t.equal(
      verified(analysis({ [id]: 'warn' }, [finding('warning', { item: id })]), []).verdict,
      'ready',
      `${id} warns`,
    );
  }
  t.same(
    ItemId.options.filter((id) => checklist[id].level === 'required').toSorted(),
    ['base-image-pinned', 'builds-and-starts', 'healthcheck', 'no-secrets', 'non-root-user', 'signal-handling'],
    'the required rows of the design',
  );
});

t.test('what is evidence alone is told, and the row stays what it is without it', async (t) => {
  const said = (status: Proof['status'], summary?: string): Proven => proof(status, { evidenceOnly: true }, summary);
  for (const predicted of ['pass', 'unknown', 'waived'] as const) {
    const findings = predicted === 'waived' ? [finding('error', { waived: { by: 'policy', reason: 'for now' } })] : [];
    for (const status of ['pass', 'unknown', 'not-applicable'] as const) {
      const { status: is, proven } = row(verified(analysis({ [ROW]: predicted }, findings), [said(status)]));
      t.match({ is, proven }, { is: predicted, proven: { status, evidence: [{ fact: 'seen' }] } });
    }
  }
  const both = row(verified(analysis(), [said('unknown', 'early'), proof('pass')]));
  t.match(both, { status: 'pass', proven: { status: 'pass', summary: 'pass', evidence: { length: 2 } } });
  t.equal(row(verified(analysis(), [said('pass'), proof('unknown')])).status, 'unknown', 'and proves for no other');
});

t.test('the score counts what applies and is known: 3, 2 and 1, a warning half', async (t) => {
  const unknown = Object.fromEntries(ItemId.options.map((id) => [id, 'unknown' as const]));
  const score = (said: Partial<Record<ItemId, Status>>): number => {
    const findings = ItemId.options.flatMap((item) =>
      said[item] === 'fail' || said[item] === 'warn'
        ? [finding(said[item] === 'fail' ? 'error' : 'warning', { item })]
        : [],
    );
    return analysed(analysis({ ...unknown, ...said }, findings)).score;
  };
  t.equal(score({}), 0, 'nothing is known');
  t.equal(score({ healthcheck: 'pass' }), 100);
  t.equal(score({ healthcheck: 'warn' }), 50);
  t.equal(score({ healthcheck: 'fail', labels: 'pass' }), 25, '1 of 4');
  t.equal(score({ healthcheck: 'pass', 'multi-stage': 'fail', labels: 'fail' }), 50, '3 of 6');
  t.equal(score({ healthcheck: 'pass', 'multi-stage': 'warn', labels: 'fail' }), 67, '4 of 6');
});

t.test('grades', async (t) => {
  // Of the rows that are known: required ones fail one after the other, in steps of 3 of 18.
  const required = ItemId.options.filter((id) => checklist[id].level === 'required');
  const unknown = Object.fromEntries(ItemId.options.map((id) => [id, 'unknown' as const]));
  const grades = required.map((_, failing) => {
    const bad = required.slice(0, failing);
    const known = required.map((id) => [id, bad.includes(id) ? ('fail' as const) : ('pass' as const)]);
    const findings = bad.map((item) => finding('error', { item }));
    const { score, grade } = analysed(analysis({ ...unknown, ...Object.fromEntries(known) }, findings));
    return `${score} ${grade}`;
  });
  t.same(grades, ['100 A', '83 B', '67 D', '50 E', '33 F', '17 F']);
});

t.test('while a build is proven, a row is told once all its probes have spoken', async (t) => {
  const [one, other] = [proof('pass', { id: 'one' }), proof('fail', { id: 'other' })];
  const labels = proof('warn', { id: 'third', item: 'labels' });
  const asked = [one, other, labels].map(({ probe }) => probe);
  t.same(provenRows([], asked, 'service'), []);
  t.same(provenRows([one], asked, 'service'), [], 'the other may see worse');
  t.same(provenRows([one, labels, other], asked, 'service'), [
    { item: ROW, status: 'fail' },
    { item: 'labels', status: 'warn' },
  ]);
  const [left] = dropped.kubernetes;
  const unheard = proof('pass', { id: 'not-asked-by-the-platform', item: left ?? ROW });
  t.same(provenRows([unheard], [unheard.probe], 'kubernetes'), []);
});
