/** Who thinks now and who waits: a fixed number of places, of which large questions leave one to small ones. */

/** A place that was had; called once when it is free again. */
export type GiveBack = () => void;

/** Places and those who wait for one. */
export interface Turns {
  /** Resolves when it is this one's turn. Rejects with what `signal` was aborted for. */
  take(isLarge: boolean, signal: AbortSignal): Promise<GiveBack>;
  /** How many wait. */
  readonly waiting: number;
}

/**
 * Makes the turns. First come, first served, but a small one may overtake large ones: a handful of hostile uploads must not keep
 * everybody else waiting for their deadlines.
 *
 * @param places  at least two
 */
export function makeTurns(places: number): Turns {
  const taken = { all: 0, large: 0 };
  const waiting: { readonly isLarge: boolean; readonly begin: () => void }[] = [];
  const isFree = (isLarge: boolean): boolean => taken.all < places && (!isLarge || taken.large < places - 1);
  const begin = (isLarge: boolean): GiveBack => {
    taken.all += 1;
    if (isLarge) taken.large += 1;
    return () => {
      taken.all -= 1;
      if (isLarge) taken.large -= 1;
      const next = waiting.findIndex((one) => isFree(one.isLarge));
      if (next >= 0) waiting.splice(next, 1)[0]?.begin();
    };
  };
  return {
    get waiting(): number {
      return waiting.length;
    },
    async take(isLarge, signal) {
      if (isFree(isLarge)) return begin(isLarge);
      signal.throwIfAborted();
      const turn = Promise.withResolvers<GiveBack>();
      const mine = { isLarge, begin: (): void => turn.resolve(begin(isLarge)) };
      const onAbort = (): void => {
        const at = waiting.indexOf(mine);
        if (at >= 0) waiting.splice(at, 1);
        turn.reject(signal.reason);
      };
      waiting.push(mine);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        return await turn.promise;
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
