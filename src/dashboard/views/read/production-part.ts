/** The questions that are asked before an image goes to production, answered. */
import type { ComponentChildren, VNode } from 'preact';
import type { BaseImage, Production } from '../../../schemas/production.ts';
import { html } from '../../html.ts';

const ROLES = { base: 'stands on', build: 'builds on', files: 'takes files from' };

/** Questions and answers. */
export function ProductionPart({
  production,
  lineLink,
}: {
  readonly production: Production;
  readonly lineLink: (line: number) => string;
}): VNode {
  const { images, imageId, vulnerabilityScan, secrets, pid1, stop, unanswered } = production;
  return html`<dl class="questions">
    <${Question} of="What does it stand on?">
      ${
        images.length === 0
          ? html`<p class="soft">Not known.</p>`
          : html`<ul class="bases">
              ${images.map((one) => html`<${Base} of=${one} lineLink=${lineLink} />`)}
            </ul>`
      }
    <//>
    <${Question} of="Which image was built?">
      ${imageId === null ? html`<p class="soft">None.</p>` : html`<code>${imageId}</code>`}
    <//>
    <${Question} of="Was it scanned for vulnerabilities?">
      <p><strong>No.</strong> ${vulnerabilityScan.explanation}</p>
    <//>
    <${Question} of="Where do secrets come in?">
      ${
        secrets.length === 0
          ? html`<p>Nothing is named like a secret.</p>`
          : html`<ul class="plain">
              ${secrets.map(
                ({ name, through, line }) =>
                  html`<li>
                    <code>${name}</code
                    >${' through '}<strong>${through}</strong>${line !== null && html`, <a href=${lineLink(line)}>line ${line}</a>`}
                  </li>`,
              )}
            </ul>`
      }
    <//>
    <${Question} of="Who is PID 1?">
      ${
        pid1 === null
          ? html`<p class="soft">Not known.</p>`
          : html`<p>
              <code>${pid1.command ?? 'not told'}</code
              >${' as uid '}<strong>${pid1.uid}</strong>${pid1.uid === 0 && ' (root)'}${pid1.gid !== null && `, gid ${pid1.gid}`}
            </p>`
      }
    <//>
    <${Question} of="How did it stop?">
      ${
        stop === null
          ? html`<p class="soft">Not known.</p>`
          : html`<p>
              <strong>${stop.signal}</strong
              >${`, ${stop.seconds.toFixed(1)} s, exit code `}<code>${stop.exitCode}</code>${stop.killed && html`: <strong>it did not end by itself and was killed</strong>`}
            </p>`
      }
    <//>
    ${
      unanswered.length > 0 &&
      html`<${Question} of="What has no answer?">
        <ul class="sentences">
          ${unanswered.map((one) => html`<li>${one}</li>`)}
        </ul>
      <//>`
    }
  </dl>`;
}

function Question({ of, children }: { readonly of: string; readonly children: ComponentChildren }): VNode {
  return html`<div>
    <dt>${of}</dt>
    <dd>${children}</dd>
  </div>`;
}

function Base({ of, lineLink }: { readonly of: BaseImage; readonly lineLink: (line: number) => string }): VNode {
  const { role, written, line, reference, digest, imageId, note } = of;
  return html`<li>
    <p><span class="tag">${ROLES[role]}</span> <code>${written}</code>, <a href=${lineLink(line)}>line ${line}</a></p>
    <dl class="facts">
      ${
        reference !== null &&
        html`<div>
          <dt>Name</dt>
          <dd><code>${reference}</code></dd>
        </div>`
      }
      ${
        digest !== null &&
        html`<div>
          <dt>Digest</dt>
          <dd><code>${digest}</code></dd>
        </div>`
      }
      ${
        imageId !== null &&
        html`<div>
          <dt>Image id</dt>
          <dd><code>${imageId}</code></dd>
        </div>`
      }
    </dl>
    ${note !== null && html`<p class="small soft">${note}</p>`}
  </li>`;
}
