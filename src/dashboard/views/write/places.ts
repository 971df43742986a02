/** Findings of a report as places in the text that is being written, and their edits as changes of it. Pure. */
import type { ChangeSpec, Text } from '@codemirror/state';
import type { Finding, LineSpan } from '../../../schemas/finding.ts';

/** A finding in a text; offsets in UTF-16 units. */
export interface Placed {
  readonly finding: Finding;
  readonly from: number;
  readonly to: number;
}

/** The findings of one file that have a place in it and are not waived, in the order of the text. */
export function placed(findings: readonly Finding[], file: string, text: Text): readonly Placed[] {
  return findings
    .filter((finding) => finding.file === file && finding.span !== null && finding.waived === undefined)
    .map((finding) => ({ finding, ...rangeOf(finding.span, text) }))
    .toSorted((one, other) => one.from - other.from || one.to - other.to);
}

/** A span as offsets; what lies beyond the text ends with it. No span: the beginning. */
export function rangeOf(span: LineSpan | null, text: Text): { readonly from: number; readonly to: number } {
  if (span === null) return { from: 0, to: 0 };
  const from = offsetOf(span.line, span.column, text);
  return { from, to: Math.max(from, offsetOf(span.endLine, span.endColumn, text)) };
}

/** The edits of a finding as one change; they count in the text as it was analysed. */
export function changesOf(finding: Finding): ChangeSpec {
  return (finding.edits ?? []).map(({ start, end, text }) => ({ from: start, to: end, insert: text }));
}

/** The smallest single change that makes one text of the other; `undefined` when they are the same. */
export function changeBetween(
  before: string,
  after: string,
): { readonly from: number; readonly to: number; readonly insert: string } | undefined {
  if (before === after) return undefined;
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from += 1;
  let behind = 0;
  while (behind < most - from && before.at(-1 - behind) === after.at(-1 - behind)) behind += 1;
  return { from, to: before.length - behind, insert: after.slice(from, after.length - behind) };
}

/** Worst first, then as they stand in the text; what has no place comes before what has one. */
export function bySeverity(findings: readonly Finding[]): readonly Finding[] {
  const order = ['error', 'warning', 'info', 'style'];
  return findings.toSorted(
    (one, other) =>
      order.indexOf(one.severity) - order.indexOf(other.severity) ||
      (one.span?.line ?? 0) - (other.span?.line ?? 0) ||
      (one.span?.column ?? 0) - (other.span?.column ?? 0),
  );
}

function offsetOf(line: number, column: number, text: Text): number {
  if (line > text.lines) return text.length;
  const { from, to } = text.line(Math.max(1, line));
  return Math.min(to, from + Math.max(0, column - 1));
}
