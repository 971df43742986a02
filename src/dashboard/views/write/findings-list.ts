/** The findings beside the text: what changes the verdict first, remarks folded below. */
import type { VNode } from 'preact';
import type { Finding as FindingData } from '../../../schemas/finding.ts';
import type { Report } from '../../../schemas/report.ts';
import { html } from '../../html.ts';
import { Finding } from '../../parts/finding.ts';
import { bySeverity } from './places.ts';

/** The list. `show` and `apply` as of Finding. */
export function FindingsList({
  report,
  show,
  apply,
}: {
  readonly report: Report | undefined;
  readonly show: (finding: FindingData) => void;
  readonly apply: (finding: FindingData) => void;
}): VNode {
  const all = bySeverity(report?.findings ?? []);
  const isRemark = ({ severity, waived }: FindingData): boolean =>
    severity === 'info' || severity === 'style' || waived !== undefined;
  const grave = all.filter((finding) => !isRemark(finding));
  const remarks = all.filter(isRemark);
  const lines = (some: readonly FindingData[]): readonly VNode[] =>
    withKeys(some).map(([key, finding]) => html`<${Finding} key=${key} of=${finding} show=${show} apply=${apply} />`);
  return html`<section class="card write-findings" aria-labelledby="findings-title">
    <h2 id="findings-title">Findings ${report !== undefined && html`<span class="soft">${grave.length}</span>`}</h2>
    ${
      report === undefined
        ? html`<p class="soft">They appear here, and as marks in the margin, while you write.</p>`
        : grave.length === 0 && html`<p>Nothing to object to in this text.</p>`
    }
    ${lines(grave)}
    ${
      remarks.length > 0 &&
      html`<details class="write-remarks">
        <summary>${remarks.length} ${remarks.length === 1 ? 'remark' : 'remarks'} that change no verdict</summary>
        ${lines(remarks)}
      </details>`
    }
  </section>`;
}

/** Two findings may be the same problem twice; an opened one stays open while others come and go. */
function withKeys(findings: readonly FindingData[]): readonly (readonly [string, FindingData])[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const times = (seen.get(finding.fingerprint) ?? 0) + 1;
    seen.set(finding.fingerprint, times);
    return [`${finding.fingerprint}/${times}`, finding] as const;
  });
}
