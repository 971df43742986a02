/** A build: while it lives, what happens; once it has ended, its report. One address for both. */
import type { VNode } from 'preact';
import type { Build } from '../../../schemas/build.ts';
import type { Report } from '../../../schemas/report.ts';
import { useLoaded } from '../../api/loaded.ts';
import { html } from '../../html.ts';
import { Loading, Refusal, Shown } from '../../parts/notice.ts';
import type { Route } from '../../route.ts';
import { ReportActions } from '../read/actions.ts';
import { ReportPage } from '../read/report-page.ts';
import { Cancel } from './cancel.ts';
import { Head } from './head.ts';
import { Live } from './live.ts';
import { useLog } from './log/use-log.ts';
import { EndedLog, Ending } from './ended.ts';
import { useBuild } from './use-build.ts';

/** The view. */
export function Watch({ route }: { readonly route: Route }): VNode {
  const id = route.path[1] ?? '';
  const { build, connection, error, reload, heard, wasLive } = useBuild(id);
  if (build === undefined) {
    if (error !== undefined) return html`<${Refusal} error=${error} retry=${reload} />`;
    return html`<${Loading} what="the build" />`;
  }
  if (build.finishedAt === null)
    return html`<${Running} build=${build} connection=${connection} error=${error} reload=${reload} heard=${heard} />`;
  if (build.state === 'errored' || build.state === 'cancelled') {
    return html`<article class="report"><${Head} build=${build} /><${Ending} build=${build} /></article>`;
  }
  return html`<${Ended} build=${build} route=${route} isFresh=${wasLive} />`;
}

function Running({
  build,
  connection,
  error,
  reload,
  heard,
}: Omit<ReturnType<typeof useBuild>, 'build'> & { readonly build: Build }): VNode {
  const log = useLog(build.id);
  return html`<article class="report">
    <${Head} build=${build} connection=${connection}><${Cancel} build=${build} cancelled=${heard} /><//>
    ${error !== undefined && html`<${Refusal} error=${error} retry=${reload} />`}
    <${Live} build=${build} log=${log} />
  </article>`;
}

function Ended({
  build,
  route,
  isFresh,
}: {
  readonly build: Build;
  readonly route: Route;
  readonly isFresh: boolean;
}): VNode {
  const report = useLoaded<Report>(build.links.report);
  return html`<article class=${`report ${isFresh ? 'report-fresh' : ''}`}>
    <${Head} build=${build}
      >${report.value !== undefined && html`<${ReportActions} report=${report.value} path=${build.links.report} />`}<//
    >
    <${Shown} of=${report} what="the report">
      ${(value: Report) => html`<${ReportPage} report=${value} route=${route} log=${html`<${EndedLog} id=${build.id} />`} />`}
    <//>
  </article>`;
}
