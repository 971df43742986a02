/** What stands above a build, whatever its state: of which project, how it stands, which attempt, how old. */
import { useEffect, useState } from 'preact/hooks';
import type { ComponentChildren, VNode } from 'preact';
import type { Build } from '../../../schemas/build.ts';
import type { Connection } from '../../api/events.ts';
import { html } from '../../html.ts';
import { Age } from '../../parts/age.ts';
import { duration } from '../../parts/amounts.ts';
import { ProjectName } from '../../parts/project-name.ts';
import { State } from '../../parts/status.ts';
import type { KeptFocus } from './keep-focus.ts';

const CONNECTIONS: Readonly<Record<Connection, string>> = {
  connecting: 'connecting …',
  live: 'live',
  polling: 'asked every few seconds',
  broken: 'connection lost; trying again',
};

/** The head; `children` are the buttons. Without a connection nothing is heard of the build, and nothing is said to go on. */
export function Head({
  build,
  connection,
  heading,
  children,
}: {
  readonly build: Build;
  readonly connection: Connection | undefined;
  readonly heading: KeptFocus['heading'];
  readonly children?: ComponentChildren;
}): VNode {
  const { project, state, attempt, createdAt, startedAt, finishedAt, id } = build;
  return html`<header class="head">
    <div>
      <p class="head-kind">Verification</p>
      <h1 ref=${heading} tabindex="-1">
        ${project === null ? 'Without a project' : html`<${ProjectName} of=${project} />`}
      </h1>
      <p class="head-facts">
        <${State} of=${state} />
        ${attempt > 1 && html`<span>attempt ${attempt}</span>`}
        <span>begun <${Age} of=${createdAt} /></span>
        ${startedAt !== null && html`<span><${Took} from=${startedAt} to=${finishedAt} isHeard=${connection !== undefined} /></span>`}
        <code class="head-id">${id}</code>
        ${finishedAt === null && connection !== undefined && html`<span class=${`head-live head-${connection}`}>${CONNECTIONS[connection]}</span>`}
      </p>
    </div>
    <div class="head-actions">${children}</div>
  </header>`;
}

/** How long it takes, second by second while it is heard of, or took. */
function Took({
  from,
  to,
  isHeard,
}: {
  readonly from: string;
  readonly to: string | null;
  readonly isHeard: boolean;
}): VNode {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (to !== null || !isHeard) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [to, isHeard]);
  const ms = Math.max(0, (to === null ? now : Date.parse(to)) - Date.parse(from));
  return html`<span class="tabular">${to === null ? `${Math.floor(ms / 1000)} s` : `took ${duration(ms)}`}</span>`;
}
