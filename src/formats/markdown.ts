/**
 * Format: for a comment on a change or the summary of a job. The verdict, the rows that want attention, the three remedies
 * that help most; everything else is folded away, and all of it stays below what GitHub takes as a comment.
 */
import type { Item } from '../schemas/item.ts';
import type { Report } from '../schemas/report.ts';
import { answers, byGravity, byWeight, defineFormat, place, plainLine, plainLines } from './format.ts';
import { clipped, code, escaped, fenced, remedy, sentence } from './markup.ts';

type Finding = Report['findings'][number];

const LOG_LINES = 40;
const MOST_HELPFUL = 3;
/** Characters: GitHub takes 65,536 in a comment. */
const MOST = 60_000;
const MOST_OF_FINDINGS = 20_000;
/** Characters of foreign text in a cell, in a sentence of a finding and in a line of a log. */
const CELL = 160;
const SENTENCE = 400;
const LOG_LINE = 300;

const SIGNS: Readonly<Record<Item['status'], string>> = {
  pass: '✅',
  warn: '⚠️',
  fail: '❌',
  unknown: '❔',
  'not-applicable': '➖',
  waived: '☑️',
};

export default defineFormat({
  name: 'markdown',
  mediaType: 'text/markdown; charset=utf-8',
  render: (report) => {
    const first = helpful(report);
    const blocks = [
      head(report),
      table(report),
      advice(report, first),
      failure(report),
      notHeeded(report),
      others(report, first),
      production(report),
      mended(report),
      assumptions(report),
    ];
    const told = blocks.filter((block) => block.length > 0).map((block) => `${block.join('\n')}\n`);
    const kept: string[] = [];
    let left = MOST;
    for (const block of told) {
      if (block.length > left) continue;
      left -= block.length;
      kept.push(block);
    }
    const missing =
      kept.length === told.length ? [] : ['Some of it is too long for a comment: `?format=json` has all.\n'];
    return [...kept, ...missing, foot(report)].join('\n');
  },
});

function head({ verdict, score, grade, kind, profile, project, policy, items }: Report): readonly string[] {
  const of = project === null ? '' : `${escaped(project)}: `;
  const blocking = items.filter(({ level, status }) => level === 'required' && status === 'fail').map(({ id }) => id);
  return [
    `## ${verdict === 'ready' ? '✅' : '❌'} ${of}${verdict === 'ready' ? 'ready' : 'not ready'} for production`,
    '',
    `Score **${score}**/100, grade **${grade}**, ${kind === 'analysis' ? 'static analysis' : 'verification'}, profile \`${profile.name}\`.${(policy?.threshold ?? 0) === 0 ? '' : ` Ready from ${policy?.threshold} on.`}`,
    ...(blocking.length === 0 ? [] : ['', `In the way: ${blocking.map((id) => `\`${id}\``).join(', ')}.`]),
  ];
}

/** The rows that want attention, then the others, folded. */
function table({ kind, items }: Report): readonly string[] {
  const isOpen = ({ status, level }: Item): boolean =>
    status === 'fail' || status === 'warn' || (status === 'unknown' && level === 'required');
  const open = items.filter(isOpen);
  const rest = items.filter((item) => !isOpen(item));
  const counts = [...Map.groupBy(rest, ({ status }) => status)].map(
    ([status, own]) => `${own.length} ${words(status)}`,
  );
  return [
    ...(open.length === 0 ? [] : [...rows(kind, open), '']),
    ...(rest.length === 0 ? [] : folded(`${rest.length} more: ${counts.join(', ')}`, rows(kind, rest))),
  ];
}

function rows(kind: Report['kind'], items: readonly Item[]): readonly string[] {
  const isProven = kind === 'verification';
  return [
    `| Item | Level | Status | Predicted |${isProven ? ' Proven |' : ''}`,
    `|---|---|---|---|${isProven ? '---|' : ''}`,
    ...items.map(
      ({ id, level, status, predicted, proven }) =>
        `| \`${id}\` | ${level} | ${SIGNS[status]} ${words(status)} | ${cell(predicted)} |${isProven ? ` ${cell(proven)} |` : ''}`,
    ),
  ];
}

function cell(said: { readonly status: Item['status']; readonly summary: string } | undefined): string {
  return said === undefined ? '' : `${SIGNS[said.status]} ${escaped(clipped(said.summary, CELL))}`;
}

function words(status: Item['status']): string {
  return status.replace('-', ' ');
}

/** The findings whose remedy helps most, one of each rule. */
function helpful(report: Report): readonly Finding[] {
  const open = byGravity(report.findings).filter(({ waived }) => waived === undefined);
  const firsts = [...Map.groupBy(open, ({ rule }) => rule).values()].flatMap((own) => own.slice(0, 1));
  return byWeight(report, firsts).slice(0, MOST_HELPFUL);
}

function advice({ findings }: Report, first: readonly Finding[]): readonly string[] {
  const told = first.flatMap((finding, index) => {
    const also = findings.filter((one) => one.rule === finding.rule && one !== finding && one.waived === undefined);
    return [
      '',
      `${index + 1}. **${finding.severity}** ${where(finding)}: ${sentence(clipped(finding.message, SENTENCE))}`,
      ...indented([
        sentence(clipped(finding.why, SENTENCE)),
        '',
        ...fix(finding),
        ...(finding.edits === undefined ? [] : ['', '`POST /analyze?fix=safe` writes it.']),
        ...(also.length === 0 ? [] : ['', `And in ${also.length} more ${also.length === 1 ? 'place' : 'places'}.`]),
      ]),
    ];
  });
  return told.length === 0 ? [] : [first.length === 1 ? '### What helps' : '### What helps most', ...told];
}

function fix(finding: Finding): readonly string[] {
  const [first = '', ...more] = remedy(clipped(finding.fix, 2 * SENTENCE));
  return more.length === 0 ? [`**Fix:** ${first}`] : ['**Fix:**', '', first, ...more];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `   ${line}`));
}

function where(finding: Finding): string {
  const at = place(finding);
  return `${code(finding.rule)}${at === undefined ? '' : ` at ${code(clipped(at, SENTENCE))}`}`;
}

/** The other findings, as far as there is room. */
function others(report: Report, first: readonly Finding[]): readonly string[] {
  const rest = byGravity(report.findings).filter((finding) => !first.includes(finding));
  if (rest.length === 0) return [];
  let left = MOST_OF_FINDINGS;
  const told: string[] = [];
  for (const finding of rest) {
    const { waived } = finding;
    const entry = [
      `- **${waived === undefined ? finding.severity : 'waived'}** ${where(finding)}: ${sentence(clipped(finding.message, SENTENCE))}`,
      waived === undefined
        ? `  <br>Fix: ${plainLines(clipped(finding.fix, SENTENCE)).map(sentence).join('<br>')}`
        : `  <br>Waived by ${code(waived.by)}: ${escaped(clipped(waived.reason, SENTENCE))}`,
    ].join('\n');
    left -= entry.length;
    if (left < 0) break;
    told.push(entry);
  }
  const missing = rest.length - told.length;
  return folded(`${rest.length} more ${rest.length === 1 ? 'finding' : 'findings'}`, [
    ...told,
    ...(missing === 0 ? [] : ['', `And ${missing} more: \`?format=json\` has all of them.`]),
  ]);
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
      escaped(clipped(failed.message, SENTENCE)),
      ...(failed.step === null ? [] : [`Step ${code(failed.step)}.`]),
      ...(failed.line === null ? [] : [`Line ${failed.line}.`]),
      ...(failed.exitCode === null ? [] : [`Exit code ${failed.exitCode}.`]),
    ].join(' '),
    ...(log.length === 0
      ? []
      : [
          '',
          ...fenced(
            'text',
            log.map((line) => clipped(line, LOG_LINE)),
          ),
        ]),
  ];
}

function production({ production: block }: Report): readonly string[] {
  if (block === undefined) return [];
  return folded(
    'Before production',
    answers(block).map(([question, answer]) => `- **${question}**: ${escaped(clipped(answer, SENTENCE))}`),
  );
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

function assumptions(report: Report): readonly string[] {
  if (report.assumptions.length === 0) return [];
  return folded(
    'Assumed',
    report.assumptions.map((assumption) => `- ${escaped(assumption)}`),
  );
}

/** GitHub reads Markdown inside HTML only behind an empty line. */
function folded(title: string, lines: readonly string[]): readonly string[] {
  return ['<details>', `<summary>${title}</summary>`, '', ...lines, '', '</details>'];
}

/** Who says so. The hidden word lets a job find its earlier comment and replace it. */
function foot({ tool, id }: Report): string {
  return `<sub>Drydock ${escaped(tool.version)}, report ${code(plainLine(id))}</sub>\n\n<!-- drydock -->\n`;
}
