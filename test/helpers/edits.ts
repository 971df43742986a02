/** What an edit promises: applied, the file still parses, the rule is silent at this place, and nothing is left to apply. */
import { analyze } from '../../src/core/analyze.ts';
import { applyEdits } from '../../src/core/fix.ts';
import { parseDockerfile } from '../../src/core/dockerfile/parse.ts';
import type { Rule, Subject } from '../../src/core/rules/rule.ts';
import type { Finding } from '../../src/schemas/finding.ts';

/** The promises that the edits of a rule break on a subject, as sentences; none when all is well. */
export function brokenPromises(rule: Rule, subject: Subject): readonly string[] {
  const { text } = subject.dockerfile;
  const told = findingsOf(rule, subject);
  const broken: string[] = [];
  for (const finding of told.filter((one) => one.edits !== undefined)) {
    const where = `${rule.id}, line ${finding.span?.line ?? 0}`;
    const edits = finding.edits ?? [];
    if (edits.some(({ start, end }) => start > end || end > text.length))
      broken.push(`${where}: an edit is outside the text`);
    const fixed = applyEdits(text, edits);
    if (fixed === text) broken.push(`${where}: the edit changes nothing`);
    const after = { ...subject, dockerfile: parseDockerfile(fixed) };
    const problems = [subject, after].map(({ dockerfile }) =>
      dockerfile.problems
        .map((one) => one.code)
        .sort()
        .join(),
    );
    if (problems[0] !== problems[1]) broken.push(`${where}: the fixed file is refused: ${problems[1]}`);
    const left = findingsOf(rule, after);
    if (left.length >= told.length) broken.push(`${where}: the rule is not silent on the fixed file:\n${fixed}`);
    // Whatever is still told was told before: a fix that needs another fix at the same place would go on for ever.
    const again = left.find((one) => one.fingerprint === finding.fingerprint && one.edits !== undefined);
    if (again !== undefined && told.filter((one) => one.message === finding.message).length === 1)
      broken.push(`${where}: a second application would change the file again`);
  }
  return broken;
}

function findingsOf(rule: Rule, subject: Subject): readonly Finding[] {
  return analyze(subject, [rule]).findings;
}
