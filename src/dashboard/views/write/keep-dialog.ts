/** Stores the report on the text as it is now, under a project or without one, and leads to it. */
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../../api/client.ts';
import type { Draft } from '../../draft.ts';
import { html } from '../../html.ts';
import { Refusal } from '../../parts/notice.ts';
import { goTo, linkTo } from '../../route.ts';
import { analyse } from './analysis.ts';

/** The dialog; seen while it is open. */
export function KeepDialog({
  isOpen,
  draft,
  close,
}: {
  readonly isOpen: boolean;
  readonly draft: Draft;
  readonly close: () => void;
}): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const project = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<{ readonly error?: ApiError; readonly isBusy: boolean }>({ isBusy: false });
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const keep = async (event: Event): Promise<void> => {
    event.preventDefault();
    setState({ isBusy: true });
    try {
      const report = await analyse(draft, { isStored: true, project: project.current?.value.trim() || undefined });
      goTo(linkTo(['analyses', report.id]));
    } catch (error) {
      setState({ error: error instanceof ApiError ? error : new ApiError(String(error)), isBusy: false });
    }
  };
  return html`<dialog ref=${dialog} aria-labelledby="keep-title" onClose=${close}>
    <form onSubmit=${keep}>
      <h2 id="keep-title">Keep this report</h2>
      <p>
        What you write is analysed and forgotten. A report that is kept has an address of its own; secrets in the
        Dockerfile are masked in it.
      </p>
      <label>
        Project (optional)
        <input ref=${project} name="project" autocomplete="off" maxlength="200" placeholder="shop/api" />
      </label>
      ${state.error !== undefined && html`<${Refusal} error=${state.error} />`}
      <p class="actions">
        <button type="submit" class="primary" disabled=${state.isBusy}>
          ${state.isBusy ? 'Keeping …' : 'Keep it'}
        </button>
        <button type="button" onClick=${close}>Not now</button>
      </p>
    </form>
  </dialog>`;
}
