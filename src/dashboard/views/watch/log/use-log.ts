/** The log of a build, read into sections while it comes. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, token } from '../../../api/client.ts';
import { followLog } from '../../../api/log-stream.ts';
import { useWatched } from '../../../watchable.ts';
import { makeLogReader } from './log-model.ts';
import type { LogReader } from './log-model.ts';

/** What is there of it. `version` is another one whenever there is more; the sections themselves grow in place. */
export interface ReadLog {
  readonly reader: LogReader;
  readonly version: number;
  /** All of it is there. */
  readonly isWhole: boolean;
  readonly error: ApiError | undefined;
}

/** Lines come in thousands; the eye needs them a few times a second. */
const DRAW_EVERY_MS = 150;

/** Reads it for as long as the component is there; not before `isWanted`. */
export function useLog(id: string, isWanted = true): ReadLog {
  const reader = useRef(makeLogReader());
  const [state, setState] = useState<Omit<ReadLog, 'reader'>>({ version: 0, isWhole: false, error: undefined });
  const who = useWatched(token);
  useEffect(() => {
    if (!isWanted) return undefined;
    const gone = new AbortController();
    const own = makeLogReader();
    reader.current = own;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const drawn = (more: Partial<ReadLog> = {}): void => {
      clearTimeout(timer);
      timer = undefined;
      if (!gone.signal.aborted) setState((one) => ({ ...one, ...more, version: one.version + 1 }));
    };
    drawn({ isWhole: false, error: undefined });
    followLog(
      id,
      (text) => {
        own.push(text);
        timer ??= setTimeout(drawn, DRAW_EVERY_MS);
      },
      gone.signal,
    ).then(
      () => drawn({ isWhole: true }),
      (error: unknown) => drawn({ error: error instanceof ApiError ? error : new ApiError(String(error)) }),
    );
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, [id, who, isWanted]);
  return { ...state, reader: reader.current };
}
