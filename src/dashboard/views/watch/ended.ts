/** What is left of a build: how it ended where there is no report, its steps, its log. */
import { useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Build } from '../../../schemas/build.ts';
import { html } from '../../html.ts';
import { Timeline } from '../../parts/timeline.ts';
import { latestSteps } from './log/log-model.ts';
import { LogView } from './log/log-view.ts';
import { useLog } from './log/use-log.ts';
import { stepsOfLog } from './steps.ts';

/** A build without a report: why, what to do, and what was seen until then. */
export function Ending({ build }: { readonly build: Build }): VNode {
  const log = useLog(build.id);
  const steps = stepsOfLog(latestSteps(log.reader.sections));
  return html`<div class="watch">
    ${
      build.state === 'errored'
        ? html`<div class="notice notice-error" role="alert">
            <h2>Drydock could not do its work</h2>
            <p>${build.error ?? 'It left no reason; the log of the service has it.'}</p>
            <p class="small soft">
              This says nothing about the image: there is no verdict. Once the reason is gone, verify again.
            </p>
          </div>`
        : html`<div class="notice notice-empty">
            <h2>This build was cancelled</h2>
            <p>There is no report. What it had started was removed; what it printed until then stands below.</p>
          </div>`
    }
    ${
      steps.length > 0 &&
      html`<section class="card watch-steps" aria-labelledby="steps-title">
        <h2 id="steps-title">Build steps</h2>
        <${Timeline} steps=${steps} />
      </section>`
    }
    <section class="card watch-log" aria-labelledby="log-title">
      <h2 id="log-title">Log</h2>
      <${LogView} log=${log} id=${build.id} />
    </section>
  </div>`;
}

/** The log of a build that has ended; it is fetched when it is opened. */
export function EndedLog({ id }: { readonly id: string }): VNode {
  const [isOpen, setOpen] = useState(false);
  const log = useLog(id, isOpen);
  return html`<details
    class="disclosed"
    onToggle=${(event: Event) => {
      if ((event.currentTarget as HTMLDetailsElement).open) setOpen(true);
    }}
  >
    <summary>Everything that the build and its container printed</summary>
    ${isOpen && html`<${LogView} log=${log} id=${id} />`}
  </details>`;
}
