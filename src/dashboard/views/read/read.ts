/** A stored analysis as a page. */
import type { VNode } from 'preact';
import type { Report } from '../../../schemas/report.ts';
import { useLoaded } from '../../api/loaded.ts';
import { html } from '../../html.ts';
import { Age } from '../../parts/age.ts';
import { Shown } from '../../parts/notice.ts';
import { ProjectName } from '../../parts/project-name.ts';
import type { Route } from '../../route.ts';
import { ReportActions } from './actions.ts';
import { ReportPage } from './report-page.ts';

/** The view. */
export function Read({ route }: { readonly route: Route }): VNode {
  const path = `/analyze/${encodeURIComponent(route.path[1] ?? '')}`;
  const loaded = useLoaded<Report>(path);
  return html`<article class="report">
    <${Shown} of=${loaded} what="the analysis">
      ${(report: Report) =>
        html`<div class="report-whole">
          <header class="head">
            <div>
              <p class="head-kind">Analysis</p>
              <h1>${report.project === null ? 'Without a project' : html`<${ProjectName} of=${report.project} />`}</h1>
              <p class="head-facts">
                <span><${Age} of=${report.createdAt} /></span>
                <code class="head-id">${report.id}</code>
              </p>
            </div>
            <div class="head-actions"><${ReportActions} report=${report} path=${path} /></div>
          </header>
          <${ReportPage} report=${report} route=${route} />
        </div>`}
    <//>
  </article>`;
}
