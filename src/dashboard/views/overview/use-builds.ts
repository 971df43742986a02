/** The list of builds, kept up to date while the page is looked at. */
import { useEffect, useState } from 'preact/hooks';
import type { BuildList } from '../../../schemas/build.ts';
import { ApiError, askFor, token } from '../../api/client.ts';
import { useLoaded } from '../../api/loaded.ts';
import { useWatched } from '../../watchable.ts';
import { buildsPath } from './build-filter.ts';
import type { BuildFilter } from './build-filter.ts';
import { withLatest, withOlder } from './build-pages.ts';
import type { Pages } from './build-pages.ts';

const EVERY_MS = 3000;
const PAGE = 50;
/** What one answer may hold; builds behind it are as they were when they were loaded. */
const MOST = 200;

/** Builds to show. */
export interface Builds {
  /** `undefined`: none has come yet. */
  readonly pages: Pages | undefined;
  /** True while `pages` still answer the filter of before. */
  readonly isOld: boolean;
  readonly error: ApiError | undefined;
  readonly reload: () => void;
  /** Loads the page behind the last one. */
  readonly loadOlder: () => Promise<void>;
  /** True once older pages were asked for. */
  readonly hasLoadedOlder: boolean;
}

interface Shown {
  readonly key: string;
  /** How many the reader has asked for. */
  readonly wanted: number;
  readonly pages: Pages;
}

/** Loads what the filter asks for. */
export function useBuilds(filter: BuildFilter): Builds {
  const holder = useWatched(token) ?? '';
  const key = `${buildsPath(filter, PAGE)} ${holder}`;
  const [shown, setShown] = useState<Shown>();
  const [olderError, setOlderError] = useState<ApiError>();
  const isOf = shown?.key === key;
  const wanted = isOf ? shown.wanted : PAGE;
  const latest = useLoaded<BuildList>(buildsPath(filter, Math.min(MOST, wanted)), EVERY_MS);
  useEffect(() => {
    const { value } = latest;
    if (value === undefined) return;
    setShown((before) => {
      const known = before?.key === key ? before : { key, wanted: PAGE, pages: undefined };
      // As far as the refresh reaches nothing needs to be kept, so that a wall does not gather builds for weeks.
      return { ...known, pages: known.wanted <= MOST ? value : withLatest(known.pages, value) };
    });
  }, [latest.value, key]);
  const loadOlder = async (): Promise<void> => {
    const next = isOf ? shown.pages.next : null;
    if (next === null) return;
    setOlderError(undefined);
    try {
      const older = await askFor<BuildList>(next);
      setShown((now) =>
        now?.key === key ? { key, wanted: now.wanted + PAGE, pages: withOlder(now.pages, older) } : now,
      );
    } catch (error) {
      setOlderError(error instanceof ApiError ? error : new ApiError(String(error)));
    }
  };
  return {
    pages: isOf || latest.error === undefined ? shown?.pages : undefined,
    isOld: !isOf,
    error: latest.error ?? olderError,
    reload: latest.reload,
    loadOlder,
    hasLoadedOlder: wanted > PAGE,
  };
}
