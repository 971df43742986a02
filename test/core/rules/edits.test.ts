/** The promise of every edit, on every example and every case: applied once the rule is silent, applied twice nothing changes. */
import t from 'tap';
import { analyze } from '../../../src/core/analyze.ts';
import { mend } from '../../../src/core/fix.ts';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';
import { rules } from '../../../src/core/rules/index.ts';
import type { Subject } from '../../../src/core/rules/rule.ts';
import type { Finding } from '../../../src/schemas/finding.ts';
import { brokenPromises } from '../../helpers/edits.ts';
import { readCases } from '../../helpers/markdown-cases.ts';
import { exampleOf, subjectOf } from '../../helpers/subject.ts';

const subjects: readonly { readonly where: string; readonly subject: Subject }[] = [
  ...rules.flatMap(({ id, examples }) => [
    { where: `${id}, bad example`, subject: subjectOf(examples.bad) },
    { where: `${id}, good example`, subject: subjectOf(examples.good) },
  ]),
  ...readCases('test/cases/rules').map((one) => ({
    where: `${one.title} (${one.file}:${one.line})`,
    subject: subjectOf(exampleOf(one)),
  })),
];

t.test('each edit alone keeps its promise', async (t) => {
  for (const { where, subject } of subjects) {
    for (const rule of rules) t.same(brokenPromises(rule, subject), [], where);
  }
});

t.test('all edits together leave a file that parses, and nothing more to mend', async (t) => {
  for (const { where, subject } of subjects) {
    const findingsOf = (text: string): readonly Finding[] =>
      analyze({ ...subject, dockerfile: parseDockerfile(text) }).findings;
    const { text } = mend(subject.dockerfile.text, findingsOf);
    const before = subject.dockerfile.problems.map((one) => one.code);
    const after = parseDockerfile(text).problems.map((one) => one.code);
    t.same(after, before, `${where}\n${text}`);
    t.same(mend(text, findingsOf).applied, [], `${where}: the fixes come to an end`);
  }
});
