/**
 * Rules that bear the name of one of BuildKit's own checks fire on the lines on which the check of a real engine fires: on the
 * examples and case files of those rules. External bases are replaced by `scratch`, on the same line, as in compare.ts.
 */
import t from 'tap';
import { analyze } from '../../../src/core/analyze.ts';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';
import { rules } from '../../../src/core/rules/index.ts';
import { BuildKit } from '../../engine/buildkit.ts';
import { onScratch } from '../../engine/compare.ts';
import { readCases } from '../../helpers/markdown-cases.ts';
import { exampleOf, subjectOf } from '../../helpers/subject.ts';

/** BuildKit's check, and where its line is not the rule's. */
const checks: readonly { readonly rule: string; readonly check: string; readonly compares: 'lines' | 'count' }[] = [
  { rule: 'stage-name-casing', check: 'StageNameCasing', compares: 'lines' },
  { rule: 'from-as-casing', check: 'FromAsCasing', compares: 'lines' },
  { rule: 'instruction-casing', check: 'ConsistentInstructionCasing', compares: 'lines' },
  { rule: 'stage-name-duplicate', check: 'DuplicateStageName', compares: 'lines' },
  { rule: 'stage-name-reserved', check: 'ReservedStageName', compares: 'lines' },
  { rule: 'command-overwritten', check: 'MultipleInstructionsDisallowed', compares: 'lines' },
  { rule: 'legacy-key-value', check: 'LegacyKeyValueFormat', compares: 'lines' },
  // Told by BuildKit at the last line of the instruction, by the rule at its first.
  { rule: 'continuation-empty', check: 'NoEmptyContinuation', compares: 'count' },
  { rule: 'platform-redundant', check: 'RedundantTargetPlatform', compares: 'lines' },
  { rule: 'workdir-relative', check: 'WorkdirRelativePath', compares: 'lines' },
  { rule: 'variable-undefined', check: 'UndefinedVar', compares: 'lines' },
];

interface Warning {
  readonly ruleName: string;
  readonly location?: { readonly ranges?: readonly { readonly start: { readonly line: number } }[] };
}

t.test('rules that bear the name of a check fire where it fires', async (t) => {
  const buildkit = await BuildKit.connect('/var/run/docker.sock');
  t.teardown(() => buildkit.close());
  const cases = readCases('test/cases/rules');
  for (const { rule: id, check, compares } of checks) {
    const rule = rules.find((one) => one.id === id);
    t.ok(rule?.aliases.includes(check), `${id} names ${check}`);
    if (rule === undefined) continue;
    const { bad, good } = rule.examples;
    const own = cases
      .filter(({ file }) => file.endsWith(`/${id}.md`))
      .map((one) => ({ title: one.title, example: exampleOf(one) }));
    for (const { title, example } of [{ title: 'bad', example: bad }, { title: 'good', example: good }, ...own]) {
      const original = typeof example === 'string' ? example : example.dockerfile;
      const text = onScratch(original, { allStages: true });
      const subject = { ...subjectOf(text), dockerfile: parseDockerfile(text, { allStages: true, buildArgs: {} }) };
      const answer = await buildkit.ask('lint', Buffer.from(text));
      if ('refused' in answer || subject.dockerfile.problems.length > 0) {
        t.fail(`${id}: ${title}: refused`, { answer, problems: subject.dockerfile.problems });
        continue;
      }
      // The form that BuildKit documents for `frontend.lint`.
      const warnings = (answer.ok['warnings'] ?? []) as readonly Warning[];
      const theirs = warnings
        .filter(({ ruleName }) => ruleName === check)
        .map((one) => one.location?.ranges?.[0]?.start.line);
      const ours = analyze(subject, [rule]).findings.map((one) => one.span?.line);
      if (compares === 'count') t.equal(ours.length, theirs.length, `${id}: ${title}`);
      else t.same(lines(subject, ours), lines(subject, theirs), `${id}: ${title}`);
    }
  }
});

/** Lines of a finding as the lines on which its instruction begins, each once. */
function lines(
  { dockerfile }: ReturnType<typeof subjectOf>,
  found: readonly (number | undefined)[],
): readonly number[] {
  const begins = found.map(
    (line) => dockerfile.instructions.findLast((one) => one.span.start.line <= (line ?? 0))?.span.start.line ?? 0,
  );
  return [...new Set(begins)].toSorted((a, b) => a - b);
}
