/** Two reports side by side: which rows changed, what is new, what is fixed. */
import type { VNode } from 'preact';
import type { Finding as FindingData } from '../../../schemas/finding.ts';
import type { Comparison } from '../../../schemas/project.ts';
import { useCatalogue } from '../../api/catalogue.ts';
import { useLoaded } from '../../api/loaded.ts';
import { html } from '../../html.ts';
import { Age } from '../../parts/age.ts';
import { moment } from '../../parts/amounts.ts';
import { Finding } from '../../parts/finding.ts';
import { Shown } from '../../parts/notice.ts';
import { Status, Verdict } from '../../parts/status.ts';
import { linkTo } from '../../route.ts';
import type { Route } from '../../route.ts';
import { reportLink, signed } from '../projects/reports.ts';
import { ChooseTwo } from './choose-two.ts';

/** `#/compare?base=&head=`, reached from a project and from reports. */
export function Compare({ route }: { readonly route: Route }): VNode {
  const base = route.query.get('base') ?? '';
  const head = route.query.get('head') ?? '';
  const isWhole = base !== '' && head !== '';
  const loaded = useLoaded<Comparison>(isWhole ? `/compare?${new URLSearchParams({ base, head })}` : undefined);
  return html`<article class="stack compare">
    <h1>Compare</h1>
    ${
      isWhole
        ? html`<${Shown} of=${loaded} what="the difference">${(of: Comparison) => html`<${Told} of=${of} />`}<//>`
        : html`<${ChooseTwo} key=${`${base} ${head}`} base=${base} head=${head} />`
    }
  </article>`;
}

function Told({ of }: { readonly of: Comparison }): VNode {
  const { base, head } = of;
  return html`<div class="stack">
    <div class="compared">
      <${Side} title="Base" of=${base} />
      <div class="compared-between">
        <strong class=${of.scoreChange < 0 ? 'status-fail' : of.scoreChange > 0 ? 'status-pass' : 'soft'}
          >${signed(of.scoreChange)}<span class="unseen"> in score</span></strong
        >
        <a class="button" href=${linkTo(['compare'], { base: head.id, head: base.id })}>Swap</a>
      </div>
      <${Side} title="Head" of=${head} />
    </div>
    ${
      !of.isSameVersion &&
      html`<p class="warned">
        Drydock ${base.toolVersion} judged the base, ${head.toolVersion} the head. The two may know different rules, so
        a difference may be the ruler's and not the image's.
      </p>`
    }
    ${
      base.kind !== head.kind &&
      html`<p class="warned">
        One is an analysis of the text, the other a verification of the running image. Rows that only a container proves
        differ for that reason.
      </p>`
    }
    <${Rows} items=${of.items} />
    <div class="columns">
      <${Findings} title="New" of=${of.new} none="No finding that the base did not have." />
      <${Findings} title="Fixed" of=${of.fixed} none="No finding of the base is gone." />
    </div>
    <p class="soft">${of.unchanged} ${of.unchanged === 1 ? 'finding is' : 'findings are'} in both.</p>
  </div>`;
}

function Side({ title, of }: { readonly title: string; readonly of: Comparison['base'] }): VNode {
  return html`<section class="card side-card" aria-label=${title}>
    <h2>${title}</h2>
    <p class="side-figure"><strong>${of.score}</strong> <${Verdict} of=${of.verdict} /></p>
    <p><a href=${reportLink(of)}>${of.kind} of ${moment(of.createdAt)}</a></p>
    <p class="soft small">
      <${Age}
        of=${of.createdAt}
      />${of.project !== null && html`<span>${' · '}<a href=${linkTo(['projects', of.project])}>${of.project}</a></span>`}${` · Drydock ${of.toolVersion}`}
    </p>
  </section>`;
}

function Rows({ items }: { readonly items: Comparison['items'] }): VNode {
  const { value } = useCatalogue();
  const titleOf = (id: string): string => value?.items.find((item) => item.id === id)?.title ?? id;
  return html`<section class="card" aria-labelledby="rows-title">
    <h2 id="rows-title">Rows that changed <span class="tag">${items.length}</span></h2>
    ${items.length === 0 && html`<p class="soft">Every row of the checklist has the status that it had.</p>`}
    <ul class="changed-rows">
      ${items.map(
        ({ id, base, head }) =>
          html`<li key=${id}>
            <a href=${linkTo(['checks', 'rows', id])}>${titleOf(id)}</a>
            <span class="from-to">
              <${Status} of=${base} /><span class="soft"
                ><span aria-hidden="true">→</span><span class="unseen"> became </span></span
              ><${Status} of=${head} />
            </span>
          </li>`,
      )}
    </ul>
  </section>`;
}

function Findings({
  title,
  of,
  none,
}: {
  readonly title: string;
  readonly of: readonly FindingData[];
  readonly none: string;
}): VNode {
  return html`<section class="card" aria-label=${title}>
    <h2>${title} <span class="tag">${of.length}</span></h2>
    ${of.length === 0 && html`<p class="soft">${none}</p>`}
    ${of.map((finding) => html`<${Finding} key=${finding.fingerprint} of=${finding} />`)}
  </section>`;
}
