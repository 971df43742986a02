/** Chance that a seed decides. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Numbers in an order that looks like none. */
export interface Random {
  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number;
  /** Waits for a random time of at most `ms`. */
  pause(ms: number): Promise<void>;
}

/** Makes it: the same numbers for the same seed. Source: Tommy Ettinger, mulberry32. */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pause: async (ms) => {
      await sleep(below(ms));
    },
  };
}
