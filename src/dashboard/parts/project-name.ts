/** The name of a project, which may be a long path: it breaks behind a slash, as it does behind a hyphen, and not within a word. */
import type { VNode } from 'preact';
import { html } from '../html.ts';

/** The name; who copies it gets it as it is. */
export function ProjectName({ of }: { readonly of: string }): VNode {
  return html`<span
    >${of.split('/').map((part, index) => (index === 0 ? part : html`<span key=${index}>/<wbr />${part}</span>`))}</span
  >`;
}
