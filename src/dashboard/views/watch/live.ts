/** A build that has not ended: phases, progress, steps, log, and the rows that are to be proven. */
import type { VNode } from 'preact';
import type { Build } from '../../../schemas/build.ts';
import type { Health } from '../../../schemas/health.ts';
import { useLoaded } from '../../api/loaded.ts';
import { html } from '../../html.ts';
import { Timeline } from '../../parts/timeline.ts';
import { latestSteps } from './log/log-model.ts';
import { LogView } from './log/log-view.ts';
import { useLog } from './log/use-log.ts';
import { Phases } from './phases.ts';
import { Proving } from './proving.ts';
import { stepsOfLog } from './steps.ts';

/** Everything below the head of the page while the build lives. */
export function Live({ build }: { readonly build: Build }): VNode {
  const log = useLog(build.id);
  const steps = stepsOfLog(latestSteps(log.reader.sections));
  return html`<div class="watch">
    <div class="card watch-state">
      <${Phases} build=${build} />
      <${Now} build=${build} />
    </div>
    <section class="card watch-steps" aria-labelledby="steps-title">
      <h2 id="steps-title">Build steps</h2>
      ${
        steps.length === 0
          ? html`<p class="soft">
              ${build.state === 'queued' ? 'They begin when a worker is free.' : 'The builder has not begun yet.'}
            </p>`
          : html`<${Timeline} steps=${steps} />`
      }
    </section>
    <section class="card watch-log" aria-labelledby="log-title">
      <h2 id="log-title">Log</h2>
      <${LogView} log=${log} id=${build.id} />
    </section>
    <${Proving} build=${build} />
  </div>`;
}

/** What is being done, in words and as a bar. */
function Now({ build }: { readonly build: Build }): VNode {
  const { state, progress } = build;
  if (state === 'queued') return html`<${Waiting} />`;
  const { step = null, done = 0, total = 0 } = progress ?? {};
  const phases: Readonly<Record<string, string>> = {
    run: 'The container is started and asked',
    stop: 'The container is told to stop',
    image: 'The image is looked into, run under other conditions, and built again',
  };
  const words =
    step ?? (state === 'building' ? 'The image is being built' : (phases[progress?.phase ?? ''] ?? 'Under way'));
  return html`<div class="now">
    <p class="now-words">
      <span class="now-step">${words}</span><span class="now-count">${total > 0 && `${done} of ${total}`}</span>
    </p>
    <progress aria-label="Progress" max=${total > 0 ? total : 1} value=${total > 0 ? done : undefined}></progress>
  </div>`;
}

function Waiting(): VNode {
  const { value } = useLoaded<Health>('/health', 3000);
  const { queued = 0, running = 0 } = value?.queue ?? {};
  const engine = value?.engine.status === 'down' ? ` No engine answers: ${value.engine.detail}` : '';
  return html`<p class="now-words soft">
    <span
      >Waiting for a
      worker.${value !== undefined && ` ${counted(queued, 'build waits', 'builds wait')}, ${counted(running, 'runs', 'run')}.`}${engine}</span
    >
  </p>`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
