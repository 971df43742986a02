/** The twenty rows while they are being proven: grey, until all that proves a row has been seen. */
import type { VNode } from 'preact';
import type { Build } from '../../../schemas/build.ts';
import type { Catalogue } from '../../../schemas/catalogue.ts';
import { useLoaded } from '../../api/loaded.ts';
import { html } from '../../html.ts';
import { Mark, STATUS_WORDS } from '../../parts/status.ts';
import { phaseOf, standingOf } from './phase-order.ts';
import type { Standing } from './phase-order.ts';

/** Phases of probes -> those that the API tells of a build. */
const TOLD_AS: Readonly<Record<string, string>> = {
  built: 'build',
  image: 'image',
  running: 'run',
  paused: 'stop',
  stopped: 'stop',
  watched: 'stop',
  variants: 'image',
  rebuilt: 'image',
};
const LOOKS = { waiting: 'waiting', running: 'running', done: 'seen', text: 'seen', proven: 'pass' };
const WORDS = {
  waiting: 'to be proven',
  running: 'being looked at',
  done: 'looked at',
  text: 'read from the text',
  proven: 'proven',
};

/** The rows. */
export function Proving({ build }: { readonly build: Build }): VNode | null {
  const { value } = useLoaded<Catalogue>('/checks');
  if (value === undefined) return null;
  const now = phaseOf(build);
  const proven = new Map(build.progress?.proven?.map(({ item, status }) => [item, status]));
  return html`<section class="card proving" aria-labelledby="proving-title">
    <h2 id="proving-title">Checklist</h2>
    <p class="small soft">
      A row turns once everything that proves it was seen. The report puts it beside what the text predicts.
    </p>
    <ul class="proving-rows">
      ${value.items.map(({ id, title, level }) => {
        const status = proven.get(id);
        const probes = value.probes.filter(({ item }) => item === id);
        const standing = status === undefined ? together(probes, now) : 'proven';
        return html`<li key=${id} class=${`proving-${standing}`}>
          <${Mark} name=${status ?? LOOKS[standing]} />
          <span class="proving-title">${title}${level === 'required' && html` <span class="tag">required</span>`}</span>
          <span class="small soft">${WORDS[standing]}${status !== undefined && `: ${STATUS_WORDS[status]}`}</span>
        </li>`;
      })}
    </ul>
  </section>`;
}

/** How the probes of one row stand together; a row without probes has been read already. */
function together(probes: Catalogue['probes'], now: string): Standing | 'text' {
  const standings = probes.map(({ phase }) => standingOf(TOLD_AS[phase] ?? 'image', now));
  if (standings.length === 0) return 'text';
  if (standings.includes('running')) return 'running';
  return standings.every((one) => one === 'done') ? 'done' : 'waiting';
}
