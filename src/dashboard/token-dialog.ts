/** Asks for a token when the service wants one, or when the reader wants to change it. */
import { useEffect, useRef } from 'preact/hooks';
import type { VNode } from 'preact';
import { isTokenWanted, setToken, token } from './api/client.ts';
import { html } from './html.ts';
import { useWatched } from './watchable.ts';

/** The dialog; seen only when it is wanted. */
export function TokenDialog(): VNode {
  const isWanted = useWatched(isTokenWanted);
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isWanted) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isWanted]);
  const keep = (event: Event): void => {
    event.preventDefault();
    const value = field.current?.value.trim() ?? '';
    if (value !== '') setToken(value);
  };
  return html`<dialog ref=${dialog} aria-labelledby="token-title" onClose=${() => isTokenWanted.set(false)}>
    <form onSubmit=${keep}>
      <h2 id="token-title">Token</h2>
      <p>
        Services that others can reach ask who you are. A token is kept in this browser and sent with each request; the
        operator makes one with <code>npm run token</code>.
      </p>
      <label>
        Token
        <input ref=${field} type="password" autocomplete="off" spellcheck=${false} required />
      </label>
      <p class="actions">
        <button type="submit" class="primary">Use it</button>
        ${
          token.get() !== undefined &&
          html`<button type="button" onClick=${() => setToken(undefined)}>Forget the one that is kept</button>`
        }
        <button type="button" onClick=${() => isTokenWanted.set(false)}>Not now</button>
      </p>
    </form>
  </dialog>`;
}
