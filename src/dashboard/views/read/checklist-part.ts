/** The checklist of a report, and which of its rows are shown. */
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Finding } from '../../../schemas/finding.ts';
import type { Item } from '../../../schemas/item.ts';
import type { Report } from '../../../schemas/report.ts';
import { html } from '../../html.ts';
import { Checklist } from '../../parts/checklist.ts';

/** A row that somebody should look at. */
export function isNotPassing({ status }: Item): boolean {
  return status === 'fail' || status === 'warn' || status === 'unknown';
}

const FILTERS: readonly { readonly word: string; readonly shows: (item: Item) => boolean }[] = [
  { word: 'All', shows: () => true },
  { word: 'Not passing', shows: isNotPassing },
  { word: 'Required', shows: ({ level }) => level === 'required' },
];

/** The rows, with buttons that choose. */
export function ChecklistPart({
  report,
  showLine,
}: {
  readonly report: Report;
  readonly showLine: (line: number) => void;
}): VNode {
  const { items, findings } = report;
  const [chosen, setChosen] = useState(0);
  const shown = items.filter((item) => FILTERS[chosen]?.shows(item) ?? true);
  const show = ({ span }: Finding): void => {
    if (span !== null) showLine(span.line);
  };
  return html`<div>
    <div class="row-filters" role="group" aria-label="Rows that are shown">
      ${FILTERS.map(
        ({ word, shows }, index) =>
          html`<button key=${word} type="button" aria-pressed=${index === chosen} onClick=${() => setChosen(index)}>
            ${word} <span class="parts-note">${items.filter(shows).length}</span>
          </button>`,
      )}
    </div>
    ${
      shown.length === 0
        ? html`<p class="soft">Every row passes.</p>`
        : html`<${Checklist} items=${shown} findings=${findings} show=${show} />`
    }
  </div>`;
}
