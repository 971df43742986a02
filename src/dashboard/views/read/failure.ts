/** Why the image could not be built: in plain words, with the step, its line of the Dockerfile, and what it said last. */
import type { VNode } from 'preact';
import type { BuildFailure, Report } from '../../../schemas/report.ts';
import { html } from '../../html.ts';
import { Prose } from '../../parts/prose.ts';

/** The card. */
export function Failure({
  failure,
  source,
  lineLink,
}: {
  readonly failure: BuildFailure;
  readonly source: Report['source'];
  readonly lineLink: (line: number) => string;
}): VNode {
  const { cause, advice, message, step, line, exitCode, log } = failure;
  const text = line === null ? undefined : source?.text.split('\n')[line - 1];
  return html`<section class="card failure" aria-labelledby="failure-title">
    <h2 id="failure-title">The build failed <span class="tag tag-error">${cause.replaceAll('-', ' ')}</span></h2>
    <p class="failure-advice"><${Prose} text=${advice} /></p>
    <dl class="facts">
      ${
        step !== null &&
        html`<div>
          <dt>Step</dt>
          <dd><code>${step}</code></dd>
        </div>`
      }
      ${
        line !== null &&
        html`<div>
          <dt>Dockerfile</dt>
          <dd><a href=${lineLink(line)}>line ${line}</a>${text !== undefined && html` <code>${text.trim()}</code>`}</dd>
        </div>`
      }
      ${
        exitCode !== null &&
        html`<div>
          <dt>Exit code</dt>
          <dd><code>${exitCode}</code></dd>
        </div>`
      }
      <div>
        <dt>The builder says</dt>
        <dd><code>${message}</code></dd>
      </div>
    </dl>
    ${
      log.trim() !== '' &&
      html`<div>
        <h3>Its last lines</h3>
        <pre class="lines" tabindex="0" aria-label="Last lines of the failing step">
${log.replace(/^\n+|\s+$/g, '')}</pre>
      </div>`
    }
  </section>`;
}
