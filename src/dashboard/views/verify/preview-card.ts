/** The analysis of what was picked, in short: it takes a second, and a build takes minutes. */
import type { VNode } from 'preact';
import type { Report } from '../../../schemas/report.ts';
import type { ApiError } from '../../api/client.ts';
import { html } from '../../html.ts';
import { Finding } from '../../parts/finding.ts';
import { Verdict } from '../../parts/status.ts';

/** The card. */
export function PreviewCard({
  report,
  error,
}: {
  readonly report: Report | undefined;
  readonly error: ApiError | undefined;
}): VNode | null {
  if (error !== undefined) return html`<p class="small soft">${error.message}</p>`;
  if (report === undefined) return null;
  const grave = report.findings.filter(({ severity, waived }) => waived === undefined && severity === 'error');
  const others = report.findings.length - grave.length;
  return html`<section aria-labelledby="preview-title">
    <h3 id="preview-title">What the text says already</h3>
    <p class="preview-line">
      <${Verdict} of=${report.verdict} /><span>score <strong>${report.score}</strong></span>
      <span class="soft">${counted(grave.length, 'error')}, ${counted(others, 'other finding')}</span>
    </p>
    ${grave.map((finding, index) => html`<${Finding} key=${`${finding.fingerprint}/${index}`} of=${finding} />`)}
  </section>`;
}

function counted(many: number, what: string): string {
  return `${many === 0 ? 'no' : many} ${what}${many === 1 ? '' : 's'}`;
}
