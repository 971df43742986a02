/** How long things took: the steps of the build, the first answer, the stop. */
import type { VNode } from 'preact';
import type { Report } from '../../../schemas/report.ts';
import { html } from '../../html.ts';
import { duration, size } from '../../parts/amounts.ts';
import { Timeline } from '../../parts/timeline.ts';
import { stepsOfReport } from '../watch/steps.ts';

/** The timings of a verification. */
export function TimingsPart({
  report,
  lineLink,
}: {
  readonly report: Report;
  readonly lineLink: (line: number) => string;
}): VNode {
  const { build, run, durationMs } = report;
  const cached = build?.steps.filter((one) => one.cached).length ?? 0;
  const end = run === undefined || run.exitCode === null ? '' : `, exit code ${run.exitCode}`;
  return html`<div class="stack">
    <dl class="numbers">
      <${Amount} of="Whole verification" value=${duration(durationMs)} />
      ${build !== undefined && html`<${Amount} of="Build" value=${duration(build.durationMs)} note=${`${cached} of ${build.steps.length} steps cached`} />`}
      ${run !== undefined && html`<${Amount} of="First answer" value=${run.firstAnswerMs === null ? 'none' : duration(run.firstAnswerMs)} note=${run.firstAnswerMs === null ? 'it never answered 200' : 'from start to the first 200'} />`}
      ${run !== undefined && html`<${Amount} of="Stop" value=${run.stopSeconds === null ? 'not seen' : duration(run.stopSeconds * 1000)} note=${`${run.stopSignal ?? ''}${end}`} />`}
      ${run?.memory !== undefined && html`<${Amount} of="Memory at rest" value=${size(run.memory.bytes)} note=${`of ${size(run.memory.limitBytes)}${run.memory.pids === null ? '' : `, ${run.memory.pids} processes and threads`}`} />`}
    </dl>
    ${(build?.steps ?? []).length > 0 && html`<${Timeline} steps=${stepsOfReport(build?.steps ?? [])} lineLink=${lineLink} />`}
    ${
      run !== undefined &&
      run.log.trim() !== '' &&
      html`<details class="disclosed">
        <summary>Last lines of the container</summary>
        <pre class="lines" tabindex="0" aria-label="Last lines of the container">${run.log.trimEnd()}</pre>
      </details>`
    }
  </div>`;
}

function Amount({ of, value, note }: { readonly of: string; readonly value: string; readonly note?: string }): VNode {
  return html`<div>
    <dt>${of}</dt>
    <dd><span class="amount">${value}</span>${note !== undefined && html`<span class="small soft">${note}</span>`}</dd>
  </div>`;
}
