/** Cancels a build, after a question. */
import { useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Build } from '../../../schemas/build.ts';
import { askFor } from '../../api/client.ts';
import { html } from '../../html.ts';

/** The button, and the question; `cancelled` gets the build as the service then has it. */
export function Cancel({
  build,
  cancelled,
}: {
  readonly build: Build;
  readonly cancelled: (build: Build) => void;
}): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState('');
  const cancel = async (): Promise<void> => {
    try {
      cancelled(await askFor<Build>(build.links.self, { method: 'DELETE' }));
      setProblem('');
      dialog.current?.close();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  if (build.cancelRequested === true) return html`<span class="soft">Being cancelled …</span>`;
  return html`<span>
    <button type="button" onClick=${() => dialog.current?.showModal()}>Cancel build</button>
    <dialog ref=${dialog} aria-labelledby="cancel-title">
      <h2 id="cancel-title">Cancel this build?</h2>
      <p>What it has started is removed, and there will be no report. Its log stays.</p>
      ${problem !== '' && html`<p class="status-fail" role="alert">${problem}</p>`}
      <p class="actions">
        <button type="button" class="primary" onClick=${cancel}>Cancel it</button>
        <button type="button" onClick=${() => dialog.current?.close()}>Let it go on</button>
      </p>
    </dialog>
  </span>`;
}
