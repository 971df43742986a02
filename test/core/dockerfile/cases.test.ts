/**
 * Runs test/cases/dockerfile. Each expected line is one line of print-dockerfile.ts, in the order of the tree; lines that
 * are not expected are passed over, except problems: those are all there are. A line without `@` says nothing of places.
 */
import t from 'tap';
import { parseDockerfile } from '../../../src/core/dockerfile/parse.ts';
import { readCases } from '../../helpers/dockerfile-cases.ts';
import { printDockerfile } from '../../helpers/print-dockerfile.ts';

const cases = readCases(new URL('../../cases/dockerfile', import.meta.url).pathname);

for (const { file, title, text, options, expected } of cases) {
  const printed = printDockerfile(parseDockerfile(text, options));
  const missing = firstMissing(printed, expected);
  t.ok(missing === undefined, `${file}: ${title}`, { missing, printed });
  const problems = printed.filter((line) => line.startsWith('problem '));
  const announced = expected.filter((line) => line.startsWith('problem '));
  t.equal(announced.length, problems.length, `${file}: ${title}: every problem is expected`, { problems });
}

t.ok(cases.length > 150, `there are ${cases.length} cases`);

/** The first expected line that the tree does not have behind the one before it. */
function firstMissing(printed: readonly string[], expected: readonly string[]): string | undefined {
  let at = 0;
  for (const line of expected) {
    const found = printed.findIndex((one, index) => index >= at && (line.includes('@') ? one : withoutPlaces(one)) === line);
    if (found < 0) return line;
    at = found + 1;
  }
  return undefined;
}

function withoutPlaces(line: string): string {
  return line.replaceAll(/@\d+:\d+-\d+(?::\d+)?/g, '');
}
