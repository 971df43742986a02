/** The text of a Dockerfile with what was found in it -> lines to be drawn. Pure. */
import type { Finding, Severity } from '../../../schemas/finding.ts';

/** A piece of a line. `mark`: something was found there, of at least that severity. */
export interface Piece {
  readonly text: string;
  readonly kind: 'plain' | 'keyword' | 'comment';
  readonly mark: Severity | undefined;
}

/** A line, and the findings that are told below it. */
export interface SourceLine {
  readonly number: number;
  readonly pieces: readonly Piece[];
  readonly findings: readonly Finding[];
}

const KEYWORD =
  /^\s*(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)(?=\s|$)/i;
const HEREDOC = /<<-?(["']?)(\w+)\1/g;
const RANK: Readonly<Record<Severity, number>> = { error: 3, warning: 2, info: 1, style: 0 };

/**
 * The lines, each with the findings whose place ends there.
 * @param findings  those of this file that have a place
 */
export function sourceLines(text: string, findings: readonly Finding[]): readonly SourceLine[] {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  let isContinued = false;
  let open: string[] = [];
  return lines.map((line, index) => {
    const number = index + 1;
    const isComment = open.length === 0 && /^\s*#/.test(line);
    const keyword = open.length > 0 || isContinued ? undefined : KEYWORD.exec(line)?.[0];
    if (open.length > 0) {
      if (line.trim() === open[0]) open = open.slice(1);
    } else if (!isComment) {
      if (keyword !== undefined) open = [...line.matchAll(HEREDOC)].map((match) => match[2] ?? '');
      isContinued = /[\\`]\s*$/.test(line);
    }
    const own = findings.filter(({ span }) => span !== null && Math.min(lastLine(span), lines.length) === number);
    return { number, pieces: cut(line, number, isComment ? 'comment' : keyword, findings), findings: bySeverity(own) };
  });
}

/** The worst first; those that are alike stay in their order. */
export function bySeverity(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => RANK[b.severity] - RANK[a.severity]);
}

/** The end of a span is exclusive: one that ends before the first letter of a line does not reach it. */
function lastLine({ line, endLine, endColumn }: NonNullable<Finding['span']>): number {
  return endColumn <= 1 && endLine > line ? endLine - 1 : endLine;
}

function cut(
  line: string,
  number: number,
  opening: string | undefined,
  findings: readonly Finding[],
): readonly Piece[] {
  const marks = findings.flatMap(({ span, severity, waived }) => {
    if (span === null || waived !== undefined || number < span.line || number > lastLine(span)) return [];
    // Of an instruction over many lines only what is written is marked, not what it is indented by.
    const from = number === span.line ? span.column - 1 : line.length - line.trimStart().length;
    return [{ from, to: number === span.endLine ? span.endColumn - 1 : line.length, severity }];
  });
  const isComment = opening === 'comment';
  const keywordEnd = isComment ? 0 : (opening ?? '').length;
  const edges = [0, keywordEnd, line.length, ...marks.flatMap(({ from, to }) => [from, to])];
  const cuts = [...new Set(edges)].filter((edge) => edge >= 0 && edge <= line.length).sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, index) => {
    const to = cuts[index + 1] ?? line.length;
    const here = marks.filter((mark) => mark.from <= from && mark.to >= to).map(({ severity }) => severity);
    return {
      text: line.slice(from, to),
      kind: isComment ? 'comment' : to <= keywordEnd ? 'keyword' : 'plain',
      mark: here.toSorted((a, b) => RANK[b] - RANK[a])[0],
    };
  });
}
