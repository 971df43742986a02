/** The box of the phase `paused`. Types only; what holds for all boxes stands in box.ts. */

/** The health endpoint while one companion was paused. */
export type PausedSeen =
  | {
      readonly seen: 'paused';
      /** Host name of the companion. */
      readonly companion: string;
      readonly url: string;
      /** The last answer: asked until two in a row told that something is wrong; `undefined`: none came in time. */
      readonly status: number | undefined;
      /** Of that answer, counted from the pause; else of the wait for one. */
      readonly afterMs: number;
      /** False when the service itself ended meanwhile. */
      readonly stayedUp: boolean;
      /** It answered 200 again when the companion went on: otherwise nothing more can be read off its health. */
      readonly recovered: boolean;
    }
  | { readonly seen: 'unseen'; readonly companion: string; readonly reason: string };

/** Phase `paused`: each companion is paused in turn, when everything that runs beside the container is over. */
export type PausedBox = { readonly seen: 'each'; readonly each: readonly PausedSeen[] } | { readonly seen: 'alone' };
