/** Pages of builds put together into one list that keeps up: the newest part is asked for again and again, older ones once. Pure. */
import type { Build, BuildList } from '../../../schemas/build.ts';

/** Builds, the latest first, and the address of those behind them. */
export type Pages = BuildList;

/**
 * What is shown after a refresh. Of what the refresh reaches, it alone is true: what is not in it any more is gone. What is older
 * stays, unless so much is new that there would be a gap.
 */
export function withLatest(known: Pages | undefined, latest: BuildList): Pages {
  const oldest = latest.builds.at(-1)?.id;
  const newest = known?.builds[0]?.id;
  // Ids are ordered in time, and the service lists by them.
  if (known === undefined || oldest === undefined || newest === undefined || latest.next === null || newest < oldest) {
    return latest;
  }
  const older = known.builds.filter(({ id }) => id < oldest);
  return older.length === 0 ? latest : { builds: [...latest.builds, ...older], next: known.next };
}

/** What is shown after an older page has come. */
export function withOlder(known: Pages, older: BuildList): Pages {
  const last = known.builds.at(-1)?.id;
  const more = older.builds.filter(({ id }: Build) => last === undefined || id < last);
  return { builds: [...known.builds, ...more], next: older.next };
}
