/**
 * The contract of a format: a report in, text out. A format computes nothing; what it tells was decided in core.
 * Much of a report is foreign (messages name images and files, logs are whatever a build printed), so the words that make
 * such text harmless stand here, for every format.
 */
import type { z } from 'zod';
import type { Production } from '../schemas/production.ts';
import type { Report } from '../schemas/report.ts';

/** How a person wants to see a report. Only what is shown in a terminal heeds it. */
export interface Look {
  readonly color: boolean;
  /** In columns. */
  readonly width: number;
}

/** How a report looks where nobody said. */
export const PLAIN: Look = { color: false, width: 100 };

/** A way to tell a report. */
export interface Format {
  /** The value of `?format=`. */
  readonly name: string;
  readonly mediaType: string;
  /** What in `Accept` picks it. Absent: its media type. Empty: that belongs to another format, so only the name picks this one. */
  readonly accepts?: readonly string[];
  /** What the text is as JSON, for the contract. Absent: it is none. */
  readonly schema?: z.ZodType;
  /** Pure. The text ends with a newline. */
  readonly render: (report: Report, look?: Look) => string;
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
    .toWellFormed()
    .replace(TERMINAL_SEQUENCE, '')
    .replace(/[\t\r\n]+/g, ' ')
    .replace(UNSEEN, '')
    .trim();
}

/** Foreign text as lines without anything unseen; empty lines at both ends are left out. */
export function plainLines(text: string): readonly string[] {
  const lines = text
    .toWellFormed()
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

/** A place as consumers want it that know nothing but files and lines: never empty, 1-based, columns in UTF-16 units, the end exclusive. */
export interface Spot {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Where a finding is; where the build broke for one that says so; `undefined` for what was seen on image or container. */
export function spot({ findings, build }: Report, finding: Report['findings'][number]): Spot | undefined {
  const { span, item } = finding;
  const broken = item === 'builds-and-starts' ? (build?.failure?.line ?? undefined) : undefined;
  if (finding.file === '' && broken === undefined) return undefined;
  const file = (finding.file || mainFile(findings)).toWellFormed();
  const { line, column, endLine, endColumn } = span ?? firstOf(finding.file === '' ? (broken ?? 1) : 1);
  const isEmpty = endLine < line || (endLine === line && endColumn <= column);
  return { file, line, column, ...(isEmpty ? { endLine: line, endColumn: column + 1 } : { endLine, endColumn }) };
}

/** The same for consumers that drop what has no place: the first line of the Dockerfile. */
export function spotOrTop(report: Report, finding: Report['findings'][number]): Spot {
  return spot(report, finding) ?? { file: mainFile(report.findings).toWellFormed(), ...firstOf(1) };
}

function firstOf(line: number): Omit<Spot, 'file'> {
  return { line, column: 1, endLine: line, endColumn: 2 };
}

/** The Dockerfile, as far as findings name it. */
function mainFile(findings: Report['findings']): string {
  return findings.find(({ file }) => file !== '' && !file.endsWith('.dockerignore'))?.file ?? 'Dockerfile';
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

/** Findings of rows that keep the image out of production first, those of security before others; otherwise in the order given. */
export function byWeight({ items }: Report, findings: Report['findings']): Report['findings'] {
  const weights = new Map(
    items.map(({ id, level, status, category }) => {
      if (status !== 'fail') return [id, 3];
      return [id, level !== 'required' ? 2 : category === 'Security' ? 0 : 1];
    }),
  );
  const weight = ({ item }: Report['findings'][number]): number => weights.get(item) ?? 3;
  return findings.toSorted((one, other) => weight(one) - weight(other));
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
