/** Builds, the latest first, and how the service stands: what a team puts on a wall. */
import type { VNode } from 'preact';
import { html } from '../../html.ts';
import { Empty, Loading, Refusal } from '../../parts/notice.ts';
import { linkTo } from '../../route.ts';
import type { Route } from '../../route.ts';
import { filterQuery, isSought, readFilter } from './build-filter.ts';
import type { BuildFilter } from './build-filter.ts';
import { BuildsTable } from './builds-table.ts';
import { FilterBar } from './filter-bar.ts';
import { FirstBuild } from './first-build.ts';
import { Strip } from './strip.ts';
import { useBuilds } from './use-builds.ts';
import type { Builds } from './use-builds.ts';

/** The overview. */
export function Overview({ route }: { readonly route: Route }): VNode {
  const filter = readFilter(route.query);
  const builds = useBuilds(filter);
  const all = builds.pages?.builds ?? [];
  const shown = filter.text === '' ? all : all.filter((build) => isSought(build, filter.text));
  const isFiltered = Object.values(filter).some((value) => value !== '');
  const isFirst = builds.pages !== undefined && all.length === 0 && !isFiltered;
  // That the service cannot be reached is said above every view, and what was known stays.
  const isTold = builds.error !== undefined && (builds.pages === undefined || builds.error.problem !== undefined);
  return html`<div class="overview stack">
    <${Strip} />
    <section aria-labelledby="builds-title" class="stack">
      <div class="list-head">
        <h1 id="builds-title">Builds</h1>
        ${!isFirst && html`<${FilterBar} filter=${filter} builds=${all} />`}
        ${isFiltered && html`<a class="small" href=${linkTo([])}>Clear the filters</a>`}
      </div>
      ${isTold && html`<${Refusal} error=${builds.error} retry=${builds.reload} />`}
      ${builds.pages === undefined && builds.error === undefined && html`<${Loading} what="builds" />`}
      ${isFirst && html`<${FirstBuild} />`}
      ${shown.length > 0 && html`<${BuildsTable} builds=${shown} isOld=${builds.isOld} />`}
      ${builds.pages !== undefined && !isFirst && html`<${Foot} builds=${builds} filter=${filter} found=${shown.length} />`}
    </section>
  </div>`;
}

/** How many there are, and the way to those before them. */
function Foot({
  builds,
  filter,
  found,
}: {
  readonly builds: Builds;
  readonly filter: BuildFilter;
  readonly found: number;
}): VNode {
  const loaded = builds.pages?.builds.length ?? 0;
  const hasOlder = builds.pages?.next !== null;
  const isSearch = filter.text !== '' && loaded > 0;
  const said = isSearch
    ? `${found} of the ${loaded} builds that are loaded`
    : `${loaded} ${loaded === 1 ? 'build' : 'builds'}`;
  const allOf = { ...filter, text: '' };
  return html`<div class="stack">
    ${
      found === 0 &&
      html`<${Empty} title="No build matches">
        <p>
          ${isSearch ? 'The search looks at what is loaded only; older builds may match.' : 'No build is in this state, of this project, with this verdict.'}
        </p>
        <p>${isSearch && html`<a href=${linkTo([], filterQuery(allOf))}>Clear the search</a>`}</p>
      <//>`
    }
    <p class="builds-foot">
      <span class="soft small" role="status">${said}</span>
      ${
        (hasOlder || builds.hasLoadedOlder) &&
        html`<button type="button" aria-disabled=${!hasOlder} onClick=${builds.loadOlder}>
          ${hasOlder ? 'Older builds' : 'No older builds'}
        </button>`
      }
    </p>
  </div>`;
}
