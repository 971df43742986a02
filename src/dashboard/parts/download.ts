/** Files from the service: fetched, since a plain link could not send a token. */
import { useState } from 'preact/hooks';
import type { ComponentChildren, VNode } from 'preact';
import { ask } from '../api/client.ts';
import { html } from '../html.ts';

/** Lets the browser save what is at a path of the API. Throws ApiError. */
export async function download(path: string, name: string): Promise<void> {
  const response = await ask(path);
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A button that saves what is at a path. What went wrong stands beside it. */
export function DownloadButton({
  path,
  name,
  children,
}: {
  readonly path: string;
  readonly name: string;
  readonly children: ComponentChildren;
}): VNode {
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    try {
      await download(path, name);
      setProblem('');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };
  return html`<span class="saving">
    <button type="button" aria-disabled=${isBusy} onClick=${save}>${children}</button>
    <span role="alert" class="small status-fail">${problem}</span>
  </span>`;
}
