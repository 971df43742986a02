/** One check in full, and one row with all that feeds it. Each has an address that reports and policies can point to. */
import type { VNode } from 'preact';
import type { Catalogue, RuleEntry } from '../../../schemas/catalogue.ts';
import { html } from '../../html.ts';
import { Prose } from '../../parts/prose.ts';
import { Mark } from '../../parts/status.ts';
import { linkTo } from '../../route.ts';
import { CheckLine, CheckTags } from './check-line.ts';
import { aliasesOf, groupChecks, isProbe } from './search-checks.ts';
import type { Check, CheckItem } from './search-checks.ts';

/** What it flags, why, the line to write, and both examples. */
export function OneCheck({ catalogue, check }: { readonly catalogue: Catalogue; readonly check: Check }): VNode {
  const item = catalogue.items.find(({ id }) => id === check.item);
  const aliases = aliasesOf(check);
  return html`<article class="stack check">
    <p class="small crumbs words">
      <a href=${linkTo(['checks'])}>Checks</a> <span aria-hidden="true">/</span>
      <a href=${linkTo(['checks', 'rows', check.item])}>${item?.title ?? check.item}</a>
    </p>
    <h1><${Prose} text=${check.title} /></h1>
    <p class="check-words">
      <code>${check.id}</code> <${CheckTags} check=${check} policy=${catalogue.policy} />
      ${aliases.length > 0 && html`<span class="soft small">elsewhere ${aliases.map((alias) => html`<code key=${alias}> ${alias}</code>`)}</span>`}
    </p>
    <section aria-labelledby="why">
      <h2 id="why">Why</h2>
      <p><${Prose} text=${check.why} /></p>
    </section>
    <section aria-labelledby="fix">
      <h2 id="fix">Instead</h2>
      <p class="finding-fix"><${Prose} text=${check.fix} /></p>
    </section>
    ${!isProbe(check) && html`<${Examples} of=${check.examples} />`}
    <section aria-labelledby="more">
      <h2 id="more">Good to know</h2>
      <dl class="facts">
        <div>
          <dt>Row</dt>
          <dd><a href=${linkTo(['checks', 'rows', check.item])}>${item?.title ?? check.item}</a>, ${item?.level}</dd>
        </div>
        <div>
          <dt>Does not apply under</dt>
          <dd>${droppedBy(catalogue, check.item)}</dd>
        </div>
        ${
          isProbe(check)
            ? html`<div>
                <dt>Looks</dt>
                <dd>at the phase “${check.phase}” of a verification</dd>
              </div>`
            : html`<${Reads} of=${check} />`
        }
        <div>
          <dt>Source</dt>
          <dd><${Prose} text=${check.source} /></dd>
        </div>
      </dl>
    </section>
  </article>`;
}

function Reads({ of }: { readonly of: RuleEntry }): VNode {
  return html`<div>
    <dt>Reads</dt>
    <dd>
      ${of.needsFiles ? 'the Dockerfile and its build context' : 'the Dockerfile alone'}${of.optIn ? '; only when a policy asks for it' : ''}${
        of.provenBy !== null &&
        html`<span
          >; taken back where <a href=${linkTo(['checks', of.provenBy])}><code>${of.provenBy}</code></a> passes</span
        >`
      }
    </dd>
  </div>`;
}

/** The two ways to write it, side by side. */
function Examples({ of }: { readonly of: RuleEntry['examples'] }): VNode {
  return html`<section class="columns" aria-label="Examples">
    <${Example} title="Flagged" mark="fail" of=${of.bad} />
    <${Example} title="Not flagged" mark="pass" of=${of.good} />
  </section>`;
}

function Example({
  title,
  mark,
  of,
}: {
  readonly title: string;
  readonly mark: string;
  readonly of: RuleEntry['examples']['bad'];
}): VNode {
  const files = [['Dockerfile', of.dockerfile], ...Object.entries(of.files ?? {})] as const;
  return html`<figure class="example">
    <figcaption><${Mark} name=${mark} /> ${title}</figcaption>
    ${files.map(
      ([name, text]) =>
        html`<div key=${name} class="example-file">
          <p class="small soft">${name}</p>
          <pre
            tabindex="0"
            aria-label=${`${title}: ${name}`}
          ><code>${text === '' ? '(empty)' : text.trimEnd()}</code></pre>
        </div>`,
    )}
  </figure>`;
}

/** A row of the checklist: all rules and probes that feed it. */
export function OneItem({ catalogue, item }: { readonly catalogue: Catalogue; readonly item: CheckItem }): VNode {
  const checks = groupChecks(catalogue, '').find((group) => group.item.id === item.id)?.checks ?? [];
  const parts = [
    { title: 'Predicted by rules, from the text', checks: checks.filter((check) => !isProbe(check)) },
    { title: 'Proven by probes, on the image and the container', checks: checks.filter(isProbe) },
  ].filter((part) => part.checks.length > 0);
  return html`<article class="stack check">
    <p class="small crumbs"><a href=${linkTo(['checks'])}>Checks</a></p>
    <h1>${item.title}</h1>
    <p class="check-words">
      <code>${item.id}</code> <span class="tag">${item.level}</span> <span class="soft small">${item.category}</span>
    </p>
    <p>${LEVELS[item.level]} <span>Does not apply under: ${droppedBy(catalogue, item.id)}.</span></p>
    ${parts.map(
      (part) =>
        html`<section key=${part.title} aria-label=${part.title}>
          <h2>${part.title}</h2>
          <ul class="check-lines">
            ${part.checks.map((check) => html`<${CheckLine} key=${check.id} check=${check} policy=${catalogue.policy} />`)}
          </ul>
        </section>`,
    )}
  </article>`;
}

const LEVELS: Readonly<Record<CheckItem['level'], string>> = {
  required: 'An image whose row fails is not ready. It counts three times in the score.',
  recommended: 'It does not decide on the verdict. It counts twice in the score.',
  info: 'It does not decide on the verdict. It counts once in the score.',
};

function droppedBy({ profiles }: Catalogue, id: string): string {
  const names = profiles.filter(({ drops }) => drops.some((one) => one === id)).map(({ name }) => name);
  return names.length === 0 ? 'no profile' : names.join(', ');
}
