/** What stands where there is nothing to show: because it is being fetched, because there is none, or because something went wrong. */
import type { ComponentChildren, VNode } from 'preact';
import type { ApiError } from '../api/client.ts';
import type { Loaded } from '../api/loaded.ts';
import { wantToken } from '../api/token.ts';
import { html } from '../html.ts';
import { refusalWords } from './refusal-words.ts';

/** While it is fetched: said to screen readers, and seen only when it takes longer than a moment. */
export function Loading({ what }: { readonly what: string }): VNode {
  return html`<p class="notice notice-loading" role="status">Loading ${what} …</p>`;
}

/** There is none; `children` says how there could be one. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }): VNode {
  return html`<div class="notice notice-empty">
    <h2>${title}</h2>
    ${children}
  </div>`;
}

/** What went wrong, and what to do. */
export function Refusal({ error, retry }: { readonly error: ApiError; readonly retry?: () => void }): VNode {
  const { title, text, list } = refusalWords(error.message, error.problem);
  return html`<div class="notice notice-error" role="alert">
    <h2>${title}</h2>
    ${text !== '' && html`<p>${text}</p>`}
    ${
      list.length > 0 &&
      html`<ul>
        ${list.map(({ name, detail }) => html`<li>${name !== '' && html`<code>${name}</code>`} ${detail}</li>`)}
      </ul>`
    }
    ${
      error.problem?.status === 401
        ? html`<p><button type="button" onClick=${wantToken}>Enter a token</button></p>`
        : retry !== undefined && html`<p><button type="button" onClick=${retry}>Try again</button></p>`
    }
  </div>`;
}

/** The value when it is there, and until then what there is to say. */
export function Shown<T>({
  of,
  what,
  children,
}: {
  readonly of: Loaded<T>;
  readonly what: string;
  readonly children: (value: T) => ComponentChildren;
}): VNode {
  if (of.value !== undefined) return html`<div>${children(of.value)}</div>`;
  if (of.error !== undefined) return html`<${Refusal} error=${of.error} retry=${of.reload} />`;
  return html`<${Loading} what=${what} />`;
}
