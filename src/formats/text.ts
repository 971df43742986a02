/** Format: for a person in a terminal. No colour, no control character, nothing wider than its sentences. */
import type { Report } from '../schemas/report.ts';
import { answers, byGravity, defineFormat, place, plainLine, plainLines, summary } from './format.ts';

const LOG_LINES = 40;

export default defineFormat({
  name: 'text',
  mediaType: 'text/plain; charset=utf-8',
  render: (report) =>
    [
      head(report),
      rows(report),
      findings(report),
      failure(report),
      run(report),
      production(report),
      mended(report),
      assumptions(report),
      notHeeded(report),
    ]
      .filter((block) => block.length > 0)
      .map((block) => `${block.join('\n')}\n`)
      .join('\n'),
});

function head({ verdict, score, grade, kind, profile, project, policy, id }: Report): readonly string[] {
  const about = [
    ...(project === null ? [] : [plainLine(project)]),
    kind === 'analysis' ? 'static analysis' : 'verification',
    `profile ${profile.name}`,
    ...(policy === undefined ? [] : [`policy of ${policy.sources.join(', ')}`]),
    ...((policy?.threshold ?? 0) === 0 ? [] : [`ready from ${policy?.threshold}`]),
    plainLine(id),
  ];
  return [`${verdict === 'ready' ? 'READY' : 'NOT READY'}  score ${score}/100, grade ${grade}`, about.join(' · ')];
}

function rows({ items }: Report): readonly string[] {
  const widest = Math.max(...items.map((item) => item.status.length));
  const longest = Math.max(...items.map((item) => item.id.length));
  return items.map((item) => `${item.status.padEnd(widest)}  ${item.id.padEnd(longest)}  ${summary(item)}`);
}

function findings(report: Report): readonly string[] {
  return byGravity(report.findings).flatMap((finding, index) => {
    const where = place(finding);
    const waived = finding.waived;
    return [
      ...(index === 0 ? [] : ['']),
      `${waived === undefined ? finding.severity : 'waived'}  ${[where, plainLine(finding.rule)].filter(Boolean).join('  ')}`,
      `  ${plainLine(finding.message)}`,
      `  Why: ${plainLine(finding.why)}`,
      ...(waived === undefined
        ? plainLines(finding.fix).map((line, at) => `${at === 0 ? '  Fix: ' : '       '}${line}`)
        : [`  Waived by ${plainLine(waived.by)}: ${plainLine(waived.reason)}`]),
    ];
  });
}

function failure({ build }: Report): readonly string[] {
  const failed = build?.failure ?? null;
  if (failed === null) return [];
  const at = [
    ...(failed.step === null ? [] : [plainLine(failed.step)]),
    ...(failed.line === null ? [] : [`line ${failed.line}`]),
    ...(failed.exitCode === null ? [] : [`exit code ${failed.exitCode}`]),
  ];
  return [
    `The build failed${at.length === 0 ? '' : `: ${at.join(', ')}`}`,
    `  ${failed.cause}: ${plainLine(failed.advice)}`,
    `  ${plainLine(failed.message)}`,
    ...tail(failed.log),
  ];
}

function run({ run: seen }: Report): readonly string[] {
  if (seen === undefined) return [];
  const { firstAnswerMs, stopSignal, stopSeconds, exitCode, memory } = seen;
  return [
    'The container',
    `  first 200: ${firstAnswerMs === null ? 'never' : `after ${firstAnswerMs} ms`}`,
    `  stop: ${[
      ...(stopSignal === null ? [] : [plainLine(stopSignal)]),
      ...(stopSeconds === null ? [] : [`after ${stopSeconds} s`]),
      exitCode === null ? 'exit code unknown' : `exit code ${exitCode}`,
    ].join(', ')}`,
    ...(memory === undefined
      ? []
      : [`  memory at rest: ${mebibytes(memory.bytes)} of ${mebibytes(memory.limitBytes)} MiB`]),
    ...tail(seen.log),
  ];
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 ** 2);
}

function production({ production: block }: Report): readonly string[] {
  return block === undefined
    ? []
    : ['Before production', ...answers(block).map(([question, answer]) => `  ${question}: ${plainLine(answer)}`)];
}

function tail(log: string): readonly string[] {
  return plainLines(log)
    .slice(-LOG_LINES)
    .map((line) => `  | ${line}`.trimEnd());
}

function mended({ fixed }: Report): readonly string[] {
  if (fixed === undefined) return [];
  return fixed.diff === '' ? ['Nothing can be mended without asking'] : ['Mended', '', ...plainLines(fixed.diff)];
}

function notHeeded({ policy }: Report): readonly string[] {
  const told = policy?.notHeeded ?? [];
  return told.length === 0 ? [] : ['Not heeded', ...told.map((sentence) => `  ${plainLine(sentence)}`)];
}

function assumptions(report: Report): readonly string[] {
  return report.assumptions.length === 0
    ? []
    : ['Assumed', ...report.assumptions.map((assumption) => `  ${plainLine(assumption)}`)];
}
