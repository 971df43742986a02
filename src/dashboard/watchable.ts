/** A value that several parts of the page look at, and that any of them may change. */
import { useEffect, useState } from 'preact/hooks';

/** A value, and who wants to know of its changes. */
export interface Watchable<T> {
  get(): T;
  set(value: T): void;
  /** Answers how to stop. */
  watch(changed: (value: T) => void): () => void;
}

/** Makes one. */
export function makeWatchable<T>(first: T): Watchable<T> {
  const watchers = new Set<(value: T) => void>();
  let value = first;
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const watcher of watchers) watcher(next);
    },
    watch: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}

/** The value now; the component is drawn anew when it changes. */
export function useWatched<T>(watchable: Watchable<T>): T {
  const [, setShown] = useState(watchable.get());
  useEffect(() => {
    setShown(() => watchable.get());
    return watchable.watch((value) => setShown(() => value));
  }, [watchable]);
  return watchable.get();
}
