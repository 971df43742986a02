/** Where everything of the chart stands: points, lines, ticks, the places where another Drydock began to judge. Pure. */
import type { HistoryEntry } from '../../../schemas/project.ts';

/** Space around the plot, in pixels: numbers at its left, dates below, names of versions above. */
export const MARGIN = { top: 22, right: 16, bottom: 26, left: 34 } as const;

/** One report in the chart. */
export interface ChartPoint {
  readonly report: HistoryEntry;
  readonly x: number;
  readonly y: number;
}

/** What there is to draw. */
export interface Chart {
  /** The oldest first, one step each: reports of one hour stay as easy to tell apart as those of one year. */
  readonly points: readonly ChartPoint[];
  /** Corners of the line of each kind. */
  readonly lines: readonly { readonly kind: HistoryEntry['kind']; readonly points: string }[];
  readonly scores: readonly { readonly score: number; readonly y: number }[];
  readonly dates: readonly { readonly at: string; readonly x: number }[];
  /** Between two reports of different versions. */
  readonly versions: readonly { readonly version: string; readonly x: number }[];
}

/**
 * Lays out reports.
 * @param reports  the latest first, as the service lists them
 * @param width, height  of the whole picture, in pixels
 */
export function layOut(reports: readonly HistoryEntry[], width: number, height: number): Chart {
  const inner = Math.max(0, width - MARGIN.left - MARGIN.right);
  const step = reports.length < 2 ? 0 : inner / (reports.length - 1);
  const left = reports.length < 2 ? MARGIN.left + inner / 2 : MARGIN.left;
  const yOf = (score: number): number => MARGIN.top + (1 - score / 100) * (height - MARGIN.top - MARGIN.bottom);
  const points = reports
    .toReversed()
    .map((report, index) => ({ report, x: round(left + index * step), y: round(yOf(report.score)) }));
  const kinds = (['verification', 'analysis'] as const).filter((kind) => reports.some((one) => one.kind === kind));
  return {
    points,
    lines: kinds.map((kind) => ({
      kind,
      points: points
        .filter(({ report }) => report.kind === kind)
        .map(({ x, y }) => `${x},${y}`)
        .join(' '),
    })),
    scores: [0, 25, 50, 75, 100].map((score) => ({ score, y: round(yOf(score)) })),
    dates: datesOf(points, Math.max(1, Math.floor(inner / 110))),
    versions: points.flatMap(({ report, x }, index) => {
      const before = points[index - 1];
      return before === undefined || before.report.toolVersion === report.toolVersion
        ? []
        : [{ version: report.toolVersion, x: round((before.x + x) / 2) }];
    }),
  };
}

/** At most so many, evenly spread, the first and the last among them. */
function datesOf(points: readonly ChartPoint[], most: number): Chart['dates'] {
  const amount = Math.min(most, points.length);
  const indexes = Array.from({ length: amount }, (_, nth) =>
    amount === 1 ? points.length - 1 : Math.round((nth * (points.length - 1)) / (amount - 1)),
  );
  return indexes.flatMap((index) => {
    const point = points[index];
    return point === undefined ? [] : [{ at: point.report.createdAt, x: point.x }];
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
