/** A check as a line: what it flags, how bad, what other tools call it, what the policy makes of it. */
import type { VNode } from 'preact';
import type { Catalogue } from '../../../schemas/catalogue.ts';
import { html } from '../../html.ts';
import { Prose } from '../../parts/prose.ts';
import { SeverityTag } from '../../parts/status.ts';
import { linkTo } from '../../route.ts';
import { aliasesOf, isProbe } from './search-checks.ts';
import type { Check } from './search-checks.ts';

/** The line; it leads to the check. */
export function CheckLine({ check, policy }: { readonly check: Check; readonly policy: Catalogue['policy'] }): VNode {
  return html`<li class="check-line">
    <a href=${linkTo(['checks', check.id])}><${Prose} text=${check.title} /></a>
    <span class="check-words">
      <code class="soft">${check.id}</code>
      ${aliasesOf(check).map((alias) => html`<code key=${alias} class="soft">${alias}</code>`)}
      <${CheckTags} check=${check} policy=${policy} />
    </span>
  </li>`;
}

/** Severity, kind, and what differs from the usual. */
export function CheckTags({ check, policy }: { readonly check: Check; readonly policy: Catalogue['policy'] }): VNode {
  const setting = policy?.rules?.[check.id];
  return html`<span class="check-tags">
    <${SeverityTag} of=${check.severity} />
    ${isProbe(check) ? html`<span class="tag">probe, ${check.phase}</span>` : check.optIn && html`<span class="tag">only when asked</span>`}
    ${setting !== undefined && html`<span class="tag tag-warning">policy: ${setting}</span>`}
  </span>`;
}
