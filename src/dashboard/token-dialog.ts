/** Asks for a token when the service wants one, or when the reader wants to change it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { isTaken } from './api/client.ts';
import { declineToken, isTokenWanted, refused, setToken, takeTokenOfOtherTabs, token, wantToken } from './api/token.ts';
import { html } from './html.ts';
import { useWatched } from './watchable.ts';

const NOT_TAKEN = 'The service refused this token.';

/** The dialog; seen only when it is wanted. A token is kept once the service has taken it. */
export function TokenDialog(): VNode {
  const isWanted = useWatched(isTokenWanted);
  const isWrong = useWatched(refused) === 'wrong';
  const [problem, setProblem] = useState('');
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => takeTokenOfOtherTabs(), []);
  useEffect(() => {
    setProblem('');
    if (isWanted) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isWanted]);
  const use = async (event: Event): Promise<void> => {
    event.preventDefault();
    const value = field.current?.value.trim() ?? '';
    if (value === '') return;
    setProblem('');
    const told = await isTaken(value).then(
      (isGood) => (isGood ? '' : NOT_TAKEN),
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (told === '') {
      if (field.current !== null) field.current.value = '';
      setToken(value);
    } else {
      setProblem(told);
      field.current?.select();
    }
  };
  const forget = (): void => {
    setToken(undefined);
    declineToken();
  };
  // Escape closes it without a word to anybody; when the page closes it, it is not wanted any more.
  const closed = (): void => {
    if (isTokenWanted.get() && dialog.current?.open === false) declineToken();
    // The button that opened it may be gone by now, and the focus with it.
    const focused = document.activeElement;
    if (focused === document.body || dialog.current?.contains(focused) === true)
      document.getElementById('content')?.focus({ preventScroll: true });
  };
  const told = problem === '' && isWrong ? NOT_TAKEN : problem;
  return html`<dialog ref=${dialog} aria-labelledby="token-title" onClose=${closed}>
    <form onSubmit=${use}>
      <h2 id="token-title">Token</h2>
      <p>
        Services that others can reach ask who you are. A token is kept in this browser and sent with each request; the
        operator makes one with <code>npm run token</code>.
      </p>
      <p class="status-fail" role="alert">${told}</p>
      <label>
        Token
        <input ref=${field} type="password" autocomplete="off" spellcheck=${false} required />
      </label>
      <p class="actions">
        <button type="submit" class="primary">Use it</button>
        ${
          token.get() !== undefined &&
          html`<button type="button" onClick=${forget}>Forget the one that is kept</button>`
        }
        <button type="button" onClick=${declineToken}>Not now</button>
      </p>
    </form>
  </dialog>`;
}

/** Above every view while the service lets nobody in: why, and the way to the dialog. */
export function TokenNotice(): VNode | null {
  const why = useWatched(refused);
  if (why === undefined) return null;
  const [words, button] = why === 'wrong' ? [NOT_TAKEN, 'Enter another one'] : ['A token is needed.', 'Enter one'];
  return html`<p class="offline" role="status">
    ${words} <button type="button" onClick=${wantToken}>${button}</button>
  </p>`;
}
