/** The answer at a glance, in a place that never moves: verdict, score, grade, and how the twenty rows stand. */
import type { VNode } from 'preact';
import type { Status as StatusName } from '../../../schemas/item.ts';
import type { Report } from '../../../schemas/report.ts';
import { html } from '../../html.ts';
import { Mark, Verdict } from '../../parts/status.ts';

const TOLD: readonly (readonly [StatusName, string])[] = [
  ['fail', 'fail'],
  ['warn', 'warn'],
  ['pass', 'pass'],
  ['unknown', 'unknown'],
  ['waived', 'waived'],
];

/** The line. `isPending`: a newer answer is on its way. No report: nothing is written yet. */
export function VerdictLine({
  of,
  isPending,
}: {
  readonly of: Report | undefined;
  readonly isPending: boolean;
}): VNode {
  const count = (status: StatusName): number => (of?.items ?? []).filter((item) => item.status === status).length;
  return html`<div class=${`write-verdict ${isPending ? 'is-pending' : ''}`}>
    ${
      of === undefined
        ? html`<span class="soft">${isPending ? 'Reading …' : 'Nothing to judge yet'}</span>`
        : html`<${Verdict} of=${of.verdict} />`
    }
    ${
      of !== undefined &&
      html`<span class="write-score"
        ><span class="unseen">Score </span><strong>${of.score}</strong><span class="soft"> / 100</span></span
      >`
    }
    ${of !== undefined && html`<span class="write-grade">grade <strong>${of.grade}</strong></span>`}
    ${
      of !== undefined &&
      html`<span class="write-tally" role="group" aria-label="Rows of the checklist">
        ${TOLD.filter(([status]) => count(status) > 0).map(
          ([status, word]) => html`<span key=${status}><${Mark} name=${status} />${count(status)} ${word}</span>`,
        )}
      </span>`
    }
  </div>`;
}

/** The same in a sentence, for those who listen. */
export function inWords(report: Report): string {
  const { verdict, score, findings } = report;
  return `${verdict.replace('-', ' ')}, score ${score} of 100, ${findings.length} findings`;
}
