/** Format: for the summary of a job or a comment on a change. Foreign text cannot format, link, mention or break the table. */
import type { Report } from '../schemas/report.ts';
import { answers, byGravity, defineFormat, place, plainLine, plainLines } from './format.ts';

const LOG_LINES = 40;
const SIGNS: Readonly<Record<Report['items'][number]['status'], string>> = {
  pass: '✅ pass',
  warn: '⚠️ warn',
  fail: '❌ fail',
  unknown: '❔ unknown',
  'not-applicable': '➖ not applicable',
  waived: '☑️ waived',
};

export default defineFormat({
  name: 'markdown',
  mediaType: 'text/markdown; charset=utf-8',
  render: (report) =>
    [
      head(report),
      table(report),
      findings(report),
      failure(report),
      production(report),
      mended(report),
      assumptions(report),
      notHeeded(report),
    ]
      .filter((block) => block.length > 0)
      .map((block) => `${block.join('\n')}\n`)
      .join('\n'),
});

function head({ verdict, score, grade, kind, profile, project, policy }: Report): readonly string[] {
  const of = project === null ? '' : `${escaped(project)}: `;
  return [
    `## ${verdict === 'ready' ? '✅' : '❌'} ${of}${verdict === 'ready' ? 'ready' : 'not ready'} for production`,
    '',
    `Score **${score}**/100, grade **${grade}**, ${kind === 'analysis' ? 'static analysis' : 'verification'}, profile \`${profile.name}\`.${(policy?.threshold ?? 0) === 0 ? '' : ` Ready from ${policy?.threshold} on.`}`,
  ];
}

function table({ kind, items }: Report): readonly string[] {
  const isProven = kind === 'verification';
  return [
    `| Item | Level | Status | Predicted |${isProven ? ' Proven |' : ''}`,
    `|---|---|---|---|${isProven ? '---|' : ''}`,
    ...items.map(
      ({ id, level, status, predicted, proven }) =>
        `| \`${id}\` | ${level} | ${SIGNS[status]} | ${cell(predicted)} |${isProven ? ` ${cell(proven)} |` : ''}`,
    ),
  ];
}

function cell(said: { readonly summary: string } | undefined): string {
  return said === undefined ? '' : escaped(said.summary);
}

function findings(report: Report): readonly string[] {
  const told = byGravity(report.findings).map((finding) => {
    const where = place(finding);
    const { waived } = finding;
    return [
      `- **${waived === undefined ? finding.severity : 'waived'}** ${code(finding.rule)}${where === undefined ? '' : ` at ${code(where)}`}: ${escaped(finding.message)}`,
      `  <br>Why: ${escaped(finding.why)}`,
      waived === undefined
        ? `  <br>Fix: ${plainLines(finding.fix).map(escaped).join('<br>')}`
        : `  <br>Waived by ${code(waived.by)}: ${escaped(waived.reason)}`,
    ].join('\n');
  });
  return told.length === 0 ? [] : ['### Findings', '', ...told];
}

function failure({ build }: Report): readonly string[] {
  const failed = build?.failure ?? null;
  if (failed === null) return [];
  const log = plainLines(failed.log).slice(-LOG_LINES);
  return [
    '### The build failed',
    '',
    `**${failed.cause}**: ${escaped(failed.advice)}`,
    '',
    [
      escaped(failed.message),
      ...(failed.step === null ? [] : [`Step ${code(failed.step)}.`]),
      ...(failed.line === null ? [] : [`Line ${failed.line}.`]),
      ...(failed.exitCode === null ? [] : [`Exit code ${failed.exitCode}.`]),
    ].join(' '),
    ...(log.length === 0 ? [] : ['', ...fenced('text', log)]),
  ];
}

function production({ production: block }: Report): readonly string[] {
  if (block === undefined) return [];
  return [
    '### Before production',
    '',
    ...answers(block).map(([question, answer]) => `- **${question}**: ${escaped(answer)}`),
  ];
}

function mended({ fixed }: Report): readonly string[] {
  if (fixed === undefined) return [];
  return fixed.diff === ''
    ? ['Nothing can be mended without asking.']
    : ['### Mended', '', ...fenced('diff', plainLines(fixed.diff))];
}

function notHeeded({ policy }: Report): readonly string[] {
  const told = policy?.notHeeded ?? [];
  return told.length === 0 ? [] : ['### Not heeded', '', ...told.map((sentence) => `- ${escaped(sentence)}`)];
}

/** Foreign lines as they are, in a fence that none of them can close. */
function fenced(language: string, lines: readonly string[]): readonly string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [`${fence}${language}`, ...lines, fence];
}

function assumptions(report: Report): readonly string[] {
  return report.assumptions.length === 0
    ? []
    : ['### Assumed', '', ...report.assumptions.map((assumption) => `- ${escaped(assumption)}`)];
}

/**
 * Foreign text as words: every character that means something to Markdown or HTML becomes an entity, addresses do not
 * become links, and a name after `@` gets a zero-width space, so that nobody is called.
 */
function escaped(text: string): string {
  return plainLine(text)
    .replace(/(?<!\w)@(?=\w)/g, '@\u200b')
    .replace(/(?<=\b(?:https?|ftp)):(?=\/\/)/gi, ':\u200b')
    .replace(/(?<=\bwww)\.(?=\w)/gi, '.\u200b')
    .replace(/^[-+]|[\\`*_{}[\]<>#|~&$]/g, (one) => `&#${one.codePointAt(0)};`);
}

/** Foreign text as code. */
function code(text: string): string {
  const line = plainLine(text);
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
