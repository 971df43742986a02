/** The twenty rows: what the text predicts beside what the container proved, and what both rest on. */
import type { VNode } from 'preact';
import type { Finding as FindingData } from '../../schemas/finding.ts';
import type { Item } from '../../schemas/item.ts';
import { html } from '../html.ts';
import { Finding } from './finding.ts';
import { Prose } from './prose.ts';
import { Status } from './status.ts';

/**
 * The checklist by category. Rows open to sentences, evidence and findings.
 * @param show, apply  as of Finding
 */
export function Checklist({
  items,
  findings,
  show,
  apply,
}: {
  readonly items: readonly Item[];
  readonly findings: readonly FindingData[];
  readonly show?: (finding: FindingData) => void;
  readonly apply?: (finding: FindingData) => void;
}): VNode {
  const categories = [...new Set(items.map(({ category }) => category))];
  return html`<div class="checklist">
    ${categories.map(
      (category) =>
        html`<section key=${category} aria-label=${category}>
          <h3>${category}</h3>
          ${items
            .filter((item) => item.category === category)
            .map(
              (item) =>
                html`<${Row}
                  key=${item.id}
                  item=${item}
                  findings=${findings.filter((finding) => finding.item === item.id)}
                  show=${show}
                  apply=${apply}
                />`,
            )}
        </section>`,
    )}
  </div>`;
}

function Row({
  item,
  findings,
  show,
  apply,
}: {
  readonly item: Item;
  readonly findings: readonly FindingData[];
  readonly show?: (finding: FindingData) => void;
  readonly apply?: (finding: FindingData) => void;
}): VNode {
  const { id, title, level, status, predicted, proven } = item;
  return html`<details class=${`row row-${status}`} id=${`item-${id}`}>
    <summary>
      <${Status} of=${status} isShort />
      <span class="row-title">${title}${level === 'required' && html` <span class="tag">required</span>`}</span>
      <span class="row-sides">
        ${predicted !== undefined && html`<span class="side side-predicted">predicted <${Status} of=${predicted.status} /></span>`}
        ${proven !== undefined && html`<span class="side side-proven">proven <${Status} of=${proven.status} /></span>`}
      </span>
    </summary>
    <div class="row-more">
      ${
        (predicted !== undefined || proven !== undefined) &&
        html`<div class="sides">
          ${predicted !== undefined && html`<${Side} title="Predicted from the text" of=${predicted} />`}
          ${proven !== undefined && html`<${Side} title="Proven on the container" of=${proven} />`}
        </div>`
      }
      ${findings.map((finding) => html`<${Finding} key=${finding.fingerprint} of=${finding} show=${show} apply=${apply} />`)}
    </div>
  </details>`;
}

/** What one side says, and the evidence that it rests on. */
function Side({
  title,
  of,
}: {
  readonly title: string;
  readonly of: NonNullable<Item['predicted']> & Partial<Pick<NonNullable<Item['proven']>, 'evidence'>>;
}): VNode {
  const { status, summary, evidence = [] } = of;
  return html`<div class=${`side-panel side-${status}`}>
    <p class="side-head"><${Status} of=${status} /><span class="small soft">${title}</span></p>
    <p><${Prose} text=${summary} /></p>
    ${
      evidence.length > 0 &&
      html`<dl class="facts small">
        ${evidence.map(
          ({ fact, value }) =>
            html`<div>
              <dt>${fact}</dt>
              <dd><code>${String(value)}</code></dd>
            </div>`,
        )}
      </dl>`
    }
  </div>`;
}
