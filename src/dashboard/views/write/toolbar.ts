/** Where a text comes from: a file, the clipboard, the example; and which file of the two is shown. */
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { html } from '../../html.ts';
import { EXAMPLE } from './example.ts';
import { FILES } from './texts.ts';
import type { FileName } from './texts.ts';

/** The line above the editor. */
export function Toolbar({
  file,
  counts,
  choose,
  replace,
  open,
}: {
  readonly file: FileName;
  /** Findings with a place, by file. */
  readonly counts: Readonly<Record<FileName, number>>;
  readonly choose: (file: FileName) => void;
  readonly replace: (text: string) => void;
  readonly open: (file: File) => void;
}): VNode {
  const input = useRef<HTMLInputElement>(null);
  const opened = (): void => {
    const [one] = input.current?.files ?? [];
    if (one !== undefined) open(one);
    if (input.current !== null) input.current.value = ''; // so that the same one can be opened again
  };
  const steer = (event: KeyboardEvent): void => {
    if (!['ArrowLeft', 'ArrowRight'].includes(event.key)) return;
    const next = FILES.find((one) => one !== file) ?? file;
    choose(next);
    document.getElementById(tabOf(next))?.focus();
  };
  return html`<div class="write-toolbar">
    <div class="write-tabs" role="tablist" aria-label="File" onKeyDown=${steer}>
      ${FILES.map(
        (one) =>
          html`<button
            key=${one}
            type="button"
            role="tab"
            id=${tabOf(one)}
            aria-selected=${one === file}
            aria-controls="write-panel"
            tabindex=${one === file ? 0 : -1}
            onClick=${() => choose(one)}
          >
            ${one}${counts[one] > 0 && html` <span class="write-count" title="findings">${counts[one]}</span>`}
          </button>`,
      )}
    </div>
    <div class="write-tools">
      <button type="button" class="quiet" onClick=${() => input.current?.click()}>Open file</button>
      <input ref=${input} type="file" hidden aria-label="File to open" onChange=${opened} />
      ${
        // Only a page that came encrypted, or from this machine, may look into the clipboard.
        typeof navigator.clipboard?.readText === 'function' &&
        html`<button
          type="button"
          class="quiet"
          onClick=${() => void navigator.clipboard.readText().then(replace, () => undefined)}
        >
          Paste
        </button>`
      }
      ${
        file === 'Dockerfile' &&
        html`<button type="button" class="quiet" onClick=${() => replace(EXAMPLE.dockerfile)}>Example</button>`
      }
      <button type="button" class="quiet" onClick=${() => replace('')}>Clear</button>
    </div>
  </div>`;
}

/** Id of a tab, for the panel that it names. */
export function tabOf(file: FileName): string {
  return `write-tab-${FILES.indexOf(file)}`;
}
