/** How the service is, in one line: the queue, who builds, its parts, the last sweep. What is not well says so in a sentence. */
import type { VNode } from 'preact';
import type { Health } from '../../../schemas/health.ts';
import type { Worker, WorkerList } from '../../../schemas/worker.ts';
import { useLoaded } from '../../api/loaded.ts';
import type { Loaded } from '../../api/loaded.ts';
import { html } from '../../html.ts';
import { Age } from '../../parts/age.ts';
import { size } from '../../parts/amounts.ts';
import { Bar } from '../../parts/bar.ts';
import { Mark } from '../../parts/status.ts';

const EVERY_MS = 5000;
/** More than these are counted, not named. */
const NAMED_WORKERS = 6;
const PART_MARKS = { ok: 'pass', degraded: 'warn', down: 'fail' } as const;
const PART_WORDS = { ok: 'well', degraded: 'degraded', down: 'down' } as const;

/** The strip. */
export function Strip(): VNode {
  const health = useLoaded<Health>('/health', EVERY_MS);
  const workers = useLoaded<WorkerList>('/workers', EVERY_MS);
  const { value } = health;
  return html`<section class="strip" aria-label="The service">
    <div class="strip-cells">
      <${Queue} of=${value?.queue} />
      <${Workers} of=${workers} />
      <${Parts} of=${value} />
      <${Sweep} of=${value?.sweep} />
    </div>
    <${Troubles} health=${value} workers=${workers.value?.workers ?? []} />
  </section>`;
}

function Queue({ of }: { readonly of: Health['queue'] | undefined }): VNode {
  return html`<div class="strip-cell">
    <h2>Queue</h2>
    ${
      of !== undefined &&
      html`<p class="strip-figure">
          <span class="strip-count"><strong>${of.running}</strong> running</span>${' '}
          <span class="strip-count"><strong>${of.queued}</strong> queued</span>
        </p>
        <${Bar}
          done=${of.queued}
          total=${of.limit}
          label="Room in the queue"
          text=${`${of.queued} of ${of.limit} queued`}
        />
        <p class="soft small">${of.queued} of ${of.limit} places · ${size(of.bytes)} of ${size(of.bytesLimit)}</p>`
    }
  </div>`;
}

function Workers({ of }: { readonly of: Loaded<WorkerList> }): VNode {
  const all = of.value?.workers ?? [];
  const alive = all.filter(({ state }) => state === 'alive');
  const sum = (amount: (worker: Worker) => number): number => alive.reduce((total, one) => total + amount(one), 0);
  return html`<div class="strip-cell">
    <h2>Workers</h2>
    ${
      of.value === undefined
        ? html`<p class="soft small">${of.error === undefined ? '' : 'Not shown to this token.'}</p>`
        : html`<p class="strip-figure">
              <strong>${sum(({ running }) => running)}</strong> of${' '}
              <strong>${sum(({ concurrency }) => concurrency)}</strong> busy
            </p>
            <ul class="strip-list small">
              ${all.slice(0, NAMED_WORKERS).map((worker) => html`<${OneWorker} key=${worker.id} of=${worker} />`)}
              ${all.length === 0 && html`<li class="soft">None has come yet.</li>`}
              ${all.length > NAMED_WORKERS && html`<li class="soft">and ${all.length - NAMED_WORKERS} more</li>`}
            </ul>`
    }
  </div>`;
}

function OneWorker({ of }: { readonly of: Worker }): VNode {
  const isWell = of.state === 'alive' && of.problem === '';
  const engine = of.engine === null ? 'no engine' : `Docker ${of.engine}`;
  return html`<li>
    <${Mark} name=${isWell ? 'pass' : 'warn'} />
    <span>${of.id}</span>
    <span class="soft">${of.state === 'stale' ? 'stale' : `${engine} · ${of.running}/${of.concurrency}`}</span>
  </li>`;
}

function Parts({ of }: { readonly of: Health | undefined }): VNode {
  const parts =
    of === undefined
      ? []
      : ([
          ['Database', of.database],
          ['Engine', of.engine],
          ['Disk', of.disk],
        ] as const);
  return html`<div class="strip-cell">
    <h2>Service</h2>
    ${of !== undefined && html`<p class="strip-figure"><strong>${PART_WORDS[of.status]}</strong> Drydock ${of.version}</p>`}
    <ul class="strip-list small">
      ${parts.map(
        ([name, { status }]) =>
          html`<li key=${name}>
            <${Mark} name=${PART_MARKS[status]} /><span>${name}</span><span class="soft">${PART_WORDS[status]}</span>
          </li>`,
      )}
    </ul>
  </div>`;
}

function Sweep({ of }: { readonly of: Health['sweep'] | undefined }): VNode {
  return html`<div class="strip-cell">
    <h2>Last sweep</h2>
    ${of === null && html`<p class="soft small">None since the start. What is old is removed once an hour.</p>`}
    ${
      of !== undefined &&
      of !== null &&
      html`<p class="strip-figure">
          <strong><${Age} of=${of.at} /></strong>
        </p>
        <p class="soft small">
          ${`${counted(of.builds, 'build')}, ${counted(of.analyses, 'analysis', 'analyses')}, ${counted(of.logs, 'log')} removed · ${size(of.bytes)} kept`}
        </p>`
    }
  </div>`;
}

function counted(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

/** A sentence for each thing that is not well. */
function Troubles({
  health,
  workers,
}: {
  readonly health: Health | undefined;
  readonly workers: readonly Worker[];
}): VNode | null {
  const parts =
    health === undefined
      ? []
      : ([
          ['Database', health.database],
          ['Engine', health.engine],
          ['Disk', health.disk],
        ] as const);
  const told = [
    ...parts
      .filter(([, { status }]) => status !== 'ok')
      .map(([name, { status, detail }]) => ({ name, mark: PART_MARKS[status], detail })),
    ...workers
      // A worker in this process says of the engine what its part says already.
      .filter(({ problem, state }) => state === 'stale' || (problem !== '' && problem !== health?.engine.detail))
      .map(({ id, problem, state, lastSeenAt }) => ({
        name: id,
        mark: 'warn',
        detail: state === 'stale' ? html`<span>Last heard of <${Age} of=${lastSeenAt} />. ${problem}</span>` : problem,
      })),
  ];
  if (told.length === 0) return null;
  return html`<ul class="troubles" aria-label="What is not well">
    ${told.map(
      ({ name, mark, detail }) =>
        html`<li key=${name} class=${`status-${mark}`}>
          <${Mark} name=${mark} /><strong>${name}</strong><span>${detail}</span>
        </li>`,
    )}
  </ul>`;
}
