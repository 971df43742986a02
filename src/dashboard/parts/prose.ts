/** Sentences of the service, in which `backticks` stand around code. */
import type { VNode } from 'preact';
import { html } from '../html.ts';

/** The sentence, with code as code. A backtick that stands alone stays one. */
export function Prose({ of }: { readonly of: string }): VNode {
  const parts = of.split(/`([^`\n]+)`/);
  return html`<span>${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}</span>`;
}
