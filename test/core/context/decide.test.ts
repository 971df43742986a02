/** Looking patterns up by their plain text decides as asking every one of them does, and takes less time. */
import fc from 'fast-check';
import t from 'tap';
import { makeDecides } from '../../../src/core/context/decide.ts';
import type { Rule } from '../../../src/core/context/decide.ts';
import { parseIgnoreFile } from '../../../src/core/context/ignore.ts';
import { cleanPath, matcherOf } from '../../../src/core/context/pattern.ts';

/** The plain way: every rule is asked, for every folder of a path and for the path. */
function plainly(rules: readonly Rule[], path: string): number | undefined {
  let fitting: readonly boolean[] = [];
  let by: number | undefined;
  const parts = path.split('/');
  for (const depth of parts.keys()) {
    const place = parts.slice(0, depth + 1).join('/');
    by = undefined;
    fitting = rules.map(({ matcher, isException }, index) => {
      const fits = fitting[index] === true || (isException === (by !== undefined) && matcher.fits(place));
      if (fits) by = isException ? undefined : index;
      return fits;
    });
  }
  return by;
}

const name = fc.array(fc.constantFrom('a', 'b', 'ab', '.', 'é', '😀'), { minLength: 1, maxLength: 3 });
const part = name.map((letters) => letters.join(''));
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => cleanPath(parts.join('/')));
const sign = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', 'b', 'ab', '/', '/', '.', 'é', '😀') },
  { weight: 3, arbitrary: fc.constantFrom('*', '**', '**/', '?', '/*', '/**', '*/') },
  { weight: 1, arbitrary: fc.constantFrom('[ab]', '[^a]', '|', '\\a', '\\z', '\\b', '^', '$', '{2}') },
);
const rule = fc
  .tuple(
    fc.boolean(),
    fc.oneof(
      path,
      fc.array(sign, { minLength: 1, maxLength: 5 }).map((signs) => signs.join('')),
    ),
  )
  .map(([isException, pattern]) => ({ isException, matcher: matcherOf(cleanPath(pattern)) }))
  .filter((one): one is Rule => one.matcher !== undefined);

t.test('every path is decided on as if every pattern had been asked, in order', async (t) => {
  const answers = { sent: 0, leftOut: 0 };
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 12 }), fc.array(path, { minLength: 1, maxLength: 8 }), (rules, paths) => {
      const decides = makeDecides(rules);
      for (const one of paths.filter((each) => each !== '.' && !each.startsWith('/'))) {
        const wanted = plainly(rules, one);
        answers[wanted === undefined ? 'sent' : 'leftOut'] += 1;
        if (decides(one) !== wanted) throw new Error(`${one}: ${decides(one)} instead of ${wanted}`);
      }
    }),
    { numRuns: 20_000 },
  );
  t.ok(answers.sent > 10_000 && answers.leftOut > 10_000, 'both happen', answers);
});

t.test('a pattern fits nothing without its plain text', async (t) => {
  let fitting = 0;
  fc.assert(
    fc.property(rule, path, ({ matcher }, one) => {
      if (!matcher.fits(one)) return;
      fitting += 1;
      if (!one.startsWith(matcher.begin) || !one.endsWith(matcher.end)) throw new Error(JSON.stringify(matcher));
    }),
    { numRuns: 20_000 },
  );
  t.ok(fitting > 500, 'many fit', { fitting });
});

t.test('thousands of patterns over thousands of files take no longer than reading them', async (t) => {
  const begins = Array.from({ length: 12_000 }, (_, index) => `!d${index}/*/*`);
  const ends = Array.from({ length: 12_000 }, (_, index) => `**/*.n${index}`);
  const long = Array.from({ length: 6000 }, (_, index) => `${'a'.repeat(60)}*${index}x`);
  const deep = Array.from({ length: 6000 }, (_, index) => `${'a/'.repeat(60)}${index}`);
  for (const [kind, lines] of Object.entries({ begins: ['*', ...begins], ends, long, deep })) {
    const ignore = parseIgnoreFile(lines.join('\n'), '.dockerignore');
    const begun = performance.now();
    for (let index = 0; index < 20_000; index += 1) {
      ignore.excludes(`d${index % 200}/f${index}.py`);
      ignore.excludes(`${'a'.repeat(100)}${index}`);
      ignore.excludes(`${'a/'.repeat(100)}${index}`);
    }
    const ms = Math.round(performance.now() - begun);
    // Asking every pattern takes 15 to 60 seconds.
    t.ok(ms < 5000, `${kind}: ${ms} ms`);
  }
});
