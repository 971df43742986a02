/**
 * Format: for a step of GitHub Actions. Workflow commands that its runner turns into annotations of the changed lines.
 * Of each kind only the first ten of a step are shown: the gravest come first. What was waived is only counted.
 */
import type { Report } from '../schemas/report.ts';
import { byGravity, byWeight, defineFormat, plainLine, plainLines, spot } from './format.ts';

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice', style: 'notice' } as const;

export default defineFormat({
  name: 'github',
  mediaType: 'text/plain; charset=utf-8',
  accepts: [],
  render: (report) => {
    const open = byGravity(byWeight(report, report.findings)).filter(({ waived }) => waived === undefined);
    return [...open.map((finding) => annotation(report, finding)), total(report)].join('\n') + '\n';
  },
});

function annotation(report: Report, finding: Report['findings'][number]): string {
  const at = spot(report, finding);
  const rule = plainLine(finding.rule) || 'finding';
  const properties = [
    // A column counts only within one line.
    ...(at === undefined
      ? []
      : [
          `file=${property(plainLine(at.file))}`,
          `line=${at.line}`,
          `endLine=${at.endLine}`,
          ...(at.line === at.endLine ? [`col=${at.column}`] : []),
        ]),
    `title=${property(rule)}`,
  ];
  const said = [plainLine(finding.message) || rule, ...remedy(finding.fix)].join('\n');
  return `::${COMMANDS[finding.severity]} ${properties.join(',')}::${data(said)}`;
}

function remedy(fix: string): readonly string[] {
  const lines = plainLines(fix);
  return lines.length > 1 ? ['Fix:', ...lines] : lines.map((line) => `Fix: ${line}`);
}

/** A line of the log. Nothing foreign stands in it: the runner also obeys words in the middle of a line. */
function total({ verdict, score, grade, items, findings }: Report): string {
  const open = findings.filter(({ waived }) => waived === undefined);
  const count = (command: string): string => {
    const many = open.filter(({ severity }) => COMMANDS[severity] === command).length;
    return `${many} ${command}${many === 1 ? '' : 's'}`;
  };
  const failing = items.filter(({ status }) => status === 'fail').map(({ id }) => id);
  return [
    `Drydock: ${verdict === 'ready' ? 'ready' : 'not ready'} for production, score ${score}/100, grade ${grade}.`,
    `${['error', 'warning', 'notice'].map(count).join(', ')}, ${findings.length - open.length} waived.`,
    ...(failing.length === 0 ? [] : [`Failing: ${failing.join(', ')}.`]),
  ].join(' ');
}

/** The escaping of a message, as the runner undoes it. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** The escaping of a property: commas and colons would end it. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
