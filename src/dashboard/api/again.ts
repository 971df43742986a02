/** What is tried again, and when. */
import { ApiError } from './client.ts';

const LONGEST_MS = 15_000;

/** How long to wait after so many failures in a row: half a second, then twice as long each time; never all at the same moment. */
export function waitAfter(failures: number): number {
  return Math.min(LONGEST_MS, 500 * 2 ** failures) * (0.75 + Math.random() / 2);
}

/** True for what asking again does not mend: the service said no, and it was neither the load nor the network. */
export function isFinalWord(error: unknown): boolean {
  const status = error instanceof ApiError ? error.problem?.status : undefined;
  return status !== undefined && status < 500 && status !== 408 && status !== 429;
}

/** Waits. Ends early, and without an error, when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
