/** What a report rests on: what was assumed, whose policy, which tool. */
import type { VNode } from 'preact';
import type { Report } from '../../../schemas/report.ts';
import { html } from '../../html.ts';
import { duration, moment } from '../../parts/amounts.ts';
import { Prose } from '../../parts/prose.ts';

/** Assumptions, policy and tool. */
export function Ground({ report }: { readonly report: Report }): VNode {
  const { assumptions, policy, tool, profile, createdAt, durationMs } = report;
  return html`<div class="stack">
    <dl class="facts">
      <div>
        <dt>Profile</dt>
        <dd>${profile.name}${profile.detected && ', detected'}. <${Prose} text=${profile.why} /></dd>
      </div>
      <div>
        <dt>Policy</dt>
        <dd>
          ${
            policy === undefined
              ? 'Nobody set one: the checklist as it is.'
              : `Of ${policy.sources.join(', ')}. Ready from ${policy.threshold} points on.`
          }
        </dd>
      </div>
      <div>
        <dt>Drydock</dt>
        <dd>${tool.version}${tool.engine !== undefined && `, Docker engine ${tool.engine}`}</dd>
      </div>
      <div>
        <dt>When</dt>
        <dd>${moment(createdAt)}, took ${durationMs < 100 ? 'less than 0.1 s' : duration(durationMs)}</dd>
      </div>
    </dl>
    ${(policy?.notHeeded ?? []).length > 0 && html`<${Sentences} title="Asked for, and not heeded" of=${policy?.notHeeded} />`}
    ${assumptions.length > 0 && html`<${Sentences} title="Assumed, because it was not given" of=${assumptions} />`}
  </div>`;
}

function Sentences({ title, of }: { readonly title: string; readonly of: readonly string[] }): VNode {
  return html`<div>
    <h3>${title}</h3>
    <ul class="sentences">
      ${of.map((one) => html`<li><${Prose} text=${one} /></li>`)}
    </ul>
  </div>`;
}
