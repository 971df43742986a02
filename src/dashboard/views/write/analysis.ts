/** The report on the text as it is being written: asked for when the writer pauses, older answers dropped. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AnalyzeRequest } from '../../../schemas/options.ts';
import type { Report } from '../../../schemas/report.ts';
import { ApiError, send, token } from '../../api/client.ts';
import type { Draft } from '../../draft.ts';
import { useWatched } from '../../watchable.ts';

const PAUSE_MS = 250;
/** After a refusal that says nothing of the text: too many requests, or nobody there. */
const AGAIN_MS = 5000;

/** A report and the text that it is about. */
export interface Analysed {
  readonly report: Report;
  readonly draft: Draft;
}

/** What is known of the text. The last report stays while a newer one is on its way, and when it does not come. */
export interface Analysis {
  readonly analysed: Analysed | undefined;
  readonly error: ApiError | undefined;
  readonly isPending: boolean;
}

/** The report on a text, kept up to date. A blank text has none. */
export function useAnalysis(draft: Draft): Analysis {
  const [state, setState] = useState<Analysis>({ analysed: undefined, error: undefined, isPending: true });
  const [round, setRound] = useState(0);
  const known = useWatched(token);
  const isFirst = useRef(true);
  const { dockerfile, dockerignore, profile } = draft;
  useEffect(() => {
    if (dockerfile.trim() === '') {
      setState({ analysed: undefined, error: undefined, isPending: false });
      return undefined;
    }
    const gone = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      setState((before) => ({ ...before, isPending: true }));
      try {
        const about = { dockerfile, dockerignore, profile };
        const report = await analyse(about, { isStored: false, signal: gone.signal });
        setState({ analysed: { report, draft: about }, error: undefined, isPending: false });
      } catch (error) {
        if (gone.signal.aborted) return;
        const told = error instanceof ApiError ? error : new ApiError(String(error));
        setState((before) => ({ ...before, error: told, isPending: false }));
        if (isPassing(told)) again = setTimeout(() => setRound((one) => one + 1), AGAIN_MS);
      }
    };
    const pause = setTimeout(() => void look(), isFirst.current ? 0 : PAUSE_MS);
    isFirst.current = false;
    return () => {
      gone.abort();
      clearTimeout(pause);
      clearTimeout(again);
    };
  }, [dockerfile, dockerignore, profile, known, round]);
  return state;
}

/** Has a text analysed, with what can be mended in it. Throws ApiError. */
export async function analyse(
  { dockerfile, dockerignore, profile }: Draft,
  {
    isStored,
    project,
    signal,
  }: { readonly isStored: boolean; readonly project?: string | undefined; readonly signal?: AbortSignal },
): Promise<Report> {
  const request: AnalyzeRequest = {
    dockerfile,
    ...(dockerignore === '' ? {} : { dockerignore }),
    options: {
      store: isStored,
      ...(profile === undefined ? {} : { profile }),
      ...(project === undefined ? {} : { project }),
    },
  };
  return await send<Report>('/analyze?fix=safe', request, signal === undefined ? {} : { signal });
}

/** True when the same request may well be answered a little later. */
function isPassing({ problem }: ApiError): boolean {
  return problem === undefined || problem.status === 429 || problem.status === 503;
}
