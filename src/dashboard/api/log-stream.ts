/** The log of a build, from its first line on and while it grows. */
import { isFinalWord, pause, waitAfter } from './again.ts';
import { chunksOf } from './chunks.ts';
import { ApiError, ask } from './client.ts';

/**
 * Reads the log to the end of the build; a connection that broke goes on at the byte where it was. Resolves at its end, and when the
 * signal aborts. Throws ApiError for what does not pass by itself.
 */
export async function followLog(id: string, heard: (text: string) => void, signal: AbortSignal): Promise<void> {
  const path = `/build-verify/${encodeURIComponent(id)}/log`;
  const decoder = new TextDecoder();
  let at = 0;
  let failures = 0;
  let wasOver = false;
  for (;;) {
    try {
      // A range is what is there now: it closes the gap, and the next one waits for more.
      const response = await ask(path, {
        signal,
        headers: at === 0 ? {} : { range: `bytes=${at}-` },
        cache: 'no-store',
      });
      if (response.body !== null) {
        for await (const bytes of chunksOf(response.body)) {
          at += bytes.length;
          failures = 0;
          heard(decoder.decode(bytes, { stream: true }));
        }
      }
      if (response.status === 200 || isWhole(response, at)) return;
    } catch (error) {
      if (signal.aborted) return;
      const isNoMore = error instanceof ApiError && error.problem?.type.endsWith('/range-not-satisfiable') === true;
      if (isNoMore) {
        // Asked once more after its end: the last lines may have come in between.
        if (wasOver) return;
        wasOver = await hasEnded(id, signal);
      } else if (isFinalWord(error)) throw error;
    }
    if (signal.aborted) return;
    await pause(at > 0 ? Math.max(1000, waitAfter(failures++)) : waitAfter(failures++), signal);
  }
}

/** Of a log that still grows the length is not told. Source: RFC 9110, section 14.4. */
function isWhole(response: Response, at: number): boolean {
  return response.headers.get('content-range')?.endsWith(`/${at}`) === true;
}

async function hasEnded(id: string, signal: AbortSignal): Promise<boolean> {
  const response = await ask(`/build-verify/${encodeURIComponent(id)}`, { signal }).catch(() => undefined);
  const build = (await response?.json()) as { finishedAt?: string | null } | undefined; // as Build of the contract
  return typeof build?.finishedAt === 'string';
}
