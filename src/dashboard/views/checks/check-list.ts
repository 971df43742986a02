/** All checks under the rows that they feed, searched by id, by another tool's id, or by words. */
import type { VNode } from 'preact';
import type { Catalogue } from '../../../schemas/catalogue.ts';
import { html } from '../../html.ts';
import { Empty } from '../../parts/notice.ts';
import { goTo, linkTo } from '../../route.ts';
import { CheckLine } from './check-line.ts';
import { PolicyInForce } from './policy-in-force.ts';
import { groupChecks } from './search-checks.ts';
import type { ItemChecks } from './search-checks.ts';

/** The list. `text` is searched for; `profile` shows what does not apply under it. */
export function CheckList({
  catalogue,
  text,
  profile,
}: {
  readonly catalogue: Catalogue;
  readonly text: string;
  readonly profile: string;
}): VNode {
  const groups = groupChecks(catalogue, text);
  const found = groups.reduce((sum, { checks }) => sum + checks.length, 0);
  const change = (name: 'q' | 'profile') => (event: Event) => {
    const { value } = event.currentTarget as HTMLInputElement | HTMLSelectElement; // set on these two below
    goTo(linkTo(['checks'], { q: text, profile, [name]: value }), { replace: true });
  };
  return html`<div class="stack checks">
    <div class="list-head">
      <h1>Checks</h1>
      <search class="filters">
        <label class="filters-search">
          <span class="unseen">Search the checks</span>
          <input
            type="search"
            placeholder="DL3009, apt-lists-kept, cache …"
            autocomplete="off"
            spellcheck=${false}
            value=${text}
            onInput=${change('q')}
          />
        </label>
        <label>
          <span class="unseen">Profile</span>
          <select class=${profile === '' ? '' : 'is-set'} value=${profile} onChange=${change('profile')}>
            <option value="">Every profile</option>
            ${catalogue.profiles.map(({ name }) => html`<option key=${name} value=${name}>${name}</option>`)}
          </select>
        </label>
      </search>
    </div>
    <p class="soft" role="status">${counted(catalogue, found)}</p>
    ${text === '' && html`<${PolicyInForce} policy=${catalogue.policy} />`}
    ${
      groups.length === 0 &&
      html`<${Empty} title="No check matches">
        <p>The search looks at ids, at the ids of other tools, and at what is flagged, why, and how it is mended.</p>
        <p><a href=${linkTo(['checks'])}>Show all checks</a></p>
      <//>`
    }
    ${groups.map((group) => html`<${Group} key=${group.item.id} of=${group} catalogue=${catalogue} profile=${profile} />`)}
  </div>`;
}

function counted({ items, rules, probes }: Catalogue, found: number): string {
  const all = rules.length + probes.length;
  return found === all
    ? `${rules.length} rules read the text and ${probes.length} probes look at the image and the container, for ${items.length} rows of the checklist.`
    : `${found} of ${all} checks`;
}

function Group({
  of,
  catalogue,
  profile,
}: {
  readonly of: ItemChecks;
  readonly catalogue: Catalogue;
  readonly profile: string;
}): VNode {
  const { item, checks, droppedBy } = of;
  const isDropped = droppedBy.includes(profile);
  return html`<section class="check-group" aria-labelledby=${`group-${item.id}`}>
    <div class="check-row">
      <p class="small soft">${item.category}</p>
      <h2 id=${`group-${item.id}`}><a href=${linkTo(['checks', 'rows', item.id])}>${item.title}</a></h2>
      <p class="words">
        <span class="tag">${item.level}</span>
        ${isDropped && html`<span class="tag tag-warning">does not apply under ${profile}</span>`}
      </p>
    </div>
    <ul class="check-lines">
      ${checks.map((check) => html`<${CheckLine} key=${`${check.id} ${'phase' in check}`} check=${check} policy=${catalogue.policy} />`)}
    </ul>
  </section>`;
}
