/** Reports beyond the two of reports.ts: of the contexts under test/fixtures, and generated ones full of what formats trip over. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { analyze } from '../../src/core/analyze.ts';
import { noPolicy } from '../../src/core/policy/policy.ts';
import { analysisReport } from '../../src/core/report/report.ts';
import type { Finding } from '../../src/schemas/finding.ts';
import { Category, ItemId, Level, Status } from '../../src/schemas/item.ts';
import { Report } from '../../src/schemas/report.ts';
import { subjectOf } from '../helpers/subject.ts';
import { analysis, verification } from './reports.ts';

const CONTEXTS = 'test/fixtures/contexts';
const stamp = { id: 'a1', createdAt: '2026-06-01T00:00:00.000Z', durationMs: 1, toolVersion: '0.1.0' };

/** The report on a Dockerfile, with or without the files beside it. */
export function reportOn(dockerfile: string, files?: Readonly<Record<string, string>>): Report {
  const said = analyze(subjectOf(files === undefined ? dockerfile : { dockerfile, files }));
  const profile = { name: 'service', detected: false, why: 'for this test' } as const;
  return analysisReport(said, { project: null, profile, assumptions: [], policy: noPolicy }, stamp);
}

function contextReport(name: string): Report {
  const folder = `${CONTEXTS}/${name}`;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !statSync(`${folder}/${path}`).isDirectory(),
  );
  const { Dockerfile = '', ...files } = Object.fromEntries(
    paths.map((path) => [path, readFileSync(`${folder}/${path}`, 'utf8')]),
  );
  return reportOn(Dockerfile, files);
}

/** The reports that never change, by name. */
export const fixed: Readonly<Record<string, Report>> = {
  analysis,
  verification,
  ...Object.fromEntries(
    readdirSync(CONTEXTS, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => [name, contextReport(name)]),
  ),
};

/** Pieces that end lines, commands, sections, tables, fences, links and encodings. */
const HOSTILE = [
  '\n',
  '\r\n',
  '\r',
  '::error::x',
  '##[error]x',
  '\n::set-output name=a::b',
  ']]>',
  '<!--',
  '--></details>',
  '<a href="x">',
  '&amp;',
  '"',
  "'",
  '%0A%25',
  '\u0000',
  '\u0008',
  '\u001b[31m',
  '\u001b]8;;http://x\u0007',
  '\u202e',
  '\u2028',
  '\ud800',
  '\udc00',
  '\ufffe',
  '\uffff',
  '😀',
  '東京',
  '***',
  '`',
  '```',
  '|',
  '[a](http://b.example)',
  '{0}',
  '${X}',
  '@octocat',
  '../',
  '//host/',
  'c:\\',
  '?#',
  ',a=b:c',
  ' ',
  'word',
];

const foreign = (max: number): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 12 })
    .map((parts) => parts.join('').slice(0, max));

const line = fc.integer({ min: 1, max: 9 });
/** Empty and backward ones, too. */
const span = fc.record({ line, column: line, endLine: line, endColumn: line });
const edit = fc
  .tuple(fc.nat(500), fc.nat(50), foreign(100))
  .map(([start, length, text]) => ({ start, end: start + length, text }));

const finding: fc.Arbitrary<Finding> = fc
  .record({
    rule: fc.oneof(fc.constantFrom('apt-lists-kept', 'base-latest'), foreign(100)),
    item: fc.constantFrom(...ItemId.options),
    severity: fc.constantFrom('error', 'warning', 'info', 'style'),
    confidence: fc.constantFrom('high', 'medium', 'low'),
    message: foreign(2000),
    file: fc.oneof(fc.constantFrom('Dockerfile', '', 'a b/ü.Dockerfile'), foreign(100)),
    span: fc.option(span),
    why: foreign(2000),
    fix: foreign(2000),
    aliases: fc.array(foreign(100), { maxLength: 3 }),
    fingerprint: fc.oneof(fc.constantFrom('f1', 'f1-2'), foreign(64)),
    edits: fc.option(fc.array(edit, { maxLength: 3 })),
    waived: fc.option(fc.record({ by: foreign(200), reason: foreign(1000) })),
  })
  .map(({ edits, waived, ...rest }) => ({
    ...rest,
    ...(edits === null ? {} : { edits }),
    ...(waived === null ? {} : { waived }),
  }));

const side = fc.record({ status: fc.constantFrom(...Status.options), summary: foreign(1000) });

/** A verification about which nothing is certain but its schema. */
export const generated: fc.Arbitrary<Report> = fc
  .record({
    findings: fc.array(finding, { maxLength: 8 }),
    sides: fc.array(side, { minLength: 20, maxLength: 20 }),
    facts: fc.array(fc.record({ fact: foreign(200), value: fc.oneof(foreign(400), fc.double(), fc.boolean()) }), {
      maxLength: 3,
    }),
    level: fc.constantFrom(...Level.options),
    category: fc.constantFrom(...Category.options),
    words: fc.array(foreign(1000), { maxLength: 4 }),
    project: fc.option(foreign(200)),
    verdict: fc.constantFrom('ready', 'not-ready'),
  })
  .map(({ findings, sides, facts, level, category, words, project, verdict }) => {
    const evidence = facts.map(({ fact, value }) => ({ fact, value: Number.isFinite(value) ? value : String(value) }));
    const report: Report = {
      ...verification,
      verdict: verdict === 'ready' ? 'ready' : 'not-ready',
      project,
      findings,
      assumptions: words,
      items: verification.items.map((item, index) => {
        const { status, summary } = sides[index] ?? { status: 'unknown', summary: '' };
        const proven = { status, summary, evidence };
        return index % 3 === 0 ? { ...item, status, proven } : { ...item, status, level, category, predicted: proven };
      }),
    };
    // `predicted` takes no evidence: what was put there too much goes.
    return Report.parse({
      ...report,
      items: report.items.map(({ predicted, ...item }) => ({
        ...item,
        ...(predicted === undefined ? {} : { predicted: { status: predicted.status, summary: predicted.summary } }),
      })),
    });
  });
