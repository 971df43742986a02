/** Every format against its golden, and the promises that hold for all of them. UPDATE_GOLDENS=1 writes the goldens anew. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { formats } from '../../src/formats/index.ts';
import { plainLine, plainLines } from '../../src/formats/format.ts';
import { Report } from '../../src/schemas/report.ts';
import { analysis, verification } from './reports.ts';

const reports = { analysis, verification };
const endings: Readonly<Record<string, string>> = {
  json: 'json',
  markdown: 'md',
  text: 'txt',
  sarif: 'sarif.json',
  junit: 'xml',
  github: 'github.txt',
  gitlab: 'gitlab.json',
};

await t.test('each format tells both kinds of report as its golden shows', async (t) => {
  for (const { name, render } of formats) {
    for (const [kind, report] of Object.entries(reports)) {
      const path = `test/formats/${kind}.golden.${endings[name] ?? name}`;
      const told = render(report);
      if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(path, told);
      t.ok(existsSync(path), `${path} is there; UPDATE_GOLDENS=1 makes it`);
      t.equal(told, readFileSync(path, 'utf8'), `${name} of the ${kind}`);
    }
  }
});

await t.test(
  'every format ends with a newline, names its media type and lets no control character through',
  async (t) => {
    for (const { name, mediaType, render } of formats) {
      t.match(mediaType, /^[a-z]+\/[a-z+]+; charset=utf-8$/, name);
      for (const report of Object.values(reports)) {
        t.ok(render(report).endsWith('\n'), name);
        t.notMatch(render(report), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/, `${name} holds nothing but lines`);
      }
    }
  },
);

await t.test('json gives the report back as it is', async (t) => {
  const json = formats.find(({ name }) => name === 'json');
  t.same(Report.parse(JSON.parse(json?.render(verification) ?? '')), verification);
});

await t.test('text and markdown tell all twenty rows, the gravest finding first', async (t) => {
  for (const name of ['text', 'markdown']) {
    const told = formats.find((format) => format.name === name)?.render(analysis) ?? '';
    for (const { id } of analysis.items) t.ok(told.includes(id), `${name} has ${id}`);
    t.ok(told.indexOf('base-latest') < told.indexOf('install-after-source'), `${name} puts the error first`);
    t.ok(told.includes('Dockerfile:3:1'), `${name} says where`);
  }
});

await t.test('foreign text in markdown neither formats nor links nor calls anybody', async (t) => {
  const told = formats.find(({ name }) => name === 'markdown')?.render(verification) ?? '';
  t.notMatch(told, /<script/);
  t.notMatch(told, /\]\(http/);
  t.notMatch(told, /(?<!\w)@octocat/);
  t.notMatch(told, /https?:\/\/b\.example|www\.b\.example/);
  t.match(told, /^````text$/m, 'a log with a fence gets a longer one');
  const cells = told.split('\n').filter((line) => line.startsWith('| `'));
  t.equal(cells.length, 20);
  for (const line of cells) t.equal(line.match(/\|/g)?.length, 6, 'a pipe in a summary does not make a column');
});

await t.test('plain text drops what moves a cursor and keeps what is said', async (t) => {
  t.equal(plainLine('a\u001b[31mred\u001b[0m\r\nb\tc\u202ed\u0007'), 'ared b cd');
  t.equal(plainLine('\u001b]8;;http://x\u0007link\u001b]8;;\u0007'), 'link');
  t.equal(plainLine('naïve – ünïcode 東京'), 'naïve – ünïcode 東京');
  t.same(plainLines('\n\n10%\r100%\n\n  two\u0000 \n\n'), ['100%', '', '  two']);
  t.same(plainLines(''), []);
});

await t.test('text and markdown tell what was mended and what of the policy does not count', async (t) => {
  const diff = '--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1 +1 @@\n-FROM a\n+FROM b ```\n';
  const told: Report = {
    ...analysis,
    policy: { sources: ['operator', 'request'], threshold: 80, notHeeded: ['The request sets a to off.'] },
    fixed: { dockerfile: 'FROM b', diff, applied: [{ rule: 'a', line: 1 }] },
  };
  for (const name of ['text', 'markdown']) {
    const { render } = formats.find((format) => format.name === name) ?? {};
    const text = render?.(told) ?? '';
    t.match(text, /^\+FROM b ```$/m, name);
    t.match(text, /Not heeded/, name);
    t.match(text, /[Rr]eady from 80/, name);
    if (name === 'markdown') t.match(text, /^````diff$/m, 'no line of the diff closes its fence');
    t.match(render?.({ ...told, fixed: { dockerfile: 'FROM a', diff: '', applied: [] } }), /Nothing can be mended/);
  }
});
