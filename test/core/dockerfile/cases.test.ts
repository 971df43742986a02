/**
 * Runs test/cases/dockerfile. Each expected line is one line of print-dockerfile.ts, in the order of the tree; lines that
 * are not expected are passed over, except problems: those are all there are. A word without `@` may stand anywhere.
 */
import t from 'tap';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';
import { readDockerfileCases } from '../../helpers/dockerfile-cases.ts';
import { printDockerfile } from '../../helpers/print-dockerfile.ts';

const cases = readDockerfileCases('test/cases/dockerfile');

for (const { file, title, text, options, expected } of cases) {
  const printed = printDockerfile(parseDockerfile(text, options));
  const missing = firstMissing(printed, expected);
  const unexpected = countProblems(printed) - countProblems(expected);
  t.ok(missing === undefined && unexpected === 0, `${file}: ${title}`, { missing, unexpected, printed });
}

t.ok(cases.length > 150, `there are ${cases.length} cases`);

/** The first expected line that the tree does not have behind the one before it. */
function firstMissing(printed: readonly string[], expected: readonly string[]): string | undefined {
  let at = 0;
  for (const line of expected) {
    const pattern = patternOf(line);
    const found = printed.findIndex((one, index) => index >= at && pattern.test(one));
    if (found < 0) return line;
    at = found + 1;
  }
  return undefined;
}

/** Fits the line, with places wherever it gives none. */
function patternOf(line: string): RegExp {
  const place = String.raw`(?:@\d+:\d+-[\d:]+)?`;
  const escaped = line.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(/(?=[ =]|$)/g, () => place)}$`);
}

function countProblems(lines: readonly string[]): number {
  return lines.filter((line) => line.startsWith('problem ')).length;
}
