/** What picks builds out: state, project and verdict asked of the service, words searched for in what has come. */
import type { VNode } from 'preact';
import type { Build } from '../../../schemas/build.ts';
import type { ProjectList } from '../../../schemas/project.ts';
import { useLoaded } from '../../api/loaded.ts';
import { html } from '../../html.ts';
import { goTo, linkTo } from '../../route.ts';
import { filterQuery, STATES, VERDICTS } from './build-filter.ts';
import type { BuildFilter } from './build-filter.ts';

/** The fields. Each change goes into the address, and leaves the way back alone. */
export function FilterBar({
  filter,
  builds,
}: {
  readonly filter: BuildFilter;
  readonly builds: readonly Build[];
}): VNode {
  const projects = useProjects(builds, filter.project);
  const change = (name: keyof BuildFilter) => (event: Event) => {
    const { value } = event.currentTarget as HTMLInputElement | HTMLSelectElement; // set on these two below
    goTo(linkTo([], filterQuery({ ...filter, [name]: value })), { replace: true });
  };
  return html`<search class="filters">
    <label class="filters-search">
      <span class="unseen">Search in the builds below</span>
      <input
        type="search"
        placeholder="Search in the builds below"
        autocomplete="off"
        spellcheck=${false}
        value=${filter.text}
        onInput=${change('text')}
      />
    </label>
    <${Choice} label="State" value=${filter.state} any="Any state" of=${STATES} change=${change('state')} />
    <${Choice} label="Project" value=${filter.project} any="Any project" of=${projects} change=${change('project')} />
    <${Choice} label="Verdict" value=${filter.verdict} any="Any verdict" of=${VERDICTS} change=${change('verdict')} />
  </search>`;
}

function Choice({
  label,
  value,
  any,
  of,
  change,
}: {
  readonly label: string;
  readonly value: string;
  readonly any: string;
  readonly of: readonly string[];
  readonly change: (event: Event) => void;
}): VNode {
  return html`<label>
    <span class="unseen">${label}</span>
    <select class=${value === '' ? '' : 'is-set'} value=${value} onChange=${change}>
      <option value="">${any}</option>
      ${of.map((one) => html`<option key=${one} value=${one}>${one.replace(/^not-ready$/, 'not ready')}</option>`)}
    </select>
  </label>`;
}

/** Names to choose from: of the service where this token may read them, and of what is seen. */
function useProjects(builds: readonly Build[], chosen: string): readonly string[] {
  const { value } = useLoaded<ProjectList>('/projects');
  const names = new Set(value?.projects.map(({ name }) => name));
  for (const { project } of builds) if (project !== null) names.add(project);
  if (chosen !== '') names.add(chosen);
  return [...names].toSorted();
}
