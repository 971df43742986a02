/** A thin bar: how much of something there is. */
import type { VNode } from 'preact';
import { html } from '../html.ts';

/**
 * The bar. A `total` of 0 means that nobody knows yet, and the bar says so by moving.
 * @param label  what is measured, for whoever does not see it
 * @param text   how much it is, in words; left out: the number speaks
 */
export function Bar({
  done,
  total,
  label,
  text,
}: {
  readonly done: number;
  readonly total: number;
  readonly label: string;
  readonly text?: string;
}): VNode {
  const isKnown = total > 0;
  const share = isKnown ? Math.min(1, done / total) : 0.3;
  return html`<div
    class=${isKnown ? 'bar' : 'bar bar-unknown'}
    role="progressbar"
    aria-label=${label}
    aria-valuemin="0"
    aria-valuemax=${isKnown ? total : undefined}
    aria-valuenow=${isKnown ? Math.min(done, total) : undefined}
    aria-valuetext=${text}
  >
    <span style=${{ width: `${share * 100}%` }}></span>
  </div>`;
}
