/** A build: while it lives, what happens; once it has ended, its report. One address, one head, and one voice for both. */
import type { VNode } from 'preact';
import type { Build } from '../../../schemas/build.ts';
import type { Report } from '../../../schemas/report.ts';
import { useLoaded } from '../../api/loaded.ts';
import type { Loaded } from '../../api/loaded.ts';
import { html } from '../../html.ts';
import { Loading, Refusal, Shown } from '../../parts/notice.ts';
import type { Route } from '../../route.ts';
import { ReportActions } from '../read/actions.ts';
import { ReportPage } from '../read/report-page.ts';
import { Cancel } from './cancel.ts';
import { Head } from './head.ts';
import { useKeptFocus } from './keep-focus.ts';
import type { KeptFocus } from './keep-focus.ts';
import { Live } from './live.ts';
import { EndedLog, Ending } from './ended.ts';
import { useBuild } from './use-build.ts';
import type { FollowedBuild } from './use-build.ts';

/** The view. */
export function Watch({ route }: { readonly route: Route }): VNode {
  const followed = useBuild(route.path[1] ?? '');
  const { build, error, reload } = followed;
  const report = useLoaded<Report>(build !== undefined && hasReport(build) ? build.links.report : undefined);
  const { within, heading } = useKeptFocus();
  let shown = html`<${Loading} what="the build" />`;
  if (build !== undefined)
    shown = html`<${Known} ...${followed} build=${build} report=${report} route=${route} heading=${heading} />`;
  else if (error !== undefined) shown = html`<${Refusal} error=${error} retry=${reload} />`;
  return html`<div ref=${within}>
    <p class="unseen" role="status">${build !== undefined && inWords(build, report.value)}</p>
    ${shown}
  </div>`;
}

/** The head stays the same element from the first state to the last, so that the focus can stay there. */
function Known({
  build,
  connection,
  error,
  reload,
  heard,
  wasLive,
  report,
  route,
  heading,
}: Omit<FollowedBuild, 'build'> & {
  readonly build: Build;
  readonly report: Loaded<Report>;
  readonly route: Route;
  readonly heading: KeptFocus['heading'];
}): VNode {
  const isLive = build.finishedAt === null;
  const isFresh = wasLive && hasReport(build);
  const actions = isLive
    ? html`<${Cancel} build=${build} cancelled=${heard} />`
    : report.value !== undefined && html`<${ReportActions} report=${report.value} path=${build.links.report} />`;
  return html`<article class=${`report ${isFresh ? 'report-fresh' : ''}`}>
    <${Head} build=${build} connection=${connection} heading=${heading}>${actions}<//>
    ${isLive && error !== undefined && html`<${Refusal} error=${error} retry=${reload} />`}
    ${isLive && html`<${Live} build=${build} />`} ${!isLive && !hasReport(build) && html`<${Ending} build=${build} />`}
    ${
      hasReport(build) &&
      html`<${Shown} of=${report} what="the report">
        ${(value: Report) => html`<${ReportPage} report=${value} route=${route} log=${html`<${EndedLog} id=${build.id} />`} />`}
      <//>`
    }
  </article>`;
}

function hasReport({ state }: Build): boolean {
  return state === 'passed' || state === 'failed';
}

/** How it stands, for who does not see it; said anew whenever that changes. */
function inWords({ state, cancelRequested, finishedAt }: Build, report: Report | undefined): string {
  if (finishedAt === null && cancelRequested === true) return `${state}; it is stopped on request`;
  if (report === undefined) return state;
  return `${state}: ${report.verdict.replace('-', ' ')}, score ${report.score}`;
}
