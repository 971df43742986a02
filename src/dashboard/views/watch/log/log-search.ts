/** The field that searches the log: Enter goes on, Shift+Enter back. */
import type { VNode } from 'preact';
import { html } from '../../../html.ts';

/** The field, how many lines hold what is looked for, and the ways to the next and the one before. */
export function LogSearch({
  words,
  search,
  go,
  at,
  count,
}: {
  readonly words: string;
  readonly search: (words: string) => void;
  readonly go: (by: number) => void;
  readonly at: number;
  readonly count: number;
}): VNode {
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') search('');
    else if (event.key === 'Enter') {
      event.preventDefault();
      if (count > 0) go(event.shiftKey ? -1 : 1);
    }
  };
  const told = count === 0 ? 'no line' : `${(at + 1).toLocaleString('en')} of ${count.toLocaleString('en')}`;
  return html`<span class="log-search" role="search">
    <input
      type="search"
      aria-label="Search the log"
      placeholder="Search the log"
      value=${words}
      spellcheck=${false}
      autocomplete="off"
      onInput=${(event: Event) => search((event.currentTarget as HTMLInputElement).value)}
      onKeyDown=${pressed}
    />
    <span class="log-found" role="status">${words === '' ? '' : told}</span>
    ${
      words !== '' &&
      html`<span class="log-ways">
        <button
          type="button"
          disabled=${count === 0}
          aria-label="Line before"
          title="Shift+Enter"
          onClick=${() => go(-1)}
        >
          ↑
        </button>
        <button type="button" disabled=${count === 0} aria-label="Next line" title="Enter" onClick=${() => go(1)}>
          ↓
        </button>
      </span>`
    }
  </span>`;
}
