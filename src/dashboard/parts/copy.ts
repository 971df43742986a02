/** Texts that are copied with one press. */
import { useEffect, useState } from 'preact/hooks';
import type { ComponentChildren, VNode } from 'preact';
import { html } from '../html.ts';

const SAID_FOR_MS = 2500;

/**
 * A button that puts a text on the clipboard, and says so in place of its own words. `text` is made when it is pressed.
 * @param what  completes its name for screen readers where its words alone do not say it: Copy the Markdown
 */
export function CopyButton({
  text,
  what,
  children = 'Copy',
}: {
  readonly text: () => string;
  readonly what?: string;
  readonly children?: ComponentChildren;
}): VNode {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '') return undefined;
    const timer = setTimeout(() => setSaid(''), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (): Promise<void> => setSaid((await isCopied(text())) ? 'Copied' : 'Select and copy it by hand');
  const label = what === undefined || said !== '' ? undefined : `Copy ${what}`;
  return html`<button type="button" class=${what === undefined ? '' : 'quiet'} aria-label=${label} onClick=${copy}>
    <span aria-live="polite">${said === '' ? children : said}</span>
  </button>`;
}

/** A text to copy: read in full, copied with one press. */
export function CopyText({ text, what }: { readonly text: string; readonly what: string }): VNode {
  return html`<div class="copy-text">
    <pre tabindex="0" aria-label=${what}><code>${text}</code></pre>
    <${CopyButton} text=${() => text} what=${what} />
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
