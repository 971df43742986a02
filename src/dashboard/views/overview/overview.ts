/** Builds, the latest first, and how the queue stands: what a team puts on a wall. */
import type { VNode } from 'preact';
import type { Build, BuildList } from '../../../schemas/build.ts';
import { useLoaded } from '../../api/loaded.ts';
import { html } from '../../html.ts';
import { Age } from '../../parts/amounts.ts';
import { Empty, Shown } from '../../parts/notice.ts';
import { State } from '../../parts/status.ts';
import { linkTo } from '../../route.ts';
import type { View } from '../view.ts';

const EVERY_MS = 3000;

/** The overview. */
export const overview: View = { names: [''], title: 'Overview', way: 'Overview', View: Overview };

function Overview(): VNode {
  const builds = useLoaded<BuildList>('/build-verify?limit=50', EVERY_MS);
  return html`<section aria-labelledby="builds-title">
    <h1 id="builds-title">Builds</h1>
    <${Shown} of=${builds} what="builds">
      ${({ builds: list }: BuildList) => (list.length === 0 ? html`<${None} />` : html`<${Table} builds=${list} />`)}
    <//>
  </section>`;
}

function None(): VNode {
  return html`<${Empty} title="No build yet">
    <p>A build is a Dockerfile that was built, run, stopped and built again.</p>
  <//>`;
}

function Table({ builds }: { readonly builds: readonly Build[] }): VNode {
  return html`<table class="table">
    <thead>
      <tr>
        <th scope="col">State</th>
        <th scope="col">Project</th>
        <th scope="col">Begun</th>
      </tr>
    </thead>
    <tbody>
      ${builds.map(
        (build) =>
          html`<tr key=${build.id}>
            <td><${State} of=${build.state} /></td>
            <td><a href=${linkTo(['builds', build.id])}>${build.project ?? 'without a project'}</a></td>
            <td><${Age} of=${build.createdAt} /></td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
