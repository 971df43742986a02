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
  /**
   * A place for a context that comes. Throws `build-queue-full` when a build could not be taken now, and `upload-too-large` when it
   * could never be; `announcedBytes`: what is known of its size.
   */
  enter(announcedBytes: number): Promise<Place>;
  /** The error for a build that was not taken. */
  full(bytes: number): Promise<AppError>;
}

/** A place in the queue, held while a context comes: uploads that come at the same time share the room. */
export interface Place {
  /** More of it has come. Throws like `enter` at the first byte that does not fit. */
  take(bytes: number): void;
  /** It is in, or will not come: called once. */
  leave(): void;
}

/** Makes it. */
export function makeQueue(needs: {
  readonly store: Pick<Store, 'counts' | 'durations'>;
  readonly room: QueueRoom;
  readonly concurrency: number;
}): Queue {
  const { store, room, concurrency } = needs;
  /** Bytes of the contexts that are coming now. */
  let coming = 0;
  const full = async (bytes: number): Promise<AppError> => {
    const { queued } = await store.counts();
    return refusal(queued, bytes, await secondsToAnEnd(store, concurrency));
  };
  const refusal = (queued: number, bytes: number, seconds: number): AppError => {
    if (bytes > room.bytes) {
      return new AppError(
        'upload-too-large',
        `The context has ${bytes} bytes or more; all that wait together may have ${room.bytes} (DRYDOCK_QUEUE_BYTES).`,
      );
    }
    const why =
      queued >= room.builds
        ? `${room.builds} builds are waiting, which is the limit.`
        : `The contexts that wait or come have so many bytes that another ${bytes} do not fit below the limit of ${room.bytes}.`;
    return new AppError('build-queue-full', `${why} Try again in ${inWords(seconds)}.`, { retryAfterSeconds: seconds });
  };
  return {
    room,
    full,
    enter: async (announcedBytes) => {
      const { queued, bytes: waiting } = await store.counts();
      if (queued >= room.builds || waiting + coming + announcedBytes > room.bytes) throw await full(announcedBytes);
      const seconds = await secondsToAnEnd(store, concurrency);
      let own = 0;
      return {
        take: (bytes) => {
          own += bytes;
          coming += bytes;
          if (waiting + coming > room.bytes) throw refusal(queued, own, seconds);
        },
        leave: () => {
          coming -= own;
          own = 0;
        },
      };
    },
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
