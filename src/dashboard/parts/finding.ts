/** A finding: what is wrong, where, why it matters, and the line to write instead. */
import type { VNode } from 'preact';
import type { Finding as FindingData } from '../../schemas/finding.ts';
import { html } from '../html.ts';
import { Prose } from './prose.ts';
import { SeverityTag } from './status.ts';

/**
 * One finding as a disclosure: the sentence is always seen, reason and remedy on demand.
 * @param show   leads to its place in the text; left out: there is no text to be led to
 * @param apply  mends it; left out: nothing is offered
 */
export function Finding({
  of,
  isOpen = false,
  show,
  apply,
}: {
  readonly of: FindingData;
  readonly isOpen?: boolean;
  readonly show?: (finding: FindingData) => void;
  readonly apply?: (finding: FindingData) => void;
}): VNode {
  const place = of.span === null ? of.file : `${of.file}, line ${of.span.line}`;
  return html`<details class=${`finding finding-${of.severity}`} open=${isOpen}>
    <summary>
      <${SeverityTag} of=${of.severity} />
      <span class="finding-message"><${Prose} text=${of.message} /></span>
      <span class="finding-place">${place}</span>
    </summary>
    <div class="finding-more">
      ${of.waived !== undefined && html`<p><strong>Waived</strong> by ${of.waived.by}: ${of.waived.reason}</p>`}
      <p><${Prose} text=${of.why} /></p>
      <p class="finding-fix"><strong>Instead:</strong> <${Prose} text=${of.fix} /></p>
      <p class="small soft"><code>${[of.rule, ...of.aliases].join(' · ')}</code></p>
      <p class="actions">
        ${
          apply !== undefined &&
          (of.edits ?? []).length > 0 &&
          html`<button type="button" onClick=${() => apply(of)}>Apply this fix</button>`
        }
        ${
          show !== undefined &&
          of.span !== null &&
          html`<button type="button" class="quiet" onClick=${() => show(of)}>Show line ${of.span.line}</button>`
        }
      </p>
    </div>
  </details>`;
}
