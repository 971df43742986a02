/** A button that copies a text, and says that it did. */
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { html } from '../html.ts';

const SAID_FOR_MS = 2500;

/** The button. `what` completes its name for screen readers: Copy the Markdown. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }): VNode {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '') return undefined;
    const timer = setTimeout(() => setSaid(''), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (): Promise<void> => setSaid((await isCopied(text)) ? 'Copied' : 'Select and copy it by hand');
  return html`<span class="copy">
    <button type="button" class="quiet" aria-label=${`Copy ${what}`} onClick=${copy}>Copy</button>
    <span class="copy-said" role="status">${said}</span>
  </span>`;
}

/** A text to copy: read in full, copied with one press. */
export function CopyText({ text, what }: { readonly text: string; readonly what: string }): VNode {
  return html`<div class="copy-text">
    <pre tabindex="0" aria-label=${what}><code>${text}</code></pre>
    <${CopyButton} text=${text} what=${what} />
  </div>`;
}

async function isCopied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return isCopiedByCommand(text); // a page that came over plain HTTP from another machine has no clipboard
  }
}

function isCopiedByCommand(text: string): boolean {
  const before = document.activeElement;
  const field = document.createElement('textarea');
  field.className = 'unseen';
  field.value = text;
  document.body.append(field);
  field.select();
  const isDone = document.execCommand('copy');
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return isDone;
}
