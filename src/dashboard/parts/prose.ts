/** Text of the catalogue: what stands between backticks is code. */
import type { VNode } from 'preact';
import { html } from '../html.ts';

/** The text, its own line breaks kept. */
export function Prose({ text }: { readonly text: string }): VNode {
  return html`<span class="prose">
    ${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}
  </span>`;
}
