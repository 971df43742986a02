/** The button that begins it, how far it is, and the way to stop it. */
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { html } from '../../html.ts';
import { size } from '../../parts/amounts.ts';
import type { Progress } from './submission.ts';

/** The bar. */
export function SubmitBar({
  progress,
  isReady,
  cancel,
}: {
  readonly progress: Progress;
  readonly isReady: boolean;
  readonly cancel: () => void;
}): VNode {
  const bar = useRef<HTMLDivElement>(null);
  const isIdle = progress.phase === 'idle';
  const before = useRef(isIdle);
  useEffect(() => {
    // The button that was pressed is gone; the one in its place has the focus, unless the reader is elsewhere by now.
    if (before.current !== isIdle && document.activeElement === document.body)
      bar.current?.querySelector('button')?.focus();
    before.current = isIdle;
  }, [isIdle]);
  // Two bars and not one that changes: a Cancel that becomes the Verify while it is pressed would send the form.
  if (progress.phase === 'idle') {
    return html`<div class="submit-bar" key="idle" ref=${bar}>
      <button type="submit" class="primary" disabled=${!isReady}>Verify</button>
      <span class="soft small"
        >${isReady ? 'A build takes a minute or more; you can watch it.' : 'Choose what to verify first.'}</span
      >
    </div>`;
  }
  const words = wordsOf(progress);
  return html`<div class="submit-bar" key="busy" ref=${bar}>
    <div class="submit-progress">
      <label for="verify-progress">${words}</label>
      <progress
        id="verify-progress"
        max=${progress.phase === 'accepting' ? undefined : Math.max(1, progress.total)}
        value=${progress.phase === 'accepting' ? undefined : progress.done}
      ></progress>
    </div>
    <button type="button" onClick=${cancel}>Cancel</button>
  </div>`;
}

function wordsOf(progress: Exclude<Progress, { phase: 'idle' }>): string {
  if (progress.phase === 'accepting') return 'Sent; being looked at …';
  const { done, total } = progress;
  return progress.phase === 'packing'
    ? `Packing … ${done} of ${total} files`
    : `Sending … ${size(done)} of ${size(total)}`;
}
