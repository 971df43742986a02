/** One project: its score over time, its reports, what changed last, its badge. */
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { HistoryEntry, ProjectHistory } from '../../../schemas/project.ts';
import { useKept } from '../../api/kept.ts';
import { useLoaded } from '../../api/loaded.ts';
import { html } from '../../html.ts';
import { Age } from '../../parts/age.ts';
import { Shown } from '../../parts/notice.ts';
import { ProjectName } from '../../parts/project-name.ts';
import { Verdict } from '../../parts/status.ts';
import { linkTo } from '../../route.ts';
import { Badge } from './badge.ts';
import { HistoryTable } from './history-table.ts';
import { reportLink } from './reports.ts';
import { ScoreChart } from './score-chart.ts';
import { SinceBefore } from './since-before.ts';

const EVERY_MS = 10_000;
const PAGE = 50;
/** What one answer may hold. */
const MOST = 500;
const KINDS = ['', 'verification', 'analysis'] as const;

/** The page of a project. `kind`: only reports of that kind. */
export function OneProject({ name, kind }: { readonly name: string; readonly kind: string }): VNode {
  const [wanted, setWanted] = useState(PAGE);
  const loaded = useLoaded<ProjectHistory>(`/projects/${encodeURIComponent(name)}?limit=${wanted}`, EVERY_MS);
  const value = useKept(loaded.value, name);
  const more = (): void => setWanted((now) => Math.min(MOST, now + PAGE * 3));
  return html`<article class="stack project">
    <p class="small crumbs"><a href=${linkTo(['projects'])}>Projects</a></p>
    <h1><${ProjectName} of=${name} /></h1>
    <${Shown}
      of=${{ ...loaded, value: loaded.error === undefined ? value : loaded.value }}
      what=${`reports of ${name}`}
    >
      ${({ reports, next }: ProjectHistory) =>
        html`<${Told} name=${name} all=${reports} kind=${kind}>
          ${
            (next !== null || wanted > PAGE) &&
            html`<p>
              <button type="button" aria-disabled=${next === null || wanted >= MOST} onClick=${more}>
                ${next === null ? 'No older reports' : wanted >= MOST ? `The latest ${MOST} are shown` : 'Older reports'}
              </button>
            </p>`
          }
        <//>`}
    <//>
  </article>`;
}

function Told({
  name,
  all,
  kind,
  children,
}: {
  readonly name: string;
  readonly all: readonly HistoryEntry[];
  readonly kind: string;
  readonly children: VNode;
}): VNode {
  const hasBoth = new Set(all.map((report) => report.kind)).size > 1;
  const chosen = hasBoth ? all.filter((report) => kind === '' || report.kind === kind) : all;
  const reports = chosen.length === 0 ? all : chosen;
  const [latest] = reports;
  return html`<div class="stack">
    ${latest !== undefined && html`<${Latest} of=${latest} />`}
    <section class="card" aria-labelledby="chart-title">
      <div class="card-head">
        <h2 id="chart-title">Score over time</h2>
        ${hasBoth && html`<${Kinds} name=${name} chosen=${kind} />`}
      </div>
      <${ScoreChart} reports=${reports} />
    </section>
    <div class="project-columns">
      <section class="card" aria-labelledby="history-title">
        <${HistoryTable} reports=${reports} />
        ${children}
      </section>
      <div class="stack">
        <${SinceBefore} reports=${reports} />
        <${Badge} name=${name} latest=${all[0]?.id ?? ''} />
      </div>
    </div>
  </div>`;
}

function Latest({ of }: { readonly of: HistoryEntry }): VNode {
  return html`<p class="project-latest">
    <strong class="project-figure">${of.score}</strong>
    <${Verdict} of=${of.verdict} />
    <span class="soft"> <a href=${reportLink(of)}>latest ${of.kind}</a>, <${Age} of=${of.createdAt} /> </span>
  </p>`;
}

function Kinds({ name, chosen }: { readonly name: string; readonly chosen: string }): VNode {
  const words = { '': 'Both', verification: 'Verifications', analysis: 'Analyses' };
  return html`<nav class="kinds" aria-label="Kind of report">
    ${KINDS.map(
      (kind) =>
        html`<a
          key=${kind}
          href=${linkTo(['projects', name], { kind })}
          aria-current=${kind === chosen ? 'page' : undefined}
          >${kind !== '' && html`<span class=${`kind-line chart-${kind}`} aria-hidden="true"></span>`}${words[kind]}</a
        >`,
    )}
  </nav>`;
}
