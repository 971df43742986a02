/** Scores over time as a line the size of a word. */
import type { VNode } from 'preact';
import { html } from '../html.ts';

const WIDTH = 96;
const HEIGHT = 24;
const MARGIN = 3;

/** The line, oldest score first, each 0 to 100. A single score is a point. */
export function Sparkline({ scores }: { readonly scores: readonly number[] }): VNode | null {
  const first = scores[0];
  const last = scores.at(-1);
  if (first === undefined || last === undefined) return null;
  const points = sparkPoints(scores);
  const end = points.at(-1) ?? [0, 0];
  return html`<svg
    class="spark"
    viewBox=${`0 0 ${WIDTH} ${HEIGHT}`}
    width=${WIDTH}
    height=${HEIGHT}
    role="img"
    aria-label=${scores.length === 1 ? `Score ${last}` : `Score from ${first} to ${last} over ${scores.length} reports`}
  >
    <polyline points=${points.map((point) => point.join(',')).join(' ')} />
    <circle cx=${end[0]} cy=${end[1]} r="2.5" />
  </svg>`;
}

/** Where each score stands in a box of 96 by 24. Pure. */
export function sparkPoints(scores: readonly number[]): readonly (readonly [number, number])[] {
  const step = scores.length < 2 ? 0 : (WIDTH - 2 * MARGIN) / (scores.length - 1);
  const left = scores.length < 2 ? WIDTH - MARGIN : MARGIN;
  return scores.map((score, index) => [
    Math.round((left + index * step) * 10) / 10,
    Math.round((HEIGHT - MARGIN - (score / 100) * (HEIGHT - 2 * MARGIN)) * 10) / 10,
  ]);
}
