/** What the operator asks of every image, whatever requests and repositories say. */
import type { VNode } from 'preact';
import type { OperatorPolicy } from '../../../schemas/policy.ts';
import { html } from '../../html.ts';
import { linkTo } from '../../route.ts';

/** The card. */
export function PolicyInForce({ policy }: { readonly policy: OperatorPolicy | null }): VNode {
  if (policy === null) {
    return html`<p class="soft small">
      The operator of this service has set no policy: each check counts as it stands here.
    </p>`;
  }
  const { rules = {}, trustedRegistries = [], labels = {}, threshold = 0, waivers = [], allowWaivers = true } = policy;
  return html`<section class="card" aria-labelledby="policy-title">
    <h2 id="policy-title">Policy in force</h2>
    <dl class="facts">
      <div>
        <dt>Score needed for ready</dt>
        <dd>${threshold}</dd>
      </div>
      <div>
        <dt>Base images come from</dt>
        <dd>
          ${trustedRegistries.length === 0 ? 'anywhere' : trustedRegistries.map((one) => html`<code key=${one} class="policy-word">${one}</code>`)}
        </dd>
      </div>
      <div>
        <dt>Labels asked for</dt>
        <dd>
          ${Object.keys(labels).length === 0 ? 'none' : Object.entries(labels).map(([name, form]) => html`<span key=${name} class="policy-word"><code>${name}</code> ${form}</span>`)}
        </dd>
      </div>
      <div>
        <dt>Checks that count otherwise</dt>
        <dd>
          ${
            Object.keys(rules).length === 0
              ? 'none'
              : Object.entries(rules).map(
                  ([id, setting]) =>
                    html`<span key=${id} class="policy-word"
                      ><a href=${linkTo(['checks', id])}><code>${id}</code></a> ${setting}</span
                    >`,
                )
          }
        </dd>
      </div>
      <div>
        <dt>Waivers of others</dt>
        <dd>${allowWaivers ? 'are heeded' : 'are not heeded'}</dd>
      </div>
      ${waivers.map(
        ({ rule, path, reason, expires }, index) =>
          html`<div key=${index}>
            <dt>Waived: <code>${rule}</code></dt>
            <dd>
              ${reason}<span class="soft"
                >${` · ${path ?? 'in every Dockerfile'}, ${expires === undefined ? 'for ever' : `until ${expires}`}`}</span
              >
            </dd>
          </div>`,
      )}
    </dl>
  </section>`;
}
