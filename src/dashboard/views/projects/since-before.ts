/** What is new and what is fixed since the report of the same kind before. */
import type { VNode } from 'preact';
import type { Comparison, HistoryEntry } from '../../../schemas/project.ts';
import { useLoaded } from '../../api/loaded.ts';
import { html } from '../../html.ts';
import { Finding } from '../../parts/finding.ts';
import { Shown } from '../../parts/notice.ts';
import { linkTo } from '../../route.ts';
import { latestTwo } from './reports.ts';

const SHOWN = 6;

/** The card; where there is nothing before, it says so. */
export function SinceBefore({ reports }: { readonly reports: readonly HistoryEntry[] }): VNode {
  const two = latestTwo(reports);
  const kind = reports[0]?.kind ?? 'report';
  const query = two === undefined ? undefined : { base: two.base.id, head: two.head.id };
  const loaded = useLoaded<Comparison>(query === undefined ? undefined : `/compare?${new URLSearchParams(query)}`);
  return html`<section class="card" aria-labelledby="since-title">
    <h2 id="since-title">Since the ${kind} before</h2>
    ${
      query === undefined
        ? html`<p class="soft">There is no other ${kind} to compare the latest with.</p>`
        : html`<${Shown} of=${loaded} what="the difference">
            ${(of: Comparison) =>
              html`<div>
                <${Few} title="New" findings=${of.new} none="Nothing new." />
                <${Few} title="Fixed" findings=${of.fixed} none="Nothing fixed." />
                <p class="small">
                  <a href=${linkTo(['compare'], query)}>All of the comparison</a> · ${of.unchanged} unchanged
                </p>
              </div>`}
          <//>`
    }
  </section>`;
}

function Few({
  title,
  findings,
  none,
}: {
  readonly title: string;
  readonly findings: Comparison['new'];
  readonly none: string;
}): VNode {
  return html`<div class="since">
    <h3>${title} <span class="tag">${findings.length}</span></h3>
    ${findings.length === 0 && html`<p class="soft small">${none}</p>`}
    ${findings.slice(0, SHOWN).map((finding) => html`<${Finding} key=${finding.fingerprint} of=${finding} />`)}
    ${findings.length > SHOWN && html`<p class="soft small">and ${findings.length - SHOWN} more</p>`}
  </div>`;
}
