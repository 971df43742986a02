/** How much may wait, and when to come back where that is too much already. */
import { AppError } from './errors.ts';
import type { QueueRoom, Store } from './store-port.ts';

/** So many of the latest builds say how long one takes. */
const SAMPLE = 20;
/** Where no build has ended yet. */
const UNKNOWN_SECONDS = 60;
/** Nobody plans further ahead. */
const MOST_SECONDS = 3600;

/** The queue, as those see it who want something in. */
export interface Queue {
  readonly room: QueueRoom;
  /** Throws `build-queue-full` when a build could not be taken now; `bytes`: what is known of the size of its context. */
  check(bytes: number): Promise<void>;
  /** The error for a build that was not taken. */
  full(bytes: number): Promise<AppError>;
}

/** Makes it. */
export function makeQueue(needs: {
  readonly store: Pick<Store, 'counts' | 'durations'>;
  readonly room: QueueRoom;
  readonly concurrency: number;
}): Queue {
  const { store, room, concurrency } = needs;
  const full = async (bytes: number): Promise<AppError> => {
    const { queued } = await store.counts();
    const why =
      queued >= room.builds
        ? `${room.builds} builds are waiting, which is the limit.`
        : bytes > room.bytes
          ? `The context has ${bytes} bytes, and all that wait together may have ${room.bytes}.`
          : `The contexts that wait have so many bytes that another ${bytes} do not fit below the limit of ${room.bytes}.`;
    const seconds = await secondsToAnEnd(store, concurrency);
    return new AppError('build-queue-full', `${why} Try again in ${inWords(seconds)}.`, { retryAfterSeconds: seconds });
  };
  return {
    room,
    check: async (bytes) => {
      const counts = await store.counts();
      if (counts.queued >= room.builds || counts.bytes + bytes > room.bytes) throw await full(bytes);
    },
    full,
  };
}

/** When the next build can be expected to end, and a place to be free: builds end evenly spread, so many side by side. */
async function secondsToAnEnd(store: Pick<Store, 'durations'>, concurrency: number): Promise<number> {
  const durations = await store.durations(SAMPLE);
  if (durations.length === 0) return UNKNOWN_SECONDS;
  const mean = durations.reduce((sum, one) => sum + one, 0) / durations.length;
  return Math.min(MOST_SECONDS, Math.max(1, Math.ceil(mean / concurrency / 1000)));
}

function inWords(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? 'a second' : `${seconds} seconds`;
  return `${Math.round(seconds / 60)} minutes`;
}
