/** What can be done with a report: compared with the one before, passed on, taken along. */
import type { VNode } from 'preact';
import type { ProjectHistory } from '../../../schemas/project.ts';
import type { Report } from '../../../schemas/report.ts';
import { token } from '../../api/client.ts';
import { useLoaded } from '../../api/loaded.ts';
import { html } from '../../html.ts';
import { CopyButton } from '../../parts/copy.ts';
import { DownloadButton } from '../../parts/download.ts';
import { linkTo } from '../../route.ts';

/** Every format of a report: its name in `?format=`, ending of a file, and who reads it. */
const FORMATS = [
  ['json', 'json', 'programs'],
  ['text', 'txt', 'a terminal'],
  ['markdown', 'md', 'comments, job summaries'],
  ['sarif', 'sarif', 'code scanning, editors'],
  ['junit', 'xml', 'test tabs of CI'],
  ['github', 'github.txt', 'GitHub Actions'],
  ['gitlab', 'gitlab.json', 'GitLab Code Quality'],
] as const;

const COMPARE = 'Compare with the report before';

/** The buttons. The first keeps its place until it is known whether there is a report before. `path` is where the report is in the API. */
export function ReportActions({ report, path }: { readonly report: Report; readonly path: string }): VNode {
  const { id, project, kind } = report;
  const history = useLoaded<ProjectHistory>(project === null ? undefined : `/projects/${encodeURIComponent(project)}`);
  const base = earlierThan(history.value, report);
  const isAsked = project !== null && history.value === undefined && history.error === undefined;
  return html`<div class="report-actions">
    ${base !== undefined && html`<a class="button" href=${linkTo(['compare'], { base, head: id })}>${COMPARE}</a>`}
    ${isAsked && html`<span class="button is-awaited" aria-hidden="true">${COMPARE}</span>`}
    <${CopyButton} text=${() => location.href}>Copy link<//>
    <${CopyButton} text=${() => curlFor(path)}>Copy curl<//>
    <details class="menu" onKeyDown=${closeOnEscape} onFocusOut=${closeWhenLeft}>
      <summary class="button">Download</summary>
      <ul class="menu-list">
        ${FORMATS.map(
          ([format, ending, forWhom]) =>
            html`<li key=${format}>
              <${DownloadButton} path=${`${path}?format=${format}`} name=${`drydock-${kind}-${id}.${ending}`}>
                <strong>${format}</strong> <span class="small soft">for ${forWhom}</span>
              <//>
            </li>`,
        )}
      </ul>
    </details>
  </div>`;
}

/** The report of the same project and kind before this one. */
function earlierThan(history: ProjectHistory | undefined, { id, kind }: Report): string | undefined {
  const at = history?.reports.findIndex((one) => one.id === id) ?? -1;
  return at === -1 ? undefined : history?.reports.slice(at + 1).find((one) => one.kind === kind)?.id;
}

/** The line for a shell; a token stands in a variable, never in the line. */
function curlFor(path: string): string {
  const who = token.get() === undefined ? '' : ` -H "Authorization: Bearer $DRYDOCK_TOKEN"`;
  return `curl -s${who} '${location.origin}${path}'`;
}

function closeOnEscape(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (event.key !== 'Escape' || !menu.open) return;
  menu.open = false;
  menu.querySelector('summary')?.focus();
}

function closeWhenLeft(event: FocusEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) menu.open = false;
}
