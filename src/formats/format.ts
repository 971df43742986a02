/**
 * The contract of a format: a report in, text out. A format computes nothing; what it tells was decided in core.
 * Much of a report is foreign (messages name images and files, logs are whatever a build printed), so the words that make
 * such text harmless stand here, for every format.
 */
import type { Production } from '../schemas/production.ts';
import type { Report } from '../schemas/report.ts';

/** A way to tell a report. */
export interface Format {
  /** The value of `?format=`. */
  readonly name: string;
  readonly mediaType: string;
  /** Pure. The text ends with a newline. */
  readonly render: (report: Report) => string;
}

/** Gives a format its type; the one thing that a format file exports. */
export function defineFormat(format: Format): Format {
  return format;
}

/**
 * Characters that move a cursor, change what stands before them or turn text around: C0 and C1 controls, line and
 * paragraph separators, bidirectional controls. Terminal sequences lose their ESC and with it their effect.
 */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const TERMINAL_SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)/g;

/** Foreign text as one line without anything unseen. */
export function plainLine(text: string): string {
  return text
    .replace(TERMINAL_SEQUENCE, '')
    .replace(/[\t\r\n]+/g, ' ')
    .replace(UNSEEN, '')
    .trim();
}

/** Foreign text as lines without anything unseen; empty lines at both ends are left out. */
export function plainLines(text: string): readonly string[] {
  const lines = text
    .replace(TERMINAL_SEQUENCE, '')
    .split(/\r?\n/)
    // What a carriage return would have painted over is not shown.
    .map((line) =>
      line
        .slice(line.lastIndexOf('\r') + 1)
        .replaceAll('\t', '  ')
        .replace(UNSEEN, '')
        .trimEnd(),
    );
  const first = lines.findIndex((line) => line !== '');
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex((line) => line !== '') + 1);
}

/** `Dockerfile:3:1`; without a place only the file, without a file (what a probe saw) `undefined`. */
export function place(finding: Report['findings'][number]): string | undefined {
  const file = plainLine(finding.file);
  if (file === '') return undefined;
  return finding.span === null ? file : `${file}:${finding.span.line}:${finding.span.column}`;
}

/** Findings with the gravest first, otherwise in the order of the report; taken-back ones at the end. */
export function byGravity(findings: Report['findings']): Report['findings'] {
  const order = ['error', 'warning', 'info', 'style'] as const;
  const open = findings.filter((finding) => finding.waived === undefined);
  return [
    ...order.flatMap((severity) => open.filter((finding) => finding.severity === severity)),
    ...findings.filter((finding) => finding.waived !== undefined),
  ];
}

/** What a row says, in one sentence: the side that gave it its status, what was proven before what was predicted. */
export function summary(item: Report['items'][number]): string {
  const sides = [item.proven, item.predicted];
  const told = sides.find((side) => side?.status === item.status) ?? item.proven ?? item.predicted;
  return plainLine(told?.summary ?? 'Nothing has looked at this row yet.');
}

const ROLES: Readonly<Record<Production['images'][number]['role'], string>> = {
  base: 'base image',
  build: 'image of a build stage',
  files: 'files from',
};

/** The questions before production, each with its answer in words; foreign text is left as it is. */
export function answers(block: Production): readonly (readonly [question: string, answer: string])[] {
  const { images, imageId, vulnerabilityScan, secrets, pid1, stop, unanswered } = block;
  return [
    ...images.map(({ role, written, line, digest, imageId: id, note }) => {
      const known = [...(digest === null ? [] : [digest]), ...(id === null ? [] : [`image ${id}`])].join(', ');
      const said = [known, note ?? ''].filter((part) => part !== '').join('. ');
      return [ROLES[role], `${written} (line ${line}): ${said}`] as const;
    }),
    ...(imageId === null ? [] : [['image', imageId] as const]),
    ['vulnerabilities', `not scanned. ${vulnerabilityScan.explanation}`],
    [
      'secrets',
      secrets.length === 0
        ? 'nothing that is named like one comes in'
        : secrets
            .map(({ name, through, line }) => `${name} through ${through}${line === null ? '' : ` (line ${line})`}`)
            .join(', '),
    ],
    ...(pid1 === null ? [] : [['PID 1', whoPid1Was(pid1)] as const]),
    ...(stop === null
      ? []
      : [
          [
            'stop',
            `${stop.signal}, ${stop.killed ? 'killed' : 'ended'} after ${stop.seconds} s, exit code ${stop.exitCode}`,
          ] as const,
        ]),
    ...unanswered.map((sentence) => ['not answered', sentence] as const),
  ];
}

function whoPid1Was({ uid, gid, command }: NonNullable<Production['pid1']>): string {
  return `uid ${uid}${gid === null ? '' : `, gid ${gid}`}${command === null ? '' : `: ${command}`}`;
}
