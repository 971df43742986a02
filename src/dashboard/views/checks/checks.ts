/** The catalogue: what is looked at, why, and the line to write; and the policy in force. */
import type { VNode } from 'preact';
import type { Catalogue } from '../../../schemas/catalogue.ts';
import { useCatalogue } from '../../api/catalogue.ts';
import { html } from '../../html.ts';
import { Shown } from '../../parts/notice.ts';
import type { Route } from '../../route.ts';
import { CheckList } from './check-list.ts';
import { OneCheck, OneItem } from './one-check.ts';
import { namedIn } from './search-checks.ts';

/** `#/checks`; `#/checks/ID` for a rule, a probe, or an id of another tool; `#/checks/rows/ID` for a row of the checklist. */
export function Checks({ route }: { readonly route: Route }): VNode {
  const loaded = useCatalogue();
  const path = route.path.slice(1);
  return html`<${Shown} of=${loaded} what="the checks">
    ${(catalogue: Catalogue) => {
      const named = namedIn(catalogue, path);
      if (named === undefined) {
        return html`<${CheckList}
          catalogue=${catalogue}
          text=${path[0] ?? route.query.get('q') ?? ''}
          profile=${route.query.get('profile') ?? ''}
        />`;
      }
      return 'item' in named
        ? html`<${OneItem} catalogue=${catalogue} item=${named.item} />`
        : html`<${OneCheck} catalogue=${catalogue} check=${named.check} />`;
    }}
  <//>`;
}
