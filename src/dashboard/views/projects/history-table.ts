/** The reports of a project in words, and any two of them to be compared. */
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { HistoryEntry } from '../../../schemas/project.ts';
import { html } from '../../html.ts';
import { moment } from '../../parts/amounts.ts';
import { Verdict } from '../../parts/status.ts';
import { linkTo } from '../../route.ts';
import { changeOf, latestTwo, reportLink, signed } from './reports.ts';

/** The table; the two latest of one kind are chosen until the reader chooses. */
export function HistoryTable({ reports }: { readonly reports: readonly HistoryEntry[] }): VNode {
  const [chosen, setChosen] = useState<{ readonly base?: string; readonly head?: string }>({});
  const usual = latestTwo(reports) ?? { base: reports[1], head: reports[0] };
  const base = chosen.base ?? usual.base?.id;
  const head = chosen.head ?? usual.head?.id;
  const canCompare = base !== undefined && head !== undefined && base !== head;
  return html`<div class="stack">
    <div class="card-head">
      <h2 id="history-title">Reports</h2>
      ${
        reports.length > 1 &&
        (canCompare
          ? html`<a class="button" href=${linkTo(['compare'], { base, head })}>Compare the two chosen</a>`
          : html`<span class="soft small">Choose two different reports to compare.</span>`)
      }
    </div>
    <table class="table as-cards history" role="table" aria-labelledby="history-title">
      <thead role="rowgroup">
        <tr role="row">
          ${reports.length > 1 && html`<th scope="col" role="columnheader">Base</th>`}
          ${reports.length > 1 && html`<th scope="col" role="columnheader">Head</th>`}
          <th scope="col" role="columnheader">Report</th>
          <th scope="col" role="columnheader">Verdict</th>
          <th scope="col" role="columnheader" class="number">Score</th>
          <th scope="col" role="columnheader" class="number">Change</th>
          <th scope="col" role="columnheader">Version</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${reports.map(
          (report, index) =>
            html`<tr key=${report.id} role="row">
              ${(['base', 'head'] as const).map(
                (side) =>
                  reports.length > 1 &&
                  html`<td role="cell" class="history-side">
                    <label class="history-choice">
                      <input
                        type="radio"
                        name=${side}
                        aria-label=${`${side}: ${report.kind} of ${moment(report.createdAt)}`}
                        checked=${(side === 'base' ? base : head) === report.id}
                        onChange=${() => setChosen((before) => ({ ...before, [side]: report.id }))}
                      />
                      <span class="card-word" aria-hidden="true">${side}</span>
                    </label>
                  </td>`,
              )}
              <td role="cell" class="history-report">
                <span class="words">
                  <a href=${reportLink(report)}>${moment(report.createdAt)}</a>
                  <span class="soft small">${report.kind}</span>
                </span>
              </td>
              <td role="cell" class="history-verdict"><${Verdict} of=${report.verdict} /></td>
              <td role="cell" class="number history-score">${report.score}</td>
              <td role="cell" class="number history-change"><${Change} of=${changeOf(reports, index)} /></td>
              <td role="cell" class="history-version soft">${report.toolVersion}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function Change({ of }: { readonly of: number | undefined }): VNode | null {
  if (of === undefined || of === 0) return null;
  return html`<span class=${of > 0 ? 'status-pass' : 'status-fail'}>${signed(of)}</span>`;
}
