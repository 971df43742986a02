/** What is about to be sent: how much, what stays behind and why, what is large, and what should rather stay behind. */
import type { ComponentChildren, VNode } from 'preact';
import { html } from '../../html.ts';
import { size } from '../../parts/amounts.ts';
import { Mark } from '../../parts/status.ts';
import type { Context } from './context.ts';
import type { Sum } from './sending.ts';

const MOST_SHOWN = 6;

/** The card. */
export function SendingCard({ context }: { readonly context: Context }): VNode {
  const { picked, sending, ignore, facts } = context;
  if (picked.kind === 'archive') {
    return html`<div class="stack-small">
      <p class="sending-sum"><strong>${size(picked.file.size)}</strong> sent as it is</p>
      <p class="small soft">What <code>.dockerignore</code> leaves out is left out there.</p>
    </div>`;
  }
  if (picked.kind === 'dockerfile' || sending === undefined) {
    return html`<div class="stack-small">
      <p class="sending-sum"><strong>1 file</strong>, built without a context</p>
      ${
        facts?.takesFiles === true &&
        html`<${Warning}
          >It copies files, and none come with it: the build will stop there. Drop the whole folder instead.<//
        >`
      }
    </div>`;
  }
  const { sent, sentBytes, leftOut, leftOutBy, largest, unwanted } = sending;
  return html`<div class="stack-small">
    <p class="sending-sum">
      <strong>${count(sent.length)}</strong>, <strong>${size(sentBytes)}</strong>
      <span class="soft">
        ${leftOut.files === 0 ? ', nothing left out' : `, ${count(leftOut.files)} (${size(leftOut.bytes)}) left out`}</span
      >
    </p>
    ${
      ignore === undefined
        ? html`<${Warning}>
            There is no <code>.dockerignore</code>: everything is
            sent${unwanted.length === 0 ? '.' : html`<span>, also <${Sums} of=${unwanted} />.</span>`}
          <//>`
        : unwanted.length > 0 &&
          html`<${Warning}><code>${ignore.path}</code> lets through <${Sums} of=${unwanted} />.<//>`
    }
    ${(ignore?.problems ?? []).map(
      ({ message }) =>
        html`<${Warning} key=${message}><code>${ignore?.path}</code>: ${message} The builder refuses it.<//>`,
    )}
    <div class="sending-lists">
      ${leftOut.files > 0 && html`<${List} title=${`Left out by ${ignore?.path ?? ''}`} of=${leftOutBy} />`}
      <${List} title="The largest" of=${largest.map(({ path, size: bytes }) => ({ name: path, files: 1, bytes }))} />
    </div>
    <p class="small soft">
      A browser does not tell which files are executable: those that begin with <code>#!</code>, and programs, are
      marked so.
    </p>
  </div>`;
}

function List({ title, of }: { readonly title: string; readonly of: readonly Sum[] }): VNode {
  return html`<section aria-label=${title}>
    <h3>${title}</h3>
    <ul class="sums">
      ${of
        .slice(0, MOST_SHOWN)
        .map(
          ({ name, files, bytes }) =>
            html`<li key=${name}>
              <code>${name}</code><span class="soft">${files > 1 && `${count(files)}, `}${size(bytes)}</span>
            </li>`,
        )}
      ${of.length > MOST_SHOWN && html`<li class="soft">and ${of.length - MOST_SHOWN} more</li>`}
    </ul>
  </section>`;
}

function Sums({ of }: { readonly of: readonly Sum[] }): VNode {
  return html`<span
    >${of
      .slice(0, MOST_SHOWN)
      .map(
        ({ name, bytes }, index) =>
          html`<span key=${name}>${index > 0 && ', '}<code>${name}</code> (${size(bytes)})</span>`,
      )}${of.length > MOST_SHOWN && ` and ${of.length - MOST_SHOWN} more`}</span
  >`;
}

function Warning({ children }: { readonly children: ComponentChildren }): VNode {
  return html`<p class="sending-warning">
    <${Mark} name="warn" /><span><span class="unseen">Warning: </span>${children}</span>
  </p>`;
}

function count(files: number): string {
  return files === 1 ? '1 file' : `${files.toLocaleString('en')} files`;
}
