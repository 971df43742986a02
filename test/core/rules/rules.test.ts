/** Runs every rule on its own examples and on its case file, and holds the catalogue to its contract. */
import { existsSync, readdirSync } from 'node:fs';
import t from 'tap';
import { analyze } from '../../../src/core/analyze.ts';
import { rules } from '../../../src/core/rules/index.ts';
import type { Example, Rule, Subject } from '../../../src/core/rules/rule.ts';
import { probes } from '../../../src/core/probes/index.ts';
import { readCases } from '../../helpers/markdown-cases.ts';
import { Policy } from '../../../src/schemas/policy.ts';
import { exampleOf, subjectOf } from '../../helpers/subject.ts';

/** Where one rule fires: 1-based lines, 0 for the file as a whole, and whether it said that it cannot tell. */
function ask(
  rule: Rule,
  example: Example,
  profile?: string,
  more: Partial<Subject> = {},
): { lines: readonly string[]; unsure: boolean } {
  const { findings, predicted, crashes } = analyze(subjectOf(example, profile, more), [rule]);
  if (crashes.length > 0) throw crashes[0]?.error;
  return {
    lines: findings.map((one) => `${one.span?.line ?? 0} ${one.severity}`),
    unsure: findings.length === 0 && predicted[rule.item].status === 'unknown',
  };
}

t.test('every rule keeps its contract', async (t) => {
  const paths = readdirSync('src/core/rules', { recursive: true, encoding: 'utf8' });
  const ids = rules.map((rule) => rule.id);
  t.equal(new Set(ids).size, ids.length, 'ids are unique');
  for (const rule of rules) {
    t.ok(
      paths.some((path) => path.endsWith(`/${rule.id}.ts`)),
      `${rule.id} stands in a file of its name`,
    );
    for (const text of [rule.title, rule.why, rule.fix, rule.source])
      t.ok(text.length > 10, `${rule.id} explains itself`);
    t.notMatch(rule.title, /\.$/, `${rule.id}: a title has no full stop`);
    if (rule.provenBy !== undefined) {
      const probe = probes.find((one) => one.id === rule.provenBy);
      t.equal(probe?.item, rule.item, `${rule.id} is proven by a probe of its own item`);
    }
    t.ok(existsSync(`test/cases/rules/${rule.id}.md`), `${rule.id} has a case file: test/cases/rules/${rule.id}.md`);
  }
});

t.test('the bad example of a rule fires it, the good one does not', async (t) => {
  for (const rule of rules) {
    t.not(ask(rule, rule.examples.bad).lines.length, 0, `${rule.id} fires on its bad example`);
    t.same(ask(rule, rule.examples.good), { lines: [], unsure: false }, `${rule.id} is silent on its good example`);
  }
});

t.test('no good example is refused by the builder', async (t) => {
  for (const rule of rules) {
    const subject = subjectOf(rule.examples.good);
    t.same(
      subject.dockerfile.problems.map((one) => one.message),
      [],
      `${rule.id}: its good example parses`,
    );
  }
});

t.test('cases', async (t) => {
  for (const one of readCases('test/cases/rules')) {
    const id = one.file.slice(one.file.lastIndexOf('/') + 1, -3);
    const rule = rules.find((other) => other.id === id);
    if (rule === undefined) {
      t.fail(`${one.file} names no rule`);
      continue;
    }
    const said = one.lines.at(-1) ?? '';
    const profile = one.lines.find((line) => line.startsWith('profile: '))?.slice('profile: '.length);
    const today = one.lines.find((line) => line.startsWith('today: '))?.slice('today: '.length);
    const policy = one.lines.find((line) => line.startsWith('policy: '))?.slice('policy: '.length);
    const { lines, unsure } = ask(rule, exampleOf(one), profile, {
      ...(today === undefined ? {} : { facts: { today: today === 'unknown' ? undefined : today, leaks: undefined } }),
      ...(policy === undefined ? {} : { policy: Policy.parse(JSON.parse(policy)) }),
    });
    const where = `${one.title} (${one.file}:${one.line})`;
    if (said === 'silent') t.same({ lines, unsure }, { lines: [], unsure: false }, where);
    else if (said === 'cannot tell') t.same({ lines, unsure }, { lines: [], unsure: true }, where);
    else if (said.startsWith('fires: ')) {
      const wanted = said
        .slice('fires: '.length)
        .split(', ')
        .map((place) => (/ /.test(place) ? place : `${place} ${rule.severity}`));
      t.same(lines, wanted, where);
    } else t.fail(`${where}: the last line must be "silent", "cannot tell" or "fires: LINE[ SEVERITY], …"`);
  }
});
