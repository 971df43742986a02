/**
 * Format: for a person in a terminal. Sentences are as wide as it is; what may be copied (logs, diffs, remedies of several
 * lines) is never broken. Colour only when asked; otherwise nothing but lines.
 */
import type { Report } from '../schemas/report.ts';
import { answers, byGravity, defineFormat, PLAIN, place, plainLine, plainLines, summary } from './format.ts';
import type { Look } from './format.ts';
import { padded, painted, wrapped } from './wrap.ts';
import type { Paint } from './wrap.ts';

const LOG_LINES = 40;
/** Narrower, a summary stands below its row. */
const LEAST_BESIDE = 30;

const STATUS: Readonly<Record<Report['items'][number]['status'], Paint>> = {
  pass: 'green',
  warn: 'yellow',
  fail: ['red', 'bold'],
  unknown: 'cyan',
  'not-applicable': 'dim',
  waived: 'dim',
};
const SEVERITY: Readonly<Record<Report['findings'][number]['severity'], Paint>> = {
  error: ['red', 'bold'],
  warning: 'yellow',
  info: 'cyan',
  style: 'dim',
};

export default defineFormat({
  name: 'text',
  mediaType: 'text/plain; charset=utf-8',
  render: (report, look = PLAIN) =>
    [head, rows, findings, failure, run, production, mended, assumptions, notHeeded]
      .map((block) => block(report, look))
      .filter((block) => block.length > 0)
      .map((block) => `${block.join('\n')}\n`)
      .join('\n'),
});

function head({ verdict, score, grade, kind, profile, project, policy, id }: Report, look: Look): readonly string[] {
  const about = [
    ...(project === null ? [] : [plainLine(project)]),
    kind === 'analysis' ? 'static analysis' : 'verification',
    `profile ${profile.name}`,
    ...(policy === undefined ? [] : [`policy of ${policy.sources.join(', ')}`]),
    ...((policy?.threshold ?? 0) === 0 ? [] : [`ready from ${policy?.threshold}`]),
    plainLine(id),
  ];
  const word =
    verdict === 'ready' ? painted(look, ['green', 'bold'], 'READY') : painted(look, ['red', 'bold'], 'NOT READY');
  return [`${word}  score ${score}/100, grade ${grade}`, ...wrapped(about.join(' · '), look.width)];
}

function rows({ items }: Report, look: Look): readonly string[] {
  const widest = Math.max(...items.map((item) => item.status.length));
  const longest = Math.max(...items.map((item) => item.id.length));
  const beside = widest + longest + 4;
  return items.flatMap((item) => {
    const status = painted(look, STATUS[item.status], padded(item.status, widest));
    return look.width - beside < LEAST_BESIDE
      ? [`${status}  ${item.id}`, ...wrapped(summary(item), look.width, '  ')]
      : wrapped(summary(item), look.width, `${status}  ${padded(item.id, longest)}  `);
  });
}

function findings(report: Report, look: Look): readonly string[] {
  return byGravity(report.findings).flatMap((finding, index) => {
    const { waived, severity } = finding;
    const word = waived === undefined ? painted(look, SEVERITY[severity], severity) : painted(look, 'dim', 'waived');
    return [
      ...(index === 0 ? [] : ['']),
      [word, place(finding), painted(look, 'bold', plainLine(finding.rule))].filter(Boolean).join('  '),
      ...wrapped(finding.message, look.width, '  '),
      ...wrapped(finding.why, look.width, '  Why: '),
      ...(waived === undefined
        ? remedy(finding.fix, look)
        : wrapped(`${plainLine(waived.by)}: ${plainLine(waived.reason)}`, look.width, '  Waived by ', 4)),
    ];
  });
}

function remedy(fix: string, look: Look): readonly string[] {
  const lines = plainLines(fix);
  return lines.length > 1
    ? lines.map((line, at) => `${at === 0 ? '  Fix: ' : '       '}${line}`)
    : lines.flatMap((line) => wrapped(line, look.width, '  Fix: '));
}

function failure({ build }: Report, look: Look): readonly string[] {
  const failed = build?.failure ?? null;
  if (failed === null) return [];
  const at = [
    ...(failed.step === null ? [] : [plainLine(failed.step)]),
    ...(failed.line === null ? [] : [`line ${failed.line}`]),
    ...(failed.exitCode === null ? [] : [`exit code ${failed.exitCode}`]),
  ];
  return [
    title(look, `The build failed${at.length === 0 ? '' : `: ${at.join(', ')}`}`),
    ...wrapped(`${failed.cause}: ${failed.advice}`, look.width, '  '),
    ...wrapped(failed.message, look.width, '  '),
    ...tail(failed.log, look),
  ];
}

function run({ run: seen }: Report, look: Look): readonly string[] {
  if (seen === undefined) return [];
  const { firstAnswerMs, stopSignal, stopSeconds, exitCode, memory } = seen;
  return [
    title(look, 'The container'),
    `  first 200: ${firstAnswerMs === null ? 'never' : `after ${firstAnswerMs} ms`}`,
    `  stop: ${[
      ...(stopSignal === null ? [] : [plainLine(stopSignal)]),
      ...(stopSeconds === null ? [] : [`after ${stopSeconds} s`]),
      exitCode === null ? 'exit code unknown' : `exit code ${exitCode}`,
    ].join(', ')}`,
    ...(memory === undefined
      ? []
      : [`  memory at rest: ${mebibytes(memory.bytes)} of ${mebibytes(memory.limitBytes)} MiB`]),
    ...tail(seen.log, look),
  ];
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 ** 2);
}

function production({ production: block }: Report, look: Look): readonly string[] {
  return block === undefined
    ? []
    : [
        title(look, 'Before production'),
        ...answers(block).flatMap(([question, answer]) => wrapped(answer, look.width, `  ${question}: `, 4)),
      ];
}

function title(look: Look, words: string): string {
  return painted(look, 'bold', words);
}

function tail(log: string, look: Look): readonly string[] {
  return plainLines(log)
    .slice(-LOG_LINES)
    .map((line) => painted(look, 'dim', `  | ${line}`.trimEnd()));
}

function mended({ fixed }: Report, look: Look): readonly string[] {
  if (fixed === undefined) return [];
  if (fixed.diff === '') return ['Nothing can be mended without asking'];
  const lines = plainLines(fixed.diff).map((line) =>
    line.startsWith('+') ? painted(look, 'green', line) : line.startsWith('-') ? painted(look, 'red', line) : line,
  );
  return [title(look, 'Mended'), '', ...lines];
}

function notHeeded({ policy }: Report, look: Look): readonly string[] {
  const told = policy?.notHeeded ?? [];
  if (told.length === 0) return [];
  return [title(look, 'Not heeded'), ...told.flatMap((sentence) => wrapped(sentence, look.width, '  '))];
}

function assumptions(report: Report, look: Look): readonly string[] {
  if (report.assumptions.length === 0) return [];
  return [title(look, 'Assumed'), ...report.assumptions.flatMap((assumption) => wrapped(assumption, look.width, '  '))];
}
