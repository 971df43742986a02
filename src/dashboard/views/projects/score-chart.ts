/** Scores over time. Every point is a link to its report; the table of reports says the same in words. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { HistoryEntry } from '../../../schemas/project.ts';
import { html } from '../../html.ts';
import { moment } from '../../parts/amounts.ts';
import { layOut, MARGIN } from './chart-geometry.ts';
import type { Chart, ChartPoint } from './chart-geometry.ts';
import { reportLink } from './reports.ts';

const HEIGHT = 230;
const KEYS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  Home: () => 0,
  End: (_at, last) => last,
};

/** The chart. One stop for the Tab key; the arrow keys go from report to report. */
export function ScoreChart({ reports }: { readonly reports: readonly HistoryEntry[] }): VNode {
  const box = useRef<HTMLElement>(null);
  const width = useWidth(box);
  const chart = layOut(reports, width, HEIGHT);
  const [chosen, setChosen] = useState<string>();
  const last = chart.points.length - 1;
  const found = chart.points.findIndex(({ report }) => report.id === chosen);
  const at = found === -1 ? last : found;
  const move = (event: KeyboardEvent): void => {
    const next = KEYS[event.key]?.(at, last);
    if (next === undefined) return;
    event.preventDefault();
    box.current?.querySelectorAll<SVGAElement>('a.point')[Math.min(last, Math.max(0, next))]?.focus();
  };
  return html`<figure class="chart" ref=${box}>
    <svg
      width=${width}
      height=${HEIGHT}
      role="group"
      aria-label="Score over time, the oldest report first; the arrow keys go from report to report"
      onKeyDown=${move}
    >
      <${Axes} chart=${chart} width=${width} />
      ${chart.lines.map(({ kind, points }) => html`<polyline key=${kind} class=${`chart-line chart-${kind}`} points=${points} />`)}
      ${chart.points.map(
        (point, index) =>
          html`<${Point}
            key=${point.report.id}
            of=${point}
            isStop=${index === at}
            choose=${() => setChosen(point.report.id)}
          />`,
      )}
    </svg>
    <figcaption>
      <${Readout} of=${chart.points[at]?.report} />
      ${
        chart.versions.length > 0 &&
        html`<p class="chart-note small">
          At a dotted line another version of Drydock began to judge: scores at its two sides are not measured by the
          same ruler.
        </p>`
      }
    </figcaption>
  </figure>`;
}

function Axes({ chart, width }: { readonly chart: Chart; readonly width: number }): VNode {
  const bottom = HEIGHT - MARGIN.bottom;
  return html`<g aria-hidden="true">
    ${chart.scores.map(
      ({ score, y }) =>
        html`<g key=${score}>
          <line class="chart-grid" x1=${MARGIN.left} x2=${width - MARGIN.right} y1=${y} y2=${y} />
          <text class="chart-word" x=${MARGIN.left - 8} y=${y + 4} text-anchor="end">${score}</text>
        </g>`,
    )}
    ${chart.dates.map(
      ({ at, x }, index) =>
        html`<text
          key=${`${at} ${x}`}
          class="chart-word"
          x=${x}
          y=${HEIGHT - 6}
          text-anchor=${index === 0 && chart.dates.length > 1 ? 'start' : index === chart.dates.length - 1 && index > 0 ? 'end' : 'middle'}
          >${new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: '2-digit' })}</text
        >`,
    )}
    ${chart.versions.map(
      ({ version, x }) =>
        html`<g key=${x} class="chart-version">
          <line x1=${x} x2=${x} y1=${MARGIN.top - 6} y2=${bottom} />
          <text class="chart-word" x=${x} y="11" text-anchor=${x > width - 60 ? 'end' : 'middle'}>from ${version}</text>
        </g>`,
    )}
  </g>`;
}

/** A disc where ready, a cross where not; small enough to see the line, with room around it to be hit. */
function Point({
  of,
  isStop,
  choose,
}: {
  readonly of: ChartPoint;
  readonly isStop: boolean;
  readonly choose: () => void;
}): VNode {
  const { report, x, y } = of;
  const isReady = report.verdict === 'ready';
  return html`<a
    class=${`point point-${report.verdict}`}
    href=${reportLink(report)}
    tabindex=${isStop ? 0 : -1}
    aria-label=${said(report)}
    onFocus=${choose}
    onMouseEnter=${choose}
  >
    <circle class="point-room" cx=${x} cy=${y} r="12" />
    ${
      isReady
        ? html`<circle class="point-mark" cx=${x} cy=${y} r="4.5" />`
        : html`<path class="point-mark" d=${`M${x - 4} ${y - 4}l8 8m0 -8l-8 8`} />`
    }
  </a>`;
}

/** The report that is pointed at, else the latest. Not a live region: whoever moves through the points hears them. */
function Readout({ of }: { readonly of: HistoryEntry | undefined }): VNode | null {
  if (of === undefined) return null;
  return html`<p class="chart-said" aria-hidden="true">
    <strong>${of.score}</strong>
    ${` ${of.verdict.replace('-', ' ')} · ${of.kind} · ${moment(of.createdAt)} · Drydock ${of.toolVersion}`}
  </p>`;
}

function said({ score, verdict, kind, createdAt, toolVersion }: HistoryEntry): string {
  return `Score ${score}, ${verdict.replace('-', ' ')}, ${kind}, ${moment(createdAt)}, Drydock ${toolVersion}`;
}

/** The width that an element has now. */
function useWidth(of: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (of.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(of.current);
    return () => observer.disconnect();
  }, []);
  return width;
}
