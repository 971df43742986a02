/** What people read: fits where it is shown, in every width and colour, and hides what was hidden. */
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import t from 'tap';
import { formats } from '../../src/formats/index.ts';
import { wrapped } from '../../src/formats/wrap.ts';
import { equal, holds, told, truth } from './holds.ts';
import { fixed } from './more-reports.ts';
import { analysis, verification } from './reports.ts';

t.test('a comment fits into one on GitHub, whatever it is made of, and folds what it opens', async (t) => {
  const many = fixed['ai-generated']?.findings ?? [];
  const long = '`|<&'.repeat(500);
  const huge = {
    ...verification,
    findings: Array.from({ length: 200 }, () => many.map((one) => ({ ...one, message: long, fix: long }))).flat(),
    assumptions: Array.from({ length: 100 }, () => long.slice(0, 1000)),
  };
  t.ok(told('markdown', huge).length < 65_000);
  holds((report) => {
    const text = told('markdown', report);
    truth(text.length < 65_000, 'short enough');
    const count = (tag: string): number => text.split('\n').filter((line) => line === tag).length;
    equal(count('<details>'), count('</details>'), 'folds');
    truth(!/(?<!\w)@octocat/.test(text.replace(/(`+)[^`].*?\1/gs, '')), 'nobody is called');
  });
});

t.test('text in colour is the same text', async (t) => {
  holds((report) => {
    for (const width of [40, 100]) {
      const plain = told('text', report, { color: false, width });
      equal(stripVTControlCharacters(told('text', report, { color: true, width })), plain, 'colour adds nothing');
    }
  });
  t.match(told('text', analysis, { color: true, width: 100 }), /\u001b\[/);
});

t.test('no line is wider than was asked, but for one word and for what may be copied', async (t) => {
  const words = fc.array(fc.constantFrom('a', 'word', '東京', '😀', 'e\u0301', '-'.repeat(30)), { maxLength: 30 });
  fc.assert(
    fc.property(words, fc.integer({ min: 10, max: 60 }), fc.constantFrom('', '  ', '  Why: '), (words, width, head) => {
      const lines = wrapped(words.join(' '), width, head).map((line, at) =>
        line.slice(at === 0 ? Math.min(head.length, line.length) : head.length),
      );
      equal(lines.join(' ').trim(), words.join(' '), 'every word stays');
      for (const line of lines) truth(!line.includes(' ') || stringWidth(line) + head.length <= width, line);
    }),
  );
  for (const [name, report] of Object.entries(fixed)) {
    for (const width of [40, 72, 200]) {
      const wide = told('text', report, { color: false, width })
        .split('\n')
        .filter((line) => stringWidth(line) > width && / \S+ /.test(line.replace(/^ *[\w ]*:/, '').trim()));
      const isTold = /^(?: {2}\|| {2}stop:| {2}first| {2}memory| {7}|The build failed|\w+ {2}\S+ {2}\S+$|NOT READY)/;
      t.same(
        wide.filter((line) => !isTold.test(line)),
        [],
        `${name}, ${width} columns`,
      );
    }
  }
});

t.test('a text that hides a secret says so in every format', async (t) => {
  const [finding] = analysis.findings;
  const message = 'ARG NPM_TOKEN=*** is kept.';
  const report = { ...analysis, findings: finding === undefined ? [] : [{ ...finding, message }] };
  for (const { name, render } of formats) {
    t.ok(render(report).replaceAll('&#42;', '*').replaceAll('&#95;', '_').includes(message), name);
  }
});
