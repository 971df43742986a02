/** The answer: verdict, score and grade, what stands in the way, and for what kind of image it was asked. */
import type { VNode } from 'preact';
import type { Item, Status as StatusName } from '../../../schemas/item.ts';
import type { Report } from '../../../schemas/report.ts';
import { html } from '../../html.ts';
import { Prose } from '../../parts/prose.ts';
import { Mark, Verdict } from '../../parts/status.ts';

const ORDER: readonly (readonly [StatusName, string])[] = [
  ['fail', 'fail'],
  ['warn', 'warn'],
  ['unknown', 'unknown'],
  ['pass', 'pass'],
  ['waived', 'waived'],
  ['not-applicable', 'not applicable'],
];

/** The card at the top of a report. */
export function VerdictCard({ report }: { readonly report: Report }): VNode {
  const { verdict, score, grade, profile, items, policy, kind } = report;
  return html`<section class=${`card verdict-card verdict-is-${verdict}`} aria-label="Verdict">
    <div class="verdict-answer">
      <p class="verdict-word"><${Verdict} of=${verdict} /></p>
      <${Obstacles} report=${report} />
      <p class="small soft">
        Judged as a <strong>${profile.name}</strong>${profile.detected ? ' (detected): ' : ': '}
        <${Prose} text=${profile.why} />
        ${policy !== undefined && html` <span>Policy of ${policy.sources.join(', ')}; ${policy.threshold} points are asked for.</span>`}
        ${kind === 'analysis' && html` <span>Read from the text; nothing was built.</span>`}
      </p>
    </div>
    <dl class="verdict-marks">
      <div>
        <dt>Score</dt>
        <dd><span class="verdict-score">${score}</span><span class="soft">/100</span></dd>
      </div>
      <div>
        <dt>Grade</dt>
        <dd><span class=${`verdict-grade grade-${grade}`}>${grade}</span></dd>
      </div>
    </dl>
    <${Tally} items=${items} />
  </section>`;
}

/** The rows because of which it is not ready, each a way to its row. */
function Obstacles({ report }: { readonly report: Report }): VNode {
  const { items, verdict, kind } = report;
  const inTheWay = items.filter(
    ({ level, status }) =>
      level === 'required' && (status === 'fail' || (status === 'unknown' && kind === 'verification')),
  );
  if (verdict === 'ready') {
    const words =
      kind === 'verification'
        ? 'It was built, run, stopped and built again: no required row fails.'
        : 'No required row fails.';
    return html`<p class="verdict-why">${words}</p>`;
  }
  if (inTheWay.length === 0)
    return html`<p class="verdict-why">No required row fails; the score is below what the policy asks for.</p>`;
  return html`<div class="verdict-why">
    <p>
      ${inTheWay.length === 1 ? 'One required row stands in the way:' : `${inTheWay.length} required rows stand in the way:`}
    </p>
    <ul class="obstacles">
      ${inTheWay.map(
        ({ id, title, status }) =>
          html`<li key=${id}>
            <button type="button" class="quiet" onClick=${() => openRow(id)}>
              <${Mark} name=${status} />${title}${status === 'unknown' && ' (unknown)'}
            </button>
          </li>`,
      )}
    </ul>
  </div>`;
}

/** How many rows came to what, as words and as lengths. */
function Tally({ items }: { readonly items: readonly Item[] }): VNode {
  const counts = ORDER.map(([status, word]) => ({
    ...{ status, word },
    count: items.filter((item) => item.status === status).length,
  })).filter(({ count }) => count > 0);
  return html`<div class="tally">
    <div class="tally-bar" aria-hidden="true">
      ${counts.map(({ status, count }) => html`<span key=${status} class=${`tally-${status}`} style=${{ flexGrow: count }}></span>`)}
    </div>
    <ul class="tally-words">
      ${counts.map(
        ({ status, word, count }) =>
          html`<li key=${status} class=${`status status-${status}`}><${Mark} name=${status} />${count} ${word}</li>`,
      )}
    </ul>
  </div>`;
}

function openRow(id: string): void {
  const row = document.getElementById(`item-${id}`);
  if (row instanceof HTMLDetailsElement) row.open = true;
  row?.scrollIntoView({ block: 'center' });
  row?.querySelector('summary')?.focus({ preventScroll: true });
}
