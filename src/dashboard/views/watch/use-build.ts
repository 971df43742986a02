/** A build as a view follows it: everything comes from the API, so a reload or a second tab loses nothing. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Build, BuildEvent } from '../../../schemas/build.ts';
import { ApiError, token } from '../../api/client.ts';
import { followBuild } from '../../api/events.ts';
import type { Connection } from '../../api/events.ts';
import { askForTokenAgain } from '../../api/token.ts';
import { useWatched } from '../../watchable.ts';

/** What is known of it. */
export interface FollowedBuild {
  readonly build: Build | undefined;
  /** The states it came into, in order. */
  readonly events: readonly BuildEvent[];
  /** `undefined`: no news are to come, because it cannot be followed. */
  readonly connection: Connection | undefined;
  /** It cannot be followed, and waiting does not mend that. */
  readonly error: ApiError | undefined;
  /** True once it was seen here before its end. */
  readonly wasLive: boolean;
  /** Follows anew, because the reader wants it. */
  readonly reload: () => void;
  /** Takes what an answer to another request said of it. */
  readonly heard: (build: Build) => void;
}

type Known = Pick<FollowedBuild, 'build' | 'events' | 'connection' | 'error' | 'wasLive'>;

const NOTHING: Known = { build: undefined, events: [], connection: 'connecting', error: undefined, wasLive: false };

/** Follows a build for as long as the component is there. */
export function useBuild(id: string): FollowedBuild {
  const [known, setKnown] = useState(NOTHING);
  const [round, setRound] = useState(0);
  const who = useWatched(token);
  const heard = useCallback((build: Build) => {
    setKnown((one) => ({ ...one, build, error: undefined, wasLive: one.wasLive || build.finishedAt === null }));
  }, []);
  useEffect(() => {
    const gone = new AbortController();
    const listener = {
      build: (build: Build) => gone.signal.aborted || heard(build),
      state: (event: BuildEvent) => setKnown((one) => ({ ...one, events: withEvent(one.events, event) })),
      connection: (connection: Connection) => setKnown((one) => ({ ...one, connection })),
    };
    setKnown((one) => ({ ...one, error: undefined }));
    followBuild(id, listener, gone.signal).catch((error: unknown) => {
      const told = error instanceof ApiError ? error : new ApiError(String(error));
      setKnown((one) => ({ ...one, error: told, connection: undefined }));
    });
    return () => gone.abort();
  }, [id, who, round, heard]);
  const reload = useCallback(() => {
    askForTokenAgain();
    setRound((one) => one + 1);
  }, []);
  return { ...known, reload, heard };
}

function withEvent(events: readonly BuildEvent[], event: BuildEvent): readonly BuildEvent[] {
  return events.some(({ seq }) => seq === event.seq) ? events : [...events, event];
}
