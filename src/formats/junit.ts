/**
 * Format: for test tabs (Jenkins, GitLab, Azure DevOps and others). One test per row of the checklist: `fail` fails, `unknown`
 * and `not-applicable` are skipped, `pass`, `warn` and `waived` pass and say in `system-out` what there is to say.
 * The verdict may be `not-ready` where no test fails (a threshold, a row nobody could look at): it stands in the properties.
 */
import type { Item } from '../schemas/item.ts';
import type { Report } from '../schemas/report.ts';
import { byGravity, defineFormat, place, plainLine, plainLines, summary } from './format.ts';

const LOG_LINES = 40;

export default defineFormat({
  name: 'junit',
  mediaType: 'application/xml; charset=utf-8',
  accepts: ['application/xml', 'text/xml'],
  render: (report) => {
    const { items } = report;
    const counts = {
      tests: items.length,
      failures: items.filter(({ status }) => status === 'fail').length,
      errors: 0,
      skipped: items.filter(({ status }) => isSkipped(status)).length,
      time: (report.durationMs / 1000).toFixed(3),
    };
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites${attributes({ name: 'drydock', ...counts })}>`,
      `  <testsuite${attributes({ name: 'drydock', ...counts, timestamp: report.createdAt.slice(0, 19) })}>`,
      ...properties(report),
      ...items.flatMap((item) => testcase(report, item)),
      '  </testsuite>',
      '</testsuites>',
      '',
    ].join('\n');
  },
});

function isSkipped(status: Item['status']): boolean {
  return status === 'unknown' || status === 'not-applicable';
}

function properties({ verdict, score, grade, kind, profile, project, policy, tool, id }: Report): readonly string[] {
  const told = {
    verdict,
    score,
    grade,
    kind,
    profile: profile.name,
    ...(project === null ? {} : { project }),
    ...(policy === undefined ? {} : { threshold: policy.threshold }),
    version: tool.version,
    report: id,
  };
  return [
    '    <properties>',
    ...Object.entries(told).map(([name, value]) => `      <property${attributes({ name, value })}/>`),
    '    </properties>',
  ];
}

function testcase(report: Report, item: Item): readonly string[] {
  const head = attributes({ name: `${item.id}: ${item.title}`, classname: item.category, time: '0' });
  const message = attributes({ message: summary(item) });
  const seen = observed(item);
  const said = [...complaints(report, item), ...broken(report, item)];
  const isFailed = item.status === 'fail';
  const out = isFailed ? seen : [...seen, ...said];
  const body = [
    ...(isFailed
      ? [
          `      <failure${message}${attributes({ type: item.level })}>${text(said.join('\n') || summary(item))}</failure>`,
        ]
      : isSkipped(item.status)
        ? [`      <skipped${message}/>`]
        : []),
    ...(out.length === 0 ? [] : [`      <system-out>${text(out.join('\n'))}</system-out>`]),
  ];
  return [`    <testcase${head}>`, ...body, '    </testcase>'];
}

/** What the two sides say of a row, with the evidence. */
function observed({ status, predicted, proven }: Item): readonly string[] {
  return [
    `status: ${status}`,
    ...(predicted === undefined ? [] : [`predicted: ${predicted.status}. ${plainLine(predicted.summary)}`]),
    ...(proven === undefined ? [] : [`proven: ${proven.status}. ${plainLine(proven.summary)}`]),
    ...(proven?.evidence ?? []).map(({ fact, value }) => `  ${plainLine(fact)}: ${plainLine(String(value))}`),
  ];
}

function complaints(report: Report, item: Item): readonly string[] {
  return byGravity(report.findings)
    .filter((finding) => finding.item === item.id)
    .flatMap((finding) => {
      const { waived } = finding;
      const head = [waived === undefined ? finding.severity : 'waived', place(finding), plainLine(finding.rule)];
      return [
        head.filter(Boolean).join('  '),
        `  ${plainLine(finding.message)}`,
        ...(waived === undefined
          ? plainLines(finding.fix).map((line, at) => (at === 0 ? `  Fix: ${line}` : `       ${line}`))
          : [`  Waived by ${plainLine(waived.by)}: ${plainLine(waived.reason)}`]),
      ];
    });
}

/** How a build failed, in the row that fails with it. */
function broken({ build }: Report, { id }: Item): readonly string[] {
  const failed = build?.failure ?? null;
  if (failed === null || id !== 'builds-and-starts') return [];
  return [
    `The build failed (${failed.cause}): ${plainLine(failed.advice)}`,
    plainLine(failed.message),
    ...plainLines(failed.log)
      .slice(-LOG_LINES)
      .map((line) => `  | ${line}`),
  ];
}

function attributes(named: Readonly<Record<string, string | number>>): string {
  return Object.entries(named)
    .map(([name, value]) => ` ${name}="${text(plainLine(String(value))).replaceAll('"', '&quot;')}"`)
    .join('');
}

/** Text that XML 1.0 can hold: characters that it forbids are dropped, even as references. */
function text(raw: string): string {
  return raw
    .toWellFormed()
    .replace(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
