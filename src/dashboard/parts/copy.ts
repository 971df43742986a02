/** A button that puts a text on the clipboard, and says so. */
import { useEffect, useState } from 'preact/hooks';
import type { ComponentChildren, VNode } from 'preact';
import { html } from '../html.ts';

/** The button. `text` is made when it is pressed. Pages without https have no clipboard: then the text is shown, to be taken by hand. */
export function CopyButton({
  text,
  children,
}: {
  readonly text: () => string;
  readonly children: ComponentChildren;
}): VNode {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '') return undefined;
    const timer = setTimeout(() => setSaid(''), 2500);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      setSaid('Copied');
    } catch {
      prompt('Copy this:', text());
    }
  };
  return html`<button type="button" onClick=${copy}>
    <span aria-live="polite">${said === '' ? children : said}</span>
  </button>`;
}
