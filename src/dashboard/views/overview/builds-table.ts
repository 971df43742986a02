/** Builds as lines: what became of each, whose it is, how far it is. On a narrow screen each line is a card. */
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Build } from '../../../schemas/build.ts';
import { html } from '../../html.ts';
import { Age } from '../../parts/age.ts';
import { duration } from '../../parts/amounts.ts';
import { Bar } from '../../parts/bar.ts';
import { ProjectName } from '../../parts/project-name.ts';
import { State, Verdict } from '../../parts/status.ts';
import { linkTo } from '../../route.ts';

const COLUMNS: readonly (readonly [title: string, style: string])[] = [
  ['State', ''],
  ['Build', ''],
  ['Verdict', ''],
  ['Progress', ''],
  ['Submitted', ''],
  ['Took', 'number'],
  ['Waited', 'number only-wide'],
  ['Attempt', 'number only-wide'],
  ['Ended', 'only-wide'],
  ['Id', 'only-wide'],
];

/** The table. Roles are written out because a browser forgets them where lines are laid out as cards. */
export function BuildsTable({ builds, isOld }: { readonly builds: readonly Build[]; readonly isOld: boolean }): VNode {
  return html`<div class="table-card">
    <table
      class=${isOld ? 'table as-cards builds is-old' : 'table as-cards builds'}
      role="table"
      aria-labelledby="builds-title"
      aria-busy=${isOld}
    >
      <thead role="rowgroup">
        <tr role="row">
          ${COLUMNS.map(([title, style]) => html`<th scope="col" role="columnheader" class=${style}>${title}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${builds.map((build) => html`<${Line} key=${build.id} build=${build} />`)}
      </tbody>
    </table>
  </div>`;
}

function Line({ build }: { readonly build: Build }): VNode {
  const { id, state, project, verdict, createdAt, startedAt, finishedAt, attempt, cancelRequested } = build;
  return html`<tr role="row">
    <td role="cell" class="build-state">
      <${State} of=${state} />
      ${cancelRequested === true && html`<span class="tag">cancelling</span>`}
    </td>
    <td role="cell" class="build-name">
      <a href=${linkTo(['builds', id])} class=${project === null ? 'whole-line nameless' : 'whole-line'}
        >${project === null ? 'no project' : html`<${ProjectName} of=${project} />`}<span class="build-id"
          ><span class="unseen"> build </span>${id.slice(-8)}</span
        ></a
      >
    </td>
    <td role="cell" class="build-verdict">${verdict !== undefined && html`<${Verdict} of=${verdict} />`}</td>
    <td role="cell" class="build-progress"><${Progress} build=${build} /></td>
    <td role="cell" class="build-age"><${Age} of=${createdAt} /></td>
    <td role="cell" class="build-took number"><${Took} from=${startedAt} to=${finishedAt} /></td>
    <td role="cell" class="number only-wide"><${Took} from=${createdAt} to=${startedAt ?? finishedAt} /></td>
    <td role="cell" class="number only-wide">${attempt}</td>
    <td role="cell" class="only-wide">${finishedAt !== null && html`<${Age} of=${finishedAt} />`}</td>
    <td role="cell" class="only-wide code soft">${id}</td>
  </tr>`;
}

/** Of a running build phase, step and bar; of one that Drydock could not finish, why. */
function Progress({ build }: { readonly build: Build }): VNode | null {
  const { progress, finishedAt, error, state } = build;
  if (error !== undefined) return html`<span class="build-error" title=${error}>${error}</span>`;
  if (finishedAt !== null || state === 'queued') return null;
  if (progress === null) return html`<${Bar} done=${0} total=${0} label="Progress" text="starting" />`;
  const { phase, step, done, total } = progress;
  const count = total === 0 ? '' : `${done}/${total}`;
  return html`<div class="build-running">
    <span class="build-phase">${phase}</span>
    <span class="build-step" title=${step ?? undefined}>${step}</span>
    <span class="build-count number">${count}</span>
    <${Bar}
      done=${done}
      total=${total}
      label=${`Progress of ${phase}`}
      text=${total === 0 ? phase : `${done} of ${total}`}
    />
  </div>`;
}

/** A span of time; one that has not ended yet counts on. */
function Took({ from, to }: { readonly from: string | null; readonly to: string | null }): VNode | null {
  const isRunning = from !== null && to === null;
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!isRunning) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  if (from === null) return null;
  const ms = Math.max(0, (to === null ? now : Date.parse(to)) - Date.parse(from));
  return html`<span>${isRunning ? duration(Math.floor(ms / 1000) * 1000).replace('.0 s', ' s') : duration(ms)}</span>`;
}
