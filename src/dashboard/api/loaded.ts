/** Something of the API that a view shows: loaded, refreshed, or refused. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, askFor, token } from './client.ts';
import { useWatched } from '../watchable.ts';
import { askForTokenAgain } from './token.ts';

/** What there is to show. `value` stays while a refresh fails: old news with a note beat none. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: ApiError | undefined;
  /** Asks anew, now, because the reader wants it. */
  readonly reload: () => void;
}

/** What did not reach the service, or was answered by something else, is asked for again in this rhythm: it goes on by itself. */
const WHEN_BACK_MS = 3000;

/**
 * Loads a path, and again whenever the path changes or a token is given.
 * @param path     `undefined`: nothing yet
 * @param everyMs  refreshed in this rhythm while the page is looked at; left out: not
 */
export function useLoaded<T>(path: string | undefined, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<{ of?: string; value?: T; error?: ApiError }>({});
  const [round, setRound] = useState(0);
  const known = useWatched(token);
  const of = `${path} ${known ?? ''}`; // what one token may see is not shown to the next
  const again = useCallback(() => setRound((one) => one + 1), []);
  const reload = useCallback(() => {
    askForTokenAgain();
    again();
  }, [again]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (path === undefined) return undefined;
    const gone = new AbortController();
    const look = async (): Promise<void> => {
      let isLost = false;
      try {
        const value =
          document.hidden && everyMs !== undefined && round > 0
            ? undefined
            : await askFor<T>(path, { signal: gone.signal });
        if (value !== undefined) setState({ of, value });
      } catch (error) {
        if (gone.signal.aborted) return;
        const told = error instanceof ApiError ? error : new ApiError(String(error));
        isLost = told.problem === undefined;
        setState((before) => (before.of === of ? { ...before, error: told } : { of, error: told }));
      }
      const nextMs = everyMs ?? (isLost ? WHEN_BACK_MS : undefined);
      if (nextMs !== undefined && !gone.signal.aborted) timer.current = setTimeout(again, nextMs);
    };
    void look();
    return () => {
      gone.abort();
      clearTimeout(timer.current);
    };
  }, [path, known, everyMs, round, again]);
  const isOf = state.of === of;
  return { value: isOf ? state.value : undefined, error: isOf ? state.error : undefined, reload };
}
