/** The doorbell of one process: whoever waits in this process hears every ring. Nothing is kept in it but one forgotten ring. */
import type { Doorbell } from '../../use-cases/ports.ts';

/**
 * Makes a doorbell. A ring wakes all who wait; when no one does, it is kept for the next who would, so that a ring between
 * a look into the store and the wait after it is not lost.
 */
export function makeDoorbell(): Doorbell {
  const waiting = new Set<() => void>();
  let isPending = false;
  return {
    ring: () => {
      isPending = waiting.size === 0;
      for (const wake of waiting) wake();
    },
    wait: (timeoutMs, signal) =>
      new Promise((resolve) => {
        if (isPending || signal.aborted) {
          isPending = false;
          return resolve();
        }
        const wake = (): void => {
          waiting.delete(wake);
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, timeoutMs);
        signal.addEventListener('abort', wake);
        waiting.add(wake);
      }),
  };
}
