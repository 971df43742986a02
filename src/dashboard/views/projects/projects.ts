/** Projects: all of them by name, and one over time. */
import type { VNode } from 'preact';
import { html } from '../../html.ts';
import type { Route } from '../../route.ts';
import { OneProject } from './one-project.ts';
import { ProjectTable } from './project-table.ts';

/** `#/projects` and `#/projects/NAME`. */
export function Projects({ route }: { readonly route: Route }): VNode {
  const name = route.path.slice(1).join('/');
  return name === ''
    ? html`<${ProjectTable} text=${route.query.get('q') ?? ''} />`
    : html`<${OneProject} name=${name} kind=${route.query.get('kind') ?? ''} />`;
}
