/** All projects by name: what the latest report of each came to, and how it came there. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { ProjectHistory, ProjectList, ProjectSummary } from '../../../schemas/project.ts';
import { useLoaded } from '../../api/loaded.ts';
import { html } from '../../html.ts';
import { Age } from '../../parts/age.ts';
import { Empty, Shown } from '../../parts/notice.ts';
import { ProjectName } from '../../parts/project-name.ts';
import { Sparkline } from '../../parts/sparkline.ts';
import { Verdict } from '../../parts/status.ts';
import { goTo, linkTo } from '../../route.ts';

const EVERY_MS = 10_000;
const SPARK_REPORTS = 24;

/** The table, with a search that stays in the address. */
export function ProjectTable({ text }: { readonly text: string }): VNode {
  const loaded = useLoaded<ProjectList>('/projects', EVERY_MS);
  const search = (event: Event): void => {
    const { value } = event.currentTarget as HTMLInputElement; // set on the input below
    goTo(linkTo(['projects'], { q: value }), { replace: true });
  };
  return html`<section class="stack" aria-labelledby="projects-title">
    <div class="list-head">
      <h1 id="projects-title">Projects</h1>
      ${
        (loaded.value?.projects.length ?? 0) > 0 &&
        html`<search class="filters">
          <label class="filters-search">
            <span class="unseen">Search for a project</span>
            <input
              type="search"
              placeholder="Search for a project"
              autocomplete="off"
              spellcheck=${false}
              value=${text}
              onInput=${search}
            />
          </label>
        </search>`
      }
    </div>
    <${Shown} of=${loaded} what="projects">${(list: ProjectList) => html`<${Found} list=${list} text=${text} />`}<//>
  </section>`;
}

function Found({ list, text }: { readonly list: ProjectList; readonly text: string }): VNode {
  if (list.projects.length === 0) {
    return html`<${Empty} title="No project yet">
      <p>
        A project is there as soon as a report names it: with the option <code>project</code> of an analysis or a build,
        such as <code>shop/api</code>. Its scores are kept over time.
      </p>
      <p class="actions">
        <a class="button" href=${linkTo(['write'])}>Paste a Dockerfile</a>
        <a class="button" href=${linkTo(['verify'])}>Drop a folder</a>
      </p>
    <//>`;
  }
  const words = text.toLowerCase().split(/\s+/);
  const found = list.projects.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  return html`<div class="stack">
    ${
      found.length === 0
        ? html`<${Empty} title="No project matches">
            <p><a href=${linkTo(['projects'])}>Show all ${list.projects.length}</a></p>
          <//>`
        : html`<${Table} projects=${found} />`
    }
    <p class="soft small" role="status">
      ${found.length === list.projects.length ? `${found.length} ${found.length === 1 ? 'project' : 'projects'}` : `${found.length} of ${list.projects.length} projects`}
    </p>
  </div>`;
}

function Table({ projects }: { readonly projects: readonly ProjectSummary[] }): VNode {
  return html`<div class="table-card">
    <table class="table as-cards projects" role="table" aria-labelledby="projects-title">
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">Project</th>
          <th scope="col" role="columnheader">Verdict</th>
          <th scope="col" role="columnheader" class="number">Score</th>
          <th scope="col" role="columnheader">Latest ${SPARK_REPORTS}</th>
          <th scope="col" role="columnheader" class="number">Reports</th>
          <th scope="col" role="columnheader">Latest report</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${projects.map(
          ({ name, latest, reports }) =>
            html`<tr key=${name} role="row">
              <td role="cell" class="project-name">
                <a class="whole-line" href=${linkTo(['projects', name])}><${ProjectName} of=${name} /></a>
              </td>
              <td role="cell" class="project-verdict"><${Verdict} of=${latest.verdict} /></td>
              <td role="cell" class="number project-score">${latest.score}</td>
              <td role="cell" class="project-line"><${Line} name=${name} latest=${latest.id} /></td>
              <td role="cell" class="number project-count">
                ${reports}<span class="card-word"> ${reports === 1 ? 'report' : 'reports'}</span>
              </td>
              <td role="cell" class="project-age">
                <${Age} of=${latest.createdAt} /> <span class="soft small">${latest.kind}</span>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** The line of one project. Its scores are asked for when it comes into sight, and again when there is another report. */
function Line({ name, latest }: { readonly name: string; readonly latest: string }): VNode {
  const place = useRef<HTMLSpanElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (place.current === null) return undefined;
    const sight = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
      },
      { rootMargin: '200px' },
    );
    sight.observe(place.current);
    return () => sight.disconnect();
  }, []);
  const path = isSeen ? `/projects/${encodeURIComponent(name)}?limit=${SPARK_REPORTS}` : undefined;
  const { value, reload } = useLoaded<ProjectHistory>(path);
  const known = useRef(latest);
  useEffect(() => {
    if (known.current !== latest) reload();
    known.current = latest;
  }, [latest]);
  // One kind, that of the latest: the two are not scores of the same thing.
  const kind = value?.reports[0]?.kind;
  const scores = (value?.reports ?? []).filter((report) => report.kind === kind).map(({ score }) => score);
  return html`<span ref=${place} class="project-spark"><${Sparkline} scores=${scores.toReversed()} /></span>`;
}
